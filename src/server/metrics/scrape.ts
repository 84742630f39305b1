/** Everything the metrics are made of, at the moment of a scrape: plain data. */
import type { Head } from '../../mvcc/results.ts';
import type { StoreStatistics } from '../../store/store-statistics.ts';
import type { WatchStatistics } from '../../watch/hub.ts';
import type { Origin } from '../../wire/response-headers.ts';

export interface Scrape {
  readonly origin: Origin;
  readonly etcdVersion: string;
  readonly tineVersion: string;
  /** `sqlite`, `postgres` or `mysql`. */
  readonly databaseKind: string;
  readonly head: Head;
  readonly store: StoreStatistics;
  readonly watches: WatchStatistics;
  readonly size: { readonly bytes: number; readonly inUseBytes: number };
  /** Infinite: there is none. */
  readonly quotaBytes: number;
  /** The database has answered just now. */
  readonly isDatabaseUp: boolean;
  readonly isLeader: boolean;
  readonly leases: number;
  /** Undefined: not counted yet. */
  readonly keys: number | undefined;
  /** Client connections that are open. */
  readonly connections: number;
  /** Instances over the database. */
  readonly members: number;
  readonly stalls: { readonly count: number; readonly ms: number };
  /** How often the machine's wall clock was set. */
  readonly clockJumps: { readonly count: number };
  /** Answers of /health. */
  readonly health: { readonly successes: number; readonly failures: number };
}
