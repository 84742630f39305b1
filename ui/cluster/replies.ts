/**
 * Replies that the view Cluster gets from the gateway, which writes 64-bit numbers as text, and
 * leaves out defaults.
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
