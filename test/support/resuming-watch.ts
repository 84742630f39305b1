import type { EtcdClient } from './client.ts';
import type { Event, WatchCreateRequest } from './messages.ts';
import { sleep } from './wait.ts';

/** The interval at which a quiet watch checks whether its stream has ended. */
const lookIntervalMs = 100;
const retryIntervalMs = 20;

/**
 * A watch from revision 1 that resumes after its last seen revision when its stream breaks, like
 * every etcd client.
 */
export class ResumingWatch {
  readonly events: Event[] = [];
  readonly #client: EtcdClient;
  readonly #range: Pick<WatchCreateRequest, 'key' | 'range_end'>;
  readonly #running: Promise<void>;
  #closed = false;

  /** @param client used by this watch only, and closed with it. */
  constructor(client: EtcdClient, range: Pick<WatchCreateRequest, 'key' | 'range_end'>) {
    this.#client = client;
    this.#range = range;
    this.#running = this.#run();
  }

  get lastRevision(): number {
    return this.events.at(-1)?.kv.mod_revision ?? 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    this.#client.close();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const stream = this.#client.watch();
      try {
        await stream.create({ ...this.#range, start_revision: this.lastRevision + 1 }, 2_000);
        while (!this.#closed) {
          const message = await stream.take(() => true, lookIntervalMs).catch(() => undefined);
          if (message !== undefined) this.events.push(...message.events);
          else if (stream.hasEnded) break;
        }
      } catch {
        await sleep(retryIntervalMs);
      }
      stream.close();
    }
  }
}
