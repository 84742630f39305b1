import { EtcdClient, type Event, sleep, type WatchResponse, type WatchStream } from '../index.ts';
import { pairOf } from './ask.ts';
import type { WatchedEvent, WatchMessage, WatchRecord } from './recording.ts';

/** The interval at which a quiet watch requests progress and checks whether to end. */
const lookIntervalMs = 50;
/** The interval at which a busy watch requests progress. */
const messagesPerRequest = 20;
const retryIntervalMs = 20;
const createTimeoutMs = 2_000;

/** Every key there can be. */
const allKeys = { key: '\0', range_end: '\0' };

/**
 * A watch of all keys through one server. It keeps its responses. When its stream breaks, it
 * resumes after the last revision that it received or that a progress notification covered, like
 * etcd's own client.
 */
export class RecordedWatch {
  readonly #instance: string;
  readonly #client: EtcdClient;
  readonly #messages: WatchMessage[] = [];
  readonly #running: Promise<void>;
  #nextRevision: number;
  #streamCount = 0;
  #closed = false;
  #refusal: string | undefined;

  constructor(options: { instance: string; address: string; afterRevision: number }) {
    this.#instance = options.instance;
    this.#client = new EtcdClient(options.address);
    this.#nextRevision = options.afterRevision + 1;
    this.#running = this.#run();
  }

  /**
   * The last revision for which all events were received, or covered by a progress notification.
   * Throws when the server ended the watch on purpose.
   */
  get lastRevision(): number {
    if (this.#refusal !== undefined) throw new Error(`${this.#instance} cancelled its watch: ${this.#refusal}`);
    return this.#nextRevision - 1;
  }

  async close(): Promise<WatchRecord> {
    this.#closed = true;
    await this.#running;
    this.#client.close();
    return { instance: this.#instance, messages: this.#messages };
  }

  async #run(): Promise<void> {
    while (!this.#closed && this.#refusal === undefined) {
      const stream = this.#client.watch();
      try {
        const request = { ...allKeys, prev_kv: true, start_revision: this.#nextRevision };
        this.#keep(await stream.create(request, createTimeoutMs));
        await this.#follow(stream);
      } catch {
        await sleep(retryIntervalMs);
      }
      stream.close();
      this.#streamCount += 1;
    }
  }

  async #follow(stream: WatchStream): Promise<void> {
    for (let count = 1; !this.#closed && this.#refusal === undefined; count += 1) {
      const message = await stream.take(() => true, lookIntervalMs).catch(() => undefined);
      if (message !== undefined) this.#keep(message);
      else if (stream.hasEnded) return;
      if (message === undefined || count % messagesPerRequest === 0) stream.requestProgress();
    }
  }

  #keep({ header, events, created, canceled, cancel_reason }: WatchResponse): void {
    if (canceled) this.#refusal = cancel_reason;
    // The reply that announces a watch covers no revision.
    if (canceled || created) return;
    this.#messages.push({ stream: this.#streamCount, revision: header.revision, events: events.map(watchedEvent) });
    const last = events.at(-1)?.kv.mod_revision ?? header.revision;
    this.#nextRevision = Math.max(this.#nextRevision, last + 1);
  }
}

function watchedEvent({ type, kv, prev_kv }: Event): WatchedEvent {
  return {
    kind: type === 'PUT' ? 'put' : 'delete',
    pair: pairOf(kv),
    previous: prev_kv === null ? undefined : pairOf(prev_kv),
  };
}
