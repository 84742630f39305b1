import type { Int, Message, Outcome } from '../parity/message.ts';
import type { WatchSession } from '../parity/target.ts';
import * as errors from './model-errors.ts';
import { isInRange, type KeyRange, type Past, toKeyValue, toNumber, toText, type Version } from './model-values.ts';

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
  /** The first revision that the watcher sees. */
  readonly startRevision: number;
  /** The revision that the client requested. 0: none. */
  readonly requestedRevision: number;
  readonly sendsPuts: boolean;
  readonly sendsDeletes: boolean;
  readonly sendsPrevious: boolean;
  /**
   * Requested compacted revisions: receives no more events but keeps its id until the client
   * cancels it.
   */
  readonly isCompacted: boolean;
}

const noWatchId = -1;

/** A watch stream of the model. Every response is available as soon as its cause is. */
export class ModelWatchStream implements WatchSession {
  readonly responses: Message[] = [];
  readonly ended: Outcome | undefined = undefined;
  readonly #model: Past;
  readonly #onClose: () => void;
  readonly #watchers = new Map<number, Watcher>();
  #nextId = 0;

  constructor(model: Past, onClose: () => void) {
    this.#model = model;
    this.#onClose = onClose;
  }

  send(request: Message): void {
    if (request.create_request) this.responses.push(...this.#create(request.create_request as CreateRequest));
    if (request.cancel_request) this.#cancel(request.cancel_request as { readonly watch_id?: Int });
    if (request.progress_request) this.#progress();
  }

  async until(satisfied: () => boolean): Promise<boolean> {
    return satisfied();
  }

  close(): void {
    this.#onClose();
  }

  /** Delivers the events of one commit. */
  deliver(written: readonly Version[]): void {
    for (const watcher of this.#watchers.values()) this.responses.push(...this.#events(watcher, written));
  }

  /** The reply to a create request, and the events that the watcher is due at once. */
  #create(request: CreateRequest): Message[] {
    const requestedRevision = toNumber(request.start_revision);
    if (requestedRevision < 0) return [this.#refusal(errors.watchCompactedText)];
    // An empty key is the smallest key.
    const range = { start: toText(request.key) || '\0', end: toText(request.range_end) };
    const isInverted = range.end !== '' && range.end !== '\0' && range.start >= range.end;
    if (isInverted) return [this.#refusal(errors.watchRangeEmptyText)];
    const id = this.#chooseId(toNumber(request.watch_id));
    if (id === undefined) return [this.#refusal(errors.watchIdTakenText)];
    const watcher = this.#watcher(id, range, request);
    this.#watchers.set(id, watcher);
    return [this.#response({ watch_id: id, created: true }), ...this.#past(watcher)];
  }

  #watcher(id: number, range: KeyRange, request: CreateRequest): Watcher {
    const { revision, compactedRevision } = this.#model;
    const requestedRevision = toNumber(request.start_revision);
    return {
      id,
      range,
      requestedRevision,
      startRevision: requestedRevision === 0 ? revision + 1 : requestedRevision,
      sendsPuts: !(request.filters ?? []).includes(0),
      sendsDeletes: !(request.filters ?? []).includes(1),
      sendsPrevious: request.prev_kv === true,
      isCompacted: requestedRevision > 0 && requestedRevision < compactedRevision,
    };
  }

  #past(watcher: Watcher): Message[] {
    const { history, compactedRevision } = this.#model;
    if (!watcher.isCompacted) return this.#events(watcher, history);
    return [{ header: {}, watch_id: watcher.id, canceled: true, compact_revision: compactedRevision }];
  }

  #chooseId(wanted: number): number | undefined {
    if (wanted !== 0) return this.#watchers.has(wanted) ? undefined : wanted;
    while (this.#watchers.has(this.#nextId)) this.#nextId += 1;
    this.#nextId += 1;
    return this.#nextId - 1;
  }

  #refusal(reason: string): Message {
    return this.#response({ watch_id: noWatchId, created: true, canceled: true, cancel_reason: reason });
  }

  #cancel(request: { readonly watch_id?: Int }): void {
    const id = toNumber(request.watch_id);
    if (this.#watchers.delete(id)) this.responses.push(this.#response({ watch_id: id, canceled: true }));
  }

  /**
   * Replies when every watcher of the stream is up to date. A watcher that starts in the future is
   * not up to date.
   */
  #progress(): void {
    const watchers = [...this.#watchers.values()];
    const isUpToDate = (watcher: Watcher) => !watcher.isCompacted && watcher.requestedRevision <= this.#model.revision;
    if (watchers.length > 0 && watchers.every(isUpToDate)) {
      this.responses.push(this.#response({ watch_id: noWatchId }));
    }
  }

  /** One response with the events of these versions that the watcher sees, or none. */
  #events(watcher: Watcher, written: readonly Version[]): Message[] {
    if (watcher.isCompacted) return [];
    const events = written
      .filter((version) => version.modRevision >= watcher.startRevision && isInRange(watcher.range, version.key))
      .filter((version) => (version.isTombstone ? watcher.sendsDeletes : watcher.sendsPuts))
      .map((version) => this.#event(watcher, version));
    return events.length > 0 ? [this.#response({ watch_id: watcher.id, events })] : [];
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

  /** The key before the event, unless that version is compacted. */
  #previous(version: Version): Message | undefined {
    const revision = version.modRevision - 1;
    if (revision < this.#model.compactedRevision) return undefined;
    const isCreate = version.createRevision === version.modRevision;
    const previous = isCreate ? undefined : this.#model.at(version.key, revision);
    return previous === undefined ? undefined : toKeyValue(previous);
  }

  #response(fields: Message): Message {
    return { header: { revision: this.#model.revision }, ...fields };
  }
}
