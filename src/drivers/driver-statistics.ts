/** The counts and times of a driver since its start, for metrics. Plain data. */
import type { DriverErrorKind } from '../errors.ts';
import type { HistogramCounts } from '../statistics/histogram.ts';

export interface DriverStatistics {
  /** Added up on each use: it takes longer than all others together. */
  readonly statements: readonly StatementTotals[];
  /** Milliseconds of transactions of writes, from BEGIN to the end of COMMIT. */
  readonly writeTransactions: HistogramCounts;
  /** Milliseconds of the commits alone, until the data is durable. */
  readonly commits: HistogramCounts;
  readonly pools: readonly PoolStatistics[];
  readonly failures: Readonly<Record<DriverErrorKind, number>>;
  /**
   * Milliseconds until an instance received its own announcement. Empty on a database without
   * messages.
   */
  readonly echoes: HistogramCounts;
  /** Outcomes of the commits whose reply was lost. */
  readonly doubts: CommitDoubts;
  /** How often the clock of the database server was set. 0 on SQLite. */
  readonly clockJumps: number;
  /** SQLite's write-ahead log: its size in bytes. 0 on servers. */
  readonly walBytes: number;
}

/** All runs of one statement, by its name. */
export interface StatementTotals {
  readonly name: string;
  readonly runs: number;
  readonly ms: number;
  /** Rows returned or changed. */
  readonly rows: number;
}

/** Connections of one lane. On SQLite each lane has one thread with one connection. */
export interface PoolStatistics {
  readonly name: 'write' | 'quick' | 'bulk';
  readonly countMax: number;
  readonly used: number;
  readonly idle: number;
  /** Tasks that wait for a connection. */
  readonly waiting: number;
  /** Since the start. */
  readonly opened: number;
  /** Closed since the start because they were idle, broken or abandoned. */
  readonly closed: number;
}

export interface CommitDoubts {
  readonly committed: number;
  readonly undone: number;
  readonly unknown: number;
}

/** A statement that took at least the time of `--slow-sql-threshold`. */
export interface SlowStatement {
  readonly name: string;
  readonly ms: number;
  readonly rows: number;
}
