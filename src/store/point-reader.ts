/** Reads of one key at the latest revision, many in one snapshot. */
import type { Driver } from '../drivers/driver.ts';
import type { PointRead, PointReads } from '../mvcc/point-reads.ts';
import type { Head, RangeResult } from '../mvcc/results.ts';
import { Coalescer } from './coalescer.ts';
import type { Requester } from './requester.ts';
import type { SlowOperations } from './slow-operations.ts';
import type { CoalescerStatistics } from './store-statistics.ts';

export class PointReader {
  readonly #coalescer: Coalescer<PointRead, RangeResult>;

  constructor(driver: Driver, { saw, slow }: { saw(head: Head): void; readonly slow: SlowOperations }) {
    this.#coalescer = new Coalescer({
      answer: async (reads) => {
        const found = await driver.read('points', reads, 'quick');
        saw(found.head);
        return results(found);
      },
      onEnd: (batch, startMs) => slow.pointReads(batch, startMs),
      bytesOf: ({ key }) => key.length,
      answersMuch: true,
    });
  }

  get statistics(): CoalescerStatistics {
    return this.#coalescer.statistics;
  }

  read(read: PointRead, requester: Requester): Promise<RangeResult> {
    return this.#coalescer.ask(read, requester);
  }
}

function results({ head, bytes, ends }: PointReads): RangeResult[] {
  const found: RangeResult[] = [];
  let start = 0;
  for (const end of ends) {
    found.push(pointResult(head, bytes.subarray(start, end)));
    start = end;
  }
  return found;
}

function pointResult({ revision }: Head, bytes: Uint8Array): RangeResult {
  const count = bytes.length === 0 ? 0 : 1;
  return { kind: 'range', revision, blocks: count === 0 ? [] : [{ bytes, count }], more: false, count };
}
