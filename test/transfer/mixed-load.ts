import { Random } from '../parity/random.ts';
import { type EtcdClient, RpcError, sleep } from '../support/index.ts';

/** A key as the last acknowledged write left it. */
interface Acknowledged {
  readonly value: string | undefined;
  readonly revision: number;
}

const workerCount = 4;
const keysPerWorker = 40;
/** Leaves processor time to the copy: all run on one machine. */
const pauseMs = 4;

/**
 * Clients that put, delete, write several keys in a transaction and use leases. Each worker writes
 * only its own keys, so the state of each key is known. A worker ends when its server refuses a
 * write, or at `stop`.
 */
export class MixedLoad {
  readonly acknowledged = new Map<string, Acknowledged>();
  readonly refusals: RpcError[] = [];
  readonly #workers: Promise<void>;
  #isStopped = false;

  constructor(client: EtcdClient, seed: number) {
    const indexes = Array.from({ length: workerCount }, (_, index) => index);
    this.#workers = Promise.all(indexes.map((index) => this.#work(client, index, seed + index))).then(() => {});
  }

  /** Ends the writes. Resolves when the last one was answered. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#workers;
  }

  /** Resolves when every worker was refused or stopped. */
  ended(): Promise<void> {
    return this.#workers;
  }

  async #work(client: EtcdClient, worker: number, seed: number): Promise<void> {
    const random = new Random(seed);
    const key = (index: number): string => `/load/${worker}/${String(index).padStart(3, '0')}`;
    const { ID } = await client.leaseGrant({ TTL: 600 });
    for (let count = 0; !this.#isStopped; count += 1) {
      const index = random.below(keysPerWorker - 4);
      const value = `${seed}-${count}-${'x'.repeat(random.below(500))}`;
      try {
        await this.#write(client, { kind: random.below(10), key, index, value, lease: BigInt(ID) });
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        this.refusals.push(error);
        return;
      }
      await sleep(pauseMs);
    }
  }

  async #write(client: EtcdClient, { kind, key, index, value, lease }: Draw): Promise<void> {
    if (kind < 5) {
      const { header } = await client.put({ key: key(index), value });
      return this.#note([key(index)], value, header.revision);
    }
    if (kind === 5) {
      const { header } = await client.put({ key: key(index), value, lease });
      return this.#note([key(index)], value, header.revision);
    }
    if (kind === 6) {
      const { header } = await client.deleteRange({ key: key(index) });
      return this.#note([key(index)], undefined, header.revision);
    }
    if (kind === 7) {
      const { header } = await client.deleteRange({ key: key(index), range_end: key(index + 4) });
      return this.#note(
        [0, 1, 2, 3].map((offset) => key(index + offset)),
        undefined,
        header.revision,
      );
    }
    const put = [key(index), key(index + 1), key(index + 2)];
    const { header } = await client.txn({
      success: [
        ...put.map((each) => ({ request_put: { key: each, value } })),
        { request_delete_range: { key: key(index + 3) } },
      ],
    });
    this.#note(put, value, header.revision);
    this.#note([key(index + 3)], undefined, header.revision);
  }

  #note(keys: readonly string[], value: string | undefined, revision: number): void {
    for (const key of keys) this.acknowledged.set(key, { value, revision });
  }
}

interface Draw {
  readonly kind: number;
  readonly key: (index: number) => string;
  readonly index: number;
  readonly value: string;
  readonly lease: bigint;
}
