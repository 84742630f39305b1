import type { Int, Message, Outcome } from '../parity/message.ts';
import type { WatchSession } from '../parity/target.ts';
import { isInRange, type KeyRange, type Model, toKeyValue, toNumber, toText, type Version } from './model.ts';
import * as errors from './model-errors.ts';

type CreateRequest = {
  readonly key?: Buffer;
  readonly range_end?: Buffer;
  readonly start_revision?: Int;
  readonly filters?: readonly number[];
  readonly prev_kv?: boolean;
  readonly watch_id?: Int;
};

interface Watcher {
  readonly id: number;
  readonly range: KeyRange;
  /** The first revision it sees. */
  readonly startRevision: number;
  /** What the client asked for; 0 is no wish. */
  readonly requestedRevision: number;
  readonly sendsPuts: boolean;
  readonly sendsDeletes: boolean;
  readonly sendsPrevious: boolean;
  /** Asked for revisions that were gone: it hears nothing more, yet keeps its id until the client cancels it. */
  readonly isCompacted: boolean;
}

const noWatchId = -1;

/** A watch stream of the model: every response is there as soon as its cause is. */
export class ModelWatchStream implements WatchSession {
  readonly responses: Message[] = [];
  readonly ended: Outcome | undefined = undefined;
  readonly #model: Model;
  readonly #onClose: () => void;
  readonly #watchers = new Map<number, Watcher>();
  #nextId = 0;

  constructor(model: Model, onClose: () => void) {
    this.#model = model;
    this.#onClose = onClose;
  }

  send(request: Message): void {
    if (request.create_request) this.#create(request.create_request as CreateRequest);
    if (request.cancel_request) this.#cancel(request.cancel_request as { readonly watch_id?: Int });
    if (request.progress_request) this.#progress();
  }

  async until(satisfied: () => boolean): Promise<boolean> {
    return satisfied();
  }

  close(): void {
    this.#onClose();
  }

  /** The events of one commit. */
  deliver(written: readonly Version[]): void {
    for (const watcher of this.#watchers.values()) this.#sendEvents(watcher, written);
  }

  #create(request: CreateRequest): void {
    const startRevision = toNumber(request.start_revision);
    if (startRevision < 0) return this.#refuse(errors.watchCompactedText);
    // An empty key is the smallest key.
    const range = { start: toText(request.key) || '\0', end: toText(request.range_end) };
    const isInverted = range.end !== '' && range.end !== '\0' && range.start >= range.end;
    if (isInverted) return this.#refuse(errors.watchRangeEmptyText);
    const id = this.#chooseId(toNumber(request.watch_id));
    if (id === undefined) return this.#refuse(errors.watchIdTakenText);
    const { revision, compactedRevision } = this.#model;
    const isPast = startRevision > 0 && startRevision <= revision;
    const watcher = {
      id,
      range,
      startRevision: startRevision === 0 ? revision + 1 : startRevision,
      requestedRevision: startRevision,
      sendsPuts: !(request.filters ?? []).includes(0),
      sendsDeletes: !(request.filters ?? []).includes(1),
      sendsPrevious: request.prev_kv === true,
      isCompacted: isPast && startRevision < compactedRevision,
    };
    this.#watchers.set(id, watcher);
    this.#send({ watch_id: id, created: true });
    if (watcher.isCompacted) {
      this.responses.push({ header: {}, watch_id: id, canceled: true, compact_revision: compactedRevision });
    } else if (isPast) {
      this.#sendEvents(watcher, this.#model.history);
    }
  }

  #chooseId(wanted: number): number | undefined {
    if (wanted !== 0) return this.#watchers.has(wanted) ? undefined : wanted;
    while (this.#watchers.has(this.#nextId)) this.#nextId += 1;
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  #refuse(reason: string): void {
    this.#send({ watch_id: noWatchId, created: true, canceled: true, cancel_reason: reason });
  }

  #cancel(request: { readonly watch_id?: Int }): void {
    const id = toNumber(request.watch_id);
    if (this.#watchers.delete(id)) this.#send({ watch_id: id, canceled: true });
  }

  /** Answered when every watcher of the stream is up to date, which one that starts in the future is not. */
  #progress(): void {
    const watchers = [...this.#watchers.values()];
    const isUpToDate = (watcher: Watcher) => !watcher.isCompacted && watcher.requestedRevision <= this.#model.revision;
    if (watchers.length > 0 && watchers.every(isUpToDate)) this.#send({ watch_id: noWatchId });
  }

  #sendEvents(watcher: Watcher, written: readonly Version[]): void {
    if (watcher.isCompacted) return;
    const events = written
      .filter((version) => version.modRevision >= watcher.startRevision && isInRange(watcher.range, version.key))
      .filter((version) => (version.isTombstone ? watcher.sendsDeletes : watcher.sendsPuts))
      .map((version) => this.#event(watcher, version));
    if (events.length > 0) this.#send({ watch_id: watcher.id, events });
  }

  #event(watcher: Watcher, version: Version): Message {
    const kv = version.isTombstone
      ? { key: Buffer.from(version.key, 'latin1'), mod_revision: version.modRevision }
      : toKeyValue(version);
    return {
      type: version.isTombstone ? 1 : 0,
      kv,
      prev_kv: watcher.sendsPrevious ? this.#previous(version) : undefined,
    };
  }

  /** The key before the event, as far as it is not compacted. */
  #previous(version: Version): Message | undefined {
    const revision = version.modRevision - 1;
    if (revision < this.#model.compactedRevision) return undefined;
    const isCreate = version.createRevision === version.modRevision;
    const previous = isCreate ? undefined : this.#model.at(version.key, revision);
    return previous === undefined ? undefined : toKeyValue(previous);
  }

  #send(response: Message): void {
    this.responses.push({ header: { revision: this.#model.revision }, ...response });
  }
}
