/**
 * Answers that the view Cluster reads. The gateway writes 64-bit numbers as text, and leaves out
 * defaults.
 */
import type { ResponseHeader } from '../api.ts';

export interface StatusReply {
  readonly header: ResponseHeader;
  readonly version?: string;
  readonly dbSize?: string;
  readonly dbSizeInUse?: string;
  readonly dbSizeQuota?: string;
  readonly leader?: string;
  readonly errors?: readonly string[];
}

export interface MemberListReply {
  readonly members?: readonly Member[];
}

export interface Member {
  readonly ID: string;
  readonly name?: string;
  readonly clientURLs?: readonly string[];
}

export interface AlarmReply {
  readonly alarms?: readonly Alarm[];
}

export interface Alarm {
  readonly memberID?: string;
  readonly alarm?: string;
}

export interface LeasesReply {
  readonly leases?: readonly { readonly ID: string }[];
}

export interface TimeToLiveReply {
  readonly ID: string;
  /** Seconds left; -1: the lease has ended. */
  readonly TTL?: string;
  readonly grantedTTL?: string;
  /** base64 */
  readonly keys?: readonly string[];
}

/** The answer of `GET api/cluster`. */
export interface ClusterReply {
  readonly instance: {
    readonly memberId: string;
    readonly tineVersion: string;
    readonly etcdVersion: string;
    readonly database: string;
    readonly uptimeSeconds: number;
  };
  readonly compaction: {
    readonly revision: number;
    readonly compactRevision: number;
    readonly isRunning: boolean;
    readonly rowsLeft: number;
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
  readonly about: string;
}

/** What `GET api/snapshots` returns. */
export interface SnapshotsReply {
  /** Null: the server takes no snapshots by schedule. */
  readonly schedule: {
    readonly nextUnixMs: number | null;
    readonly isRunning: boolean;
    readonly lastError: { readonly atMs: number; readonly place: string; readonly text: string } | null;
  } | null;
  readonly newestFirst: readonly ListedSnapshot[];
  readonly olderCount: number;
  /** Why the list is missing. */
  readonly failure: string | null;
}

export interface ListedSnapshot {
  readonly name: string;
  readonly bytes: number;
  readonly atMs: number;
  readonly revision: number;
  readonly place: string;
  readonly location: string;
}
