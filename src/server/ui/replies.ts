/**
 * The data of the page, as JSON has it: what the server sends and what the page reads. Types alone,
 * because the page is bundled for the browser and takes no code of the server.
 */
import type { ListedSnapshot, SnapshotPlaceKind } from '../../statistics/snapshot-statistics.ts';

/** `GET api/settings` */
export interface Settings {
  /** The page may put, delete and restore (`--ui-write`). */
  readonly write: boolean;
  /** Version of tine. */
  readonly version: string;
  /** The etcd version that tine reports. */
  readonly etcdVersion: string;
  /** Users must sign in. */
  readonly authEnabled: boolean;
}

/** `GET api/cluster` */
export interface ClusterReply {
  readonly instance: {
    /** Decimal, as the gateway writes it. */
    readonly memberId: string;
    readonly tineVersion: string;
    readonly etcdVersion: string;
    /** `sqlite`, `postgres` or `mysql`. */
    readonly database: string;
    readonly uptimeSeconds: number;
  };
  readonly compaction: {
    readonly revision: number;
    /** The oldest revision that can be read. 0: there was no compaction yet. */
    readonly compactRevision: number;
    /** Whether this instance is deleting compacted rows, and how many rows are left. */
    readonly isRunning: boolean;
    readonly rowsLeft: number;
    /** The last compaction through this instance since its start. */
    readonly lastUnixSeconds: number | null;
    readonly automatic:
      | { readonly kind: 'off' }
      | { readonly kind: 'periodic'; readonly retentionMs: number }
      | { readonly kind: 'revision'; readonly retentionRevisions: number };
  };
  readonly slowCalls: { readonly slowMs: number; readonly newestFirst: readonly SlowCall[] };
}

export interface SlowCall {
  readonly method: string;
  readonly code: string;
  readonly peer: string;
  readonly tookMs: number;
  readonly endedUnixMs: number;
  readonly requestBytes: number;
  readonly replyBytes: number;
  /** The keys, without values, as in the log. */
  readonly about: string;
}

/** `GET api/load` */
export interface LoadReply {
  /** Time between two samples. */
  readonly intervalMs: number;
  readonly samplesMax: number;
  /** The end of each sample, oldest first. */
  readonly unixMs: readonly number[];
  /**
   * One number for each sample. The server has NaN where there is no value, such as a latency
   * without requests; JSON writes it as null.
   */
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/** `GET api/snapshots` */
export interface SnapshotsReply {
  /** Null: this server takes no snapshots by schedule, and lists none. */
  readonly schedule: SnapshotSchedule | null;
  readonly newestFirst: readonly ListedSnapshot[];
  /** Older snapshots than the listed ones. */
  readonly olderCount: number;
  /** Why the list is missing; null if it is not. */
  readonly failure: string | null;
}

export interface SnapshotSchedule {
  /** Null: the schedule has no further slot. */
  readonly nextUnixMs: number | null;
  readonly isRunning: boolean;
  /** The last failure of this instance. */
  readonly lastError: { readonly atMs: number; readonly place: SnapshotPlaceKind; readonly text: string } | null;
}

export type { ListedSnapshot };
