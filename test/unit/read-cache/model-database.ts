/**
 * A database in memory under the store's readers: replies come late and out of order, while others
 * commit.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Driver } from '../../../src/drivers/driver.ts';
import { DriverError, etcdError } from '../../../src/errors.ts';
import { intervalOf, type Revision } from '../../../src/mvcc/ids.ts';
import type { RangeOperation } from '../../../src/mvcc/operations.ts';
import type { PointRead, PointReads } from '../../../src/mvcc/reads/point-reads.ts';
import type { RangePages, RangeRequest } from '../../../src/mvcc/reads/range-page.ts';
import type { Head } from '../../../src/mvcc/results.ts';
import { FakeEventSource } from '../watch/fake-event-source.ts';

/** Key-values by name, in the order of the names. */
export type State = readonly (readonly [name: string, bytes: Uint8Array])[];

export class ModelDatabase {
  readonly source = new FakeEventSource();
  /** Rows of a page. */
  pageRowsMax = 500;
  blockRowsMax = 500;
  readonly reads: Record<string, number> = {};

  /** The parts of a driver that the store's readers use. */
  readonly driver = {
    readsAtOnce: () => 3,
    read: (name: string, input: unknown) => {
      this.reads[name] = (this.reads[name] ?? 0) + 1;
      if (name === 'points') return this.#snapshot(() => this.#points(input as readonly PointRead[]));
      return this.#snapshot(() => this.#page(input as RangeRequest));
    },
  } as unknown as Driver;

  readHead(): Promise<Head> {
    return this.#snapshot(() => this.source.head);
  }

  /** All key-values of an interval of keys at a revision. */
  stateAt(revision: Revision, keys: RangeOperation['keys']): State {
    const { start, end } = intervalOf(keys);
    const state = new Map<string, Uint8Array>();
    for (const event of this.source.history) {
      if (event.revision > revision || event.key < start || event.key >= end) continue;
      if (event.type === 'put') state.set(event.key, event.body);
      else state.delete(event.key);
    }
    return [...state].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  async #snapshot<Result>(read: () => Result): Promise<Result> {
    const { source } = this;
    for (let turns = source.latencyTurns(); turns > 0; turns -= 1) await nextTurn();
    if (source.isAway) throw new DriverError('lost', 'the database is away');
    const result = read();
    for (let turns = source.latencyTurns(); turns > 0; turns -= 1) await nextTurn();
    return result;
  }

  #points(reads: readonly PointRead[]): PointReads {
    const { head } = this.source;
    const state = reads.map(({ key }) => this.stateAt(head.revision, { one: key })[0]?.[1] ?? Buffer.of());
    const large = state.flatMap(({ length }, index) => (length > 0 && length % 3 === 0 ? [index] : []));
    const found = state.map((bytes, index) => (large.includes(index) ? Buffer.of() : bytes));
    let end = 0;
    const ends = found.map(({ length }) => {
      end += length;
      return end;
    });
    return { head, bytes: Buffer.concat(found), ends: Uint32Array.from(ends), large };
  }

  #page({ operation, position }: RangeRequest): RangePages {
    const { head } = this.source;
    const revision = position?.revision ?? (operation.revision > 0 ? operation.revision : head.revision);
    if (revision > head.revision) throw etcdError('futureRevision');
    if (revision < head.compactRevision) throw etcdError('compacted');
    const all = this.stateAt(revision, operation.keys);
    const base = { head, readRevision: revision };
    if (operation.countOnly) return { ...base, blocks: [], next: undefined, more: false, count: all.length };
    const countBefore = position?.countBefore ?? 0;
    const left = operation.limit === 0 ? Number.POSITIVE_INFINITY : operation.limit - countBefore;
    const rest = all.slice(countBefore);
    const taken = rest.slice(0, Math.min(left, this.pageRowsMax));
    const more = rest.length > left && taken.length === left;
    const isStopped = !more && rest.length > taken.length;
    const blocks = [];
    for (let start = 0; start < taken.length; start += this.blockRowsMax) {
      const rows = taken.slice(start, start + this.blockRowsMax);
      blocks.push({ bytes: Buffer.concat(rows.map(([, bytes]) => bytes)), count: rows.length });
    }
    return {
      ...base,
      blocks,
      next: isStopped
        ? { revision, afterName: taken.at(-1)?.[0] as string, countBefore: countBefore + taken.length }
        : undefined,
      more,
      count: position === undefined && operation.limit !== 0 ? all.length : undefined,
    };
  }
}
