/** What a driver has counted since its start, for metrics: plain data. */
import type { DriverErrorKind } from '../errors.ts';
import type { HistogramCounts } from '../statistics/histogram.ts';

export interface DriverStatistics {
  readonly statements: readonly StatementTotals[];
  /** Milliseconds of the transactions of writes, from their begin to the end of their commit. */
  readonly writeTransactions: HistogramCounts;
  /** Milliseconds of their commits alone: until what was written is durable. */
  readonly commits: HistogramCounts;
  readonly pools: readonly PoolStatistics[];
  readonly failures: Readonly<Record<DriverErrorKind, number>>;
  /** Milliseconds until this instance heard its own announcements. Empty where the database carries no messages. */
  readonly echoes: HistogramCounts;
  /** What became of commits whose answer was lost. */
  readonly doubts: CommitDoubts;
  /** How often the clock of the database's machine was set. 0 on SQLite. */
  readonly clockJumps: number;
  /** Bytes of SQLite's write-ahead log; 0 elsewhere. */
  readonly walBytes: number;
}

/** All runs of the statement of a name. */
export interface StatementTotals {
  readonly name: string;
  readonly runs: number;
  readonly ms: number;
  /** Returned or changed. */
  readonly rows: number;
}

/** Connections for one purpose; in SQLite threads, which have one each. */
export interface PoolStatistics {
  readonly name: 'write' | 'quick' | 'bulk';
  readonly countMax: number;
  readonly used: number;
  readonly idle: number;
  /** What waits for one. */
  readonly waiting: number;
  /** Since the start. */
  readonly opened: number;
  /** Idle for long, broken or given up, since the start. */
  readonly closed: number;
}

export interface CommitDoubts {
  readonly committed: number;
  readonly undone: number;
  readonly unknown: number;
}

/** A statement that took long. */
export interface SlowStatement {
  readonly name: string;
  readonly ms: number;
  readonly rows: number;
}
