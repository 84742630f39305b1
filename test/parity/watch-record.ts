import { isList, isMessage, type Message, type Value } from './message.ts';
import type { WatchSession } from './target.ts';
import { encodeWatchResponse } from './wire.ts';

/**
 * A response above this size is an error when fragments were requested. etcd counts 1.5 MiB and
 * leaves the headers out.
 */
const fragmentBytesMax = 1.5 * (1 << 20) + 1024;

/**
 * The responses of one watch stream so far, by watcher. The server may choose how to spread events
 * over responses and how watchers take turns, so only the order of events is checked.
 */
export class WatchRecord {
  readonly session: WatchSession;
  /** Answers to create requests, in order. */
  readonly created: Message[] = [];
  /** Answers to progress requests. */
  readonly progress: Message[] = [];
  /** Broken guarantees that show without a second server. */
  readonly violations: string[] = [];
  readonly #entries = new Map<string, Message[]>();
  readonly #lastRevisions = new Map<string, number>();
  readonly #fragmenting = new Set<string>();
  #readCount = 0;

  constructor(session: WatchSession) {
    this.session = session;
  }

  watchIds(): string[] {
    this.read();
    return [...this.#entries.keys()];
  }

  /** The events of a watcher and its end, in order. */
  entries(watchId: string): readonly Message[] {
    this.read();
    return this.#entries.get(watchId) ?? [];
  }

  /** Reads the responses that came since the last call. */
  read(): void {
    for (const response of this.session.responses.slice(this.#readCount)) this.#add(response);
    this.#readCount = this.session.responses.length;
  }

  /** Call it for each create request that allows fragments. */
  expectFragments(watchId: string): void {
    this.#fragmenting.add(watchId);
  }

  #add(response: Message): void {
    const watchId = String(response.watch_id ?? 0);
    const events = isList(response.events) ? response.events.filter(isMessage) : [];
    if (response.created === true) {
      this.created.push(response);
      if (response.canceled !== true) this.#lastRevisions.delete(watchId);
      return;
    }
    if (watchId === '-1') {
      this.progress.push(response);
      return;
    }
    const entries = this.#entries.get(watchId) ?? [];
    this.#entries.set(watchId, entries);
    for (const event of events) entries.push({ event });
    if (response.canceled === true) entries.push(response);
    this.#checkEvents(watchId, response, events);
  }

  #checkEvents(watchId: string, response: Message, events: readonly Message[]): void {
    let last = this.#lastRevisions.get(watchId) ?? 0;
    const first = revisionOf(events[0]);
    const isContinuation = this.#fragmenting.has(watchId);
    if (events.length > 0 && first <= last && !isContinuation) {
      this.violations.push(
        `watcher ${watchId}: a response begins at revision ${first} after one that ended with ${last}`,
      );
    }
    for (const event of events) {
      const revision = revisionOf(event);
      if (revision < last) this.violations.push(`watcher ${watchId}: revision ${revision} after ${last}`);
      last = revision;
    }
    this.#lastRevisions.set(watchId, last);
    const headerRevision = isMessage(response.header) ? Number(response.header.revision ?? 0) : 0;
    if (headerRevision < last && events.length > 0) {
      this.violations.push(`watcher ${watchId}: header revision ${headerRevision} with an event of ${last}`);
    }
    if (isContinuation && events.length > 1 && encodeWatchResponse(response).length > fragmentBytesMax) {
      this.violations.push(
        `watcher ${watchId}: ${events.length} events in a fragment of more than ${fragmentBytesMax} bytes`,
      );
    }
  }
}

function revisionOf(event: Value): number {
  return isMessage(event) && isMessage(event.kv) ? Number(event.kv.mod_revision ?? 0) : 0;
}
