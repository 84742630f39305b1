/** The input of all metrics at the moment of a scrape, as plain data. */
import type { DroppedSpans } from '../../kit/trace.ts';
import type { Head } from '../../mvcc/results.ts';
import type { SnapshotStatistics } from '../../statistics/snapshot-statistics.ts';
import type { StoreStatistics } from '../../store/store-statistics.ts';
import type { WatchStatistics } from '../../watch/hub.ts';
import type { Identity } from '../../wire/response-headers.ts';

export interface Scrape {
  readonly identity: Identity;
  readonly etcdVersion: string;
  readonly tineVersion: string;
  /** `sqlite`, `postgres` or `mysql`. */
  readonly databaseKind: string;
  readonly head: Head;
  readonly store: StoreStatistics;
  readonly watches: WatchStatistics;
  readonly size: { readonly bytes: number; readonly inUseBytes: number };
  /** Infinity: no quota. */
  readonly quotaBytes: number;
  /** The database has answered during this scrape. */
  readonly isDatabaseUp: boolean;
  readonly isLeader: boolean;
  readonly leases: number;
  /** Undefined: not counted yet. */
  readonly keys: number | undefined;
  /** Open client connections. */
  readonly connections: number;
  /** Running instances on the database. */
  readonly members: number;
  readonly stalls: { readonly count: number; readonly ms: number };
  /** How often the machine's wall clock was set. */
  readonly clockJumps: { readonly count: number };
  /** Undefined: no snapshots by schedule. */
  readonly snapshots: SnapshotStatistics | undefined;
  /** Undefined: no call is traced. */
  readonly droppedSpans: DroppedSpans | undefined;
  /** Answers of /health. */
  readonly health: { readonly successes: number; readonly failures: number };
}
