import type { Random } from '../../parity/random.ts';
import type { Operation, Reply, Request } from './recording.ts';

const registers = ['a', 'b', 'c'] as const;

/** Few elements, so that some adds find an existing element. */
const elementCount = 16;

/**
 * The requests of one client. There are few keys, so that clients use the same keys. The keys
 * change with each epoch, so that the history of each key stays short enough to search.
 */
export class Workload {
  readonly #client: string;
  readonly #random: Random;
  readonly #newest = new Map<string, number>();
  #writeCount = 0;

  constructor(client: string, random: Random) {
    this.#client = client;
    this.#random = random;
  }

  next(epoch: number): Request {
    const key = `r/${epoch}/${this.#random.pick(registers)}`;
    const set = `s/${epoch}/`;
    return this.#random.weighted<() => Request>([
      [26, () => ({ kind: 'get', key })],
      [8, () => ({ kind: 'list', prefix: `r/${epoch}/` })],
      [16, () => ({ kind: 'put', keys: [key], value: this.#newValue() })],
      [6, () => ({ kind: 'put', keys: this.#severalKeys(epoch), value: this.#newValue() })],
      [20, () => this.#swap(key)],
      [8, () => ({ kind: 'delete', key })],
      [10, () => ({ kind: 'swap', key: this.#member(set), expectedRevision: 0, value: this.#newValue() })],
      [6, () => ({ kind: 'list', prefix: set })],
    ])();
  }

  /** Stores the revision of a key in the client's last reply, for its next compare. */
  learn({ request }: Pick<Operation, 'request'>, { revision, wrote, seen }: Reply): void {
    if (request.kind === 'list') return;
    const keys = request.kind === 'put' ? request.keys : [request.key];
    const isThere = wrote && request.kind !== 'delete';
    for (const key of keys) {
      const modRevision = seen.find((pair) => pair.key === key)?.modRevision ?? 0;
      this.#newest.set(key, isThere ? revision : wrote ? 0 : modRevision);
    }
  }

  #swap(key: string): Request {
    return { kind: 'swap', key, expectedRevision: this.#newest.get(key) ?? 0, value: this.#newValue() };
  }

  #severalKeys(epoch: number): string[] {
    const without = this.#random.below(registers.length + 1);
    return registers.filter((_, index) => index !== without).map((name) => `r/${epoch}/${name}`);
  }

  #member(set: string): string {
    return `${set}${String(this.#random.below(elementCount)).padStart(2, '0')}`;
  }

  #newValue(): string {
    this.#writeCount += 1;
    return `${this.#client}.${this.#writeCount}`;
  }
}
