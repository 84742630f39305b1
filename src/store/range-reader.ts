/** Reads ranges page by page at one revision, so that a long one holds up nobody. */
import type { Driver } from '../drivers/driver.ts';
import { EtcdError, etcdError } from '../errors.ts';
import { markSingleUse } from '../memory.ts';
import type { RangeOperation } from '../mvcc/operations.ts';
import type { PagePosition } from '../mvcc/range-page.ts';
import type { Head, KeyValueBlock, RangeResult } from '../mvcc/results.ts';
import { keyText } from '../sql/key-text.ts';
import { KnownCounts } from './known-counts.ts';
import type { SlowOperations } from './slow-operations.ts';

/** How often a list without a revision begins anew because a compaction overtook it. */
const restartsMax = 3;

const countOfAll: RangeOperation = {
  kind: 'range',
  keys: { start: keyText(new Uint8Array(0)), end: undefined },
  revision: 0,
  limit: 0,
  sort: undefined,
  keysOnly: false,
  countOnly: true,
  revisionFilter: undefined,
};

export class RangeReader {
  readonly #driver: Driver;
  readonly #saw: (head: Head) => void;
  readonly #slow: SlowOperations;
  readonly #counts = new KnownCounts();

  constructor(driver: Driver, { saw, slow }: { saw(head: Head): void; readonly slow: SlowOperations }) {
    this.#driver = driver;
    this.#saw = saw;
    this.#slow = slow;
  }

  /** How often the number of a range's keys was known. */
  get countUses(): { readonly hits: number; readonly misses: number } {
    return this.#counts.uses;
  }

  /** How many keys there are. */
  async keyCount(): Promise<number> {
    const request = { operation: countOfAll, position: undefined, known: this.#counts.get(countOfAll.keys) };
    const page = await this.#driver.read('rangePages', request, 'bulk');
    this.#saw(page.head);
    return page.count ?? 0;
  }

  /** All pages in one result. */
  async read(operation: RangeOperation, signal?: AbortSignal): Promise<RangeResult> {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await this.#collect(operation, signal);
      } catch (error) {
        if (operation.revision > 0 || restarts === restartsMax || !isCompacted(error)) throw error;
      }
    }
  }

  /** A page at a time; the last has `more` and `count` right. */
  async *parts(operation: RangeOperation, signal?: AbortSignal): AsyncGenerator<RangeResult> {
    let position: PagePosition | undefined;
    let total: number | undefined;
    let sent = 0;
    do {
      if (signal?.aborted === true) throw etcdError('canceled');
      const page = await this.#driver.read(
        'rangePages',
        { operation, position, known: this.#counts.get(operation.keys) },
        isQuick(operation) ? 'quick' : 'bulk',
      );
      this.#saw(page.head);
      this.#counts.learn(operation.keys, page);
      total ??= page.count;
      position = page.next;
      const revision = operation.revision <= 0 ? page.readRevision : page.head.revision;
      for (const blocks of page.blocks.length === 0 ? [[]] : page.blocks.map((block) => [block])) {
        for (const { bytes, count } of blocks) {
          sent += count;
          markSingleUse(bytes);
        }
        yield { kind: 'range', revision, blocks, more: page.more, count: total ?? sent };
      }
    } while (position !== undefined);
  }

  async #collect(operation: RangeOperation, signal: AbortSignal | undefined): Promise<RangeResult> {
    const blocks: KeyValueBlock[] = [];
    const startMs = performance.now();
    let last: RangeResult | undefined;
    for await (const part of this.parts(operation, signal)) {
      blocks.push(...part.blocks);
      last = part;
    }
    const result = { ...(last as RangeResult), blocks };
    this.#slow.range(operation, result, startMs);
    return result;
  }
}

/** A count walks an index of small rows; one key is two probes. */
function isQuick(operation: RangeOperation): boolean {
  return 'one' in operation.keys;
}

function isCompacted(error: unknown): boolean {
  return error instanceof EtcdError && error.entry === 'compacted';
}
