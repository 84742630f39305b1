import { etcdError } from '../errors.ts';
import { startLongInterval } from '../kit/long-interval.ts';
import type { Revision } from '../mvcc/ids.ts';
import type { Audience } from './audience/audience.ts';
import { CatchUp } from './catch-up.ts';
import { type EventChunk, eventChunks } from './events/event-chunk.ts';
import type { WatchHub } from './hub.ts';
import type { Position } from './position.ts';
import type { ResponseMessage } from './response-encoder.ts';
import { watchLimits } from './watch-limits.ts';
import type { WatchStream } from './watch-stream.ts';
import { Watcher, type WatcherOwner, type WatchParameters } from './watcher.ts';

/** The watches of one stream. All its responses pass through here, in order. */
export class WatchSession implements WatcherOwner {
  readonly #hub: WatchHub;
  readonly #stream: WatchStream;
  readonly #watchers = new Map<bigint, Watcher>();
  readonly #ended = Promise.withResolvers<never>();
  #nextId = 0n;
  /** Responses of the page that is being delivered. */
  #unsent: ResponseMessage[] = [];
  #unsentBytes = 0;
  /** Watchers that catch up. */
  #behindCount = 0;
  #stopProgress: (() => void) | undefined;
  #progressRequested = 0;
  #isProgressUnderWay = false;
  /** Progress replies that wait until the last watcher has caught up. */
  #progressDeferred = 0;
  #isClosed = false;

  /** The caller must close the session. */
  constructor(hub: WatchHub, stream: WatchStream) {
    this.#hub = hub;
    this.#stream = stream;
    hub.addSession(this);
    // A rejection without a listener must not end the process.
    this.#ended.promise.catch(() => undefined);
  }

  /** Rejects when the server ends the stream, because it stops or failed. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the stream accepts more. An empty stream accepts a response of any size. */
  get hasSpace(): boolean {
    return this.pendingBytes < this.#hub.streamBacklogBytesMax;
  }

  get pendingBytes(): number {
    return this.#stream.pendingBytes + this.#unsentBytes;
  }

  /**
   * Begins a watch with the id that the client chose, or 0n for the next free id. Undefined: the id
   * is in use.
   */
  create(requested: WatchParameters, requestedId: bigint): Watcher | undefined {
    if (requestedId !== 0n && this.#watchers.has(requestedId)) return undefined;
    const id = requestedId === 0n ? this.#freeId() : requestedId;
    const hub = this.#hub;
    const audience = hub.audience(requested.keys, requested.selection);
    const watcher = new Watcher(this, id, audience, requested, hub.revision);
    this.#watchers.set(id, watcher);
    hub.attach(watcher);
    this.#send([hub.encoder.created(hub.revision, watcher.idField)]);
    if (requested.progressNotify) this.#startProgressTimer();
    hub.begin(watcher);
    this.#stream.keep(keyBytes(audience));
    return watcher;
  }

  /** Answers an invalid watch with the reason. */
  refuse(reason: string): void {
    this.#send([this.#hub.encoder.refused(this.#hub.revision, reason)]);
  }

  /** Ends a watch. An unknown id is ignored, as in etcd. */
  cancel(id: bigint): void {
    const watcher = this.#watchers.get(id);
    if (!watcher) return;
    this.#hub.detach(watcher, 'closed');
    this.#watchers.delete(id);
    this.#stream.keep(-keyBytes(watcher.audience));
    this.#send([this.#hub.encoder.canceled(this.#hub.revision, watcher.idField)]);
  }

  /**
   * Replies with the progress of the stream, after everything committed before the call was sent on
   * it. As in etcd, there is no reply on a stream without watches, or with a watch that begins in
   * the future or was ended by compaction.
   */
  requestProgress(): void {
    if (this.#watchers.size === 0) return;
    if (this.#progressRequested < watchLimits.progressAnswersMax) this.#progressRequested += 1;
    if (!this.#isProgressUnderWay) void this.#answerProgress();
  }

  /** Ends all watches. The stream itself ends with its handler. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopProgress?.();
    for (const watcher of this.#watchers.values()) this.#hub.detach(watcher, 'closed');
    this.#watchers.clear();
    this.#unsent = [];
    this.#hub.removeSession(this);
  }

  stop(): void {
    this.#fail(etcdError('stopped'));
  }

  sendLive(watcher: Watcher, chunks: readonly EventChunk[], from: Position): Position | undefined {
    let position = from;
    for (const chunk of chunks) {
      if (!this.hasSpace) return position;
      if (this.#unsent.length === 0) this.#hub.flushLater(this);
      this.#unsentBytes += chunk.bytes.length;
      this.#append(this.#unsent, watcher, chunk, chunk.end.revision);
      position = chunk.end;
    }
    return undefined;
  }

  flush(): void {
    const messages = this.#unsent;
    this.#unsent = [];
    this.#unsentBytes = 0;
    if (messages.length > 0) this.#send(messages);
  }

  sendCatchUp(watcher: Watcher, chunk: EventChunk, revision: Revision): void {
    this.flush();
    const messages: ResponseMessage[] = [];
    this.#append(messages, watcher, chunk, revision);
    this.#hub.countUnsent(chunk.bytes.length);
    this.#send(messages);
  }

  follow(watcher: Watcher): void {
    this.#behindCount += 1;
    void new CatchUp(this.#hub, watcher).run().then(
      () => this.#finishFollowing(),
      (error: unknown) => this.#failFollowing(error),
    );
  }

  endCompacted(watcher: Watcher, compactRevision: Revision): void {
    this.#hub.detach(watcher, 'compacted');
    this.#send([this.#hub.encoder.compacted(compactRevision, watcher.idField)]);
  }

  async drained(): Promise<void> {
    await this.#stream.drained(this.#hub.streamBacklogBytesMax * watchLimits.drainedShare);
  }

  #freeId(): bigint {
    while (this.#watchers.has(this.#nextId)) this.#nextId += 1n;
    const id = this.#nextId;
    this.#nextId += 1n;
    return id;
  }

  #append(messages: ResponseMessage[], watcher: Watcher, chunk: EventChunk, revision: Revision): void {
    if (chunk.firstRevision < watcher.startRevision) {
      this.#appendRest(messages, watcher, chunk, revision);
      return;
    }
    const { encoder, fragmentBytesMax } = this.#hub;
    if (watcher.fragment) messages.push(...encoder.fragments(revision, watcher.idField, chunk, fragmentBytesMax));
    else messages.push(encoder.events(revision, watcher.idField, chunk));
    watcher.isBusy = true;
    this.#hub.countSent(chunk.events.length);
  }

  /** Sends the rest of a chunk to a watch that begins in the middle of it. */
  #appendRest(messages: ResponseMessage[], watcher: Watcher, chunk: EventChunk, revision: Revision): void {
    const events = chunk.events.filter((event) => event.revision >= watcher.startRevision);
    for (const rest of eventChunks(events, chunk.form, watchLimits.responseBytesMax)) {
      this.#append(messages, watcher, rest, revision);
    }
  }

  #send(messages: readonly ResponseMessage[]): void {
    if (!this.#isClosed) this.#stream.send(messages);
  }

  #finishFollowing(): void {
    this.#behindCount -= 1;
    if (this.#behindCount > 0 || this.#progressDeferred === 0) return;
    const answers = this.#progressDeferred;
    this.#progressDeferred = 0;
    this.#sendProgress(answers);
  }

  #failFollowing(error: unknown): void {
    this.#hub.failures.write(() => ({ err: error }));
    this.#fail(error);
  }

  /** Ends the stream with an error. */
  #fail(error: unknown): void {
    this.#ended.reject(error);
    this.close();
  }

  async #answerProgress(): Promise<void> {
    this.#isProgressUnderWay = true;
    while (this.#progressRequested > 0 && !this.#isClosed) {
      const answers = this.#progressRequested;
      this.#progressRequested = 0;
      await this.#hub.catchUp();
      this.#sendProgress(answers);
    }
    this.#isProgressUnderWay = false;
  }

  #sendProgress(answers: number): void {
    const { revision } = this.#hub.position;
    if (this.#watchers.size === 0 || this.#isClosed) return;
    if (this.#behindCount > 0) {
      this.#progressDeferred = Math.min(this.#progressDeferred + answers, watchLimits.progressAnswersMax);
      return;
    }
    for (const { state, progressRevisionMin } of this.#watchers.values()) {
      if (state === 'compacted' || revision < progressRevisionMin) return;
    }
    this.#send(Array.from({ length: answers }, () => this.#hub.encoder.progressOfAll(revision)));
  }

  /**
   * Starts the progress timer. As in etcd, the interval is random by up to a tenth, so that the
   * streams of a restarted client do not all send at once.
   */
  #startProgressTimer(): void {
    if (this.#stopProgress) return;
    const intervalMs = this.#hub.progressIntervalMs;
    this.#stopProgress = startLongInterval(() => this.#notifyProgress(), intervalMs * (1 + Math.random() / 10));
  }

  #notifyProgress(): void {
    const { revision } = this.#hub.position;
    const messages: ResponseMessage[] = [];
    for (const watcher of this.#watchers.values()) {
      if (!watcher.progressNotify) continue;
      const isDue = watcher.state === 'live' && !watcher.isBusy && revision >= watcher.progressRevisionMin;
      if (isDue) messages.push(this.#hub.encoder.progress(revision, watcher.idField));
      watcher.isBusy = false;
    }
    if (messages.length > 0 && this.hasSpace) this.#send(messages);
  }
}

/**
 * Memory of the keys of a watch: the keys, and the name of its audience. A key may be as large as a
 * request.
 */
function keyBytes({ keys }: Audience<Watcher>): number {
  return 2 * ('one' in keys ? keys.one.length : keys.start.length + (keys.end?.length ?? 0));
}
