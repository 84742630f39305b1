/** The interface of a database. All code above src/drivers/ uses a database through it. */

import type { DriverError } from '../errors.ts';
import type { RowId } from '../mvcc/ids.ts';
import type { WriteOperation } from '../mvcc/operations.ts';
import type { ReadInput, ReadName, ReadOutput } from '../mvcc/read-programs.ts';
import type { BatchResult } from '../mvcc/writes/write-batch.ts';
import type { WriteOptions } from '../mvcc/writes/write-state.ts';
import type { StepLog } from '../statistics/step-log.ts';
import type { DriverStatistics } from './driver-statistics.ts';
import type { LeaseClock } from './lease-clock.ts';

/**
 * The result of a batch, with one entry for each operation in order: its outcome, or the database
 * failure of this operation alone.
 */
export interface DriverBatchResult extends Omit<BatchResult, 'outcomes'> {
  readonly outcomes: readonly (BatchResult['outcomes'][number] | { readonly failure: Error })[];
}

export interface DriverWriteOptions extends WriteOptions {
  /** Receives the statements of the batch and its commit. Undefined: the batch is not traced. */
  readonly steps?: StepLog | undefined;
}

/**
 * The kind of a read. A `quick` read takes 1 to 2 ms at most. A `bulk` read takes longer, or comes
 * in large numbers (the pages of lists), and must not delay quick reads.
 */
export type ReadLane = 'quick' | 'bulk';

export interface Driver {
  /** The name in messages, for example `sqlite`. */
  readonly name: string;
  /**
   * How often to poll for the writes of other instances, in ms: `min` while writes arrive, slowing
   * down to `max` while none arrive.
   */
  readonly pollMs: { readonly min: number; readonly max: number };
  /** The longest stored text of a key that the indexes of the database accept, in characters. */
  readonly keyLengthMax: number;
  /** The cluster id that clients see. 0n until the database was reached for the first time. */
  readonly clusterId: bigint;
  /**
   * The reason why every write fails until an operator acts. Undefined if there is no known reason.
   */
  readonly fault: DriverError | undefined;
  /**
   * Milliseconds since 1970. The clocks of all instances agree to within seconds. The clock may be
   * set, so nothing may depend on it that a jump would harm.
   */
  nowMs(): number;
  /** The clock of lease deadlines. */
  readonly leaseClock: LeaseClock;
  /**
   * Registers a listener for rows that other instances announce, where the database carries
   * messages. A hint may be lost, late or wrong. It is only a reason to read: its id is not
   * trusted.
   */
  onHint(listener: (id: RowId) => void): void;
  /**
   * Runs a reading program in one snapshot that is taken after the call.
   *
   * @throws EtcdError for a mistake of the client; DriverError for a failure of the database.
   */
  read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>>;
  /**
   * How many reads of a lane the driver accepts at once: the reads under way and the next one. More
   * reads would only wait in the driver.
   */
  readsAtOnce(lane: ReadLane): number;
  /**
   * Runs a batch under the revision lock and commits it durably. If the database refuses the batch,
   * it runs again in parts, down to single operations, so that each operation has its own outcome.
   * `withEvents`: the result contains the events of the batch, if they are known.
   *
   * @throws DriverError when nothing of the batch was done, for a reason that concerns all
   * operations.
   */
  write(operations: readonly WriteOperation[], options: DriverWriteOptions): Promise<DriverBatchResult>;
  /**
   * Returns one chunk of unused space to the file system, beyond the space that the next writes
   * use. `more`: there is more to return.
   */
  reclaim(): Promise<{ more: boolean }>;
  /**
   * Returns one chunk of all unused space that can be returned while requests are served, and makes
   * the rest reusable. The chunk is bounded where requests wait for it. The result states whether
   * there is more, or the obstacle that prevents it.
   *
   * @throws DriverError for a failure of the database; no data is lost.
   */
  defragment(): Promise<{ more: boolean } | { obstacle: string }>;
  /** Bytes on disk, and the bytes of them that are in use. */
  size(): Promise<{ bytes: number; inUseBytes: number }>;
  /** The counts since the start. Available during an outage of the database too. */
  statistics(): Promise<DriverStatistics>;
  close(): Promise<void>;
}
