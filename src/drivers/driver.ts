/** The small interface behind which the databases are. Everything above speaks to this. */
import type { DriverError } from '../errors.ts';
import type { RowId, WriteOperation } from '../mvcc/operations.ts';
import type { ReadInput, ReadName, ReadOutput } from '../mvcc/read-programs.ts';
import type { BatchResult } from '../mvcc/write-batch.ts';
import type { WriteOptions } from '../mvcc/write-state.ts';
import type { DriverStatistics } from './driver-statistics.ts';
import type { LeaseClock } from './lease-clock.ts';

/** What came of each operation of a batch, in order: an outcome, or the database's weather for this one. */
export interface DriverBatchResult extends Omit<BatchResult, 'outcomes'> {
  readonly outcomes: readonly (BatchResult['outcomes'][number] | { readonly failure: Error })[];
}

/**
 * Which readers a read may occupy. `quick` reads take a millisecond or two at most; `bulk` reads take longer, or there are many of
 * them (the pages of lists), and must not hold up quick ones.
 */
export type ReadLane = 'quick' | 'bulk';

export interface Driver {
  /** For messages: `sqlite`. */
  readonly name: string;
  /** How often other instances' writes have to be asked for, in ms: every `min` while they come, up to every `max` while nothing happens. */
  readonly pollMs: { readonly min: number; readonly max: number };
  /** Characters of a key's stored text that the database's indexes take. */
  readonly keyLengthMax: number;
  /** The id by which clients know the database; 0n: it has not been reached yet. */
  readonly clusterId: bigint;
  /** Why no write succeeds until somebody does something about it, where that is known. */
  readonly fault: DriverError | undefined;
  /** Milliseconds since 1970 by a clock that all instances share to within seconds. It may be set: nothing hangs on it that a jump would harm. */
  nowMs(): number;
  /** The clock by which leases end. */
  readonly leaseClock: LeaseClock;
  /**
   * Calls back when another instance says that it has written a row, where the database carries messages. A hint may be lost, late or wrong: it is a reason to read, and
   * what it names is not believed.
   */
  onHint(listener: (id: RowId) => void): void;
  /**
   * Runs a reading program in one snapshot that is taken after the call.
   *
   * @throws EtcdError the client's mistake; DriverError the database's weather.
   */
  read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>>;
  /** How many reads of a lane the driver works on at once, and the one that it begins next. More than these would wait in the driver. */
  readsAtOnce(lane: ReadLane): number;
  /**
   * Runs a batch under the revision lock and commits it durably. One that fails for the database's reasons is run again one by one, so that an operation's
   * failure is its own. `withEvents`: the answer tells what the batch did, if it is known.
   *
   * @throws DriverError when nothing of the batch was done, for a reason that concerns all of it.
   */
  write(operations: readonly WriteOperation[], options: WriteOptions): Promise<DriverBatchResult>;
  /** Gives unused space back to the file system, beyond what the next writes will use: a bounded bite; whether there is more. */
  reclaim(): Promise<{ more: boolean }>;
  /**
   * Gives back all unused space that can be given back while others are served, and makes the rest usable: in bounded bites where those who are served wait meanwhile.
   * Whether there is more, or why nothing of it can be given back.
   *
   * @throws DriverError the database's classifyError; nothing is lost by it.
   */
  defragment(): Promise<{ more: boolean } | { obstacle: string }>;
  /** Bytes on disk, and of those not free for reuse. */
  size(): Promise<{ bytes: number; inUseBytes: number }>;
  /** What was counted since the start. Answers also while the database is away. */
  statistics(): Promise<DriverStatistics>;
  close(): Promise<void>;
}
