/** Messages of the server, in the form of the gateway's JSON. */

/** 64-bit numbers are strings in the gateway's JSON, and fields with their default are left out. */
export interface KeyValue {
  /** base64 */
  readonly key: string;
  /** base64 */
  readonly value?: string;
  readonly create_revision?: string;
  readonly mod_revision?: string;
  readonly version?: string;
  readonly lease?: string;
}

export interface ResponseHeader {
  readonly cluster_id?: string;
  readonly member_id?: string;
  readonly revision?: string;
  readonly raft_term?: string;
}

export interface RangeReply {
  readonly header: ResponseHeader;
  readonly kvs?: readonly KeyValue[];
  readonly more?: boolean;
  readonly count?: string;
}

export interface WatchReply {
  readonly header: ResponseHeader;
  readonly watch_id?: string;
  readonly created?: boolean;
  readonly canceled?: boolean;
  readonly compact_revision?: string;
  readonly cancel_reason?: string;
  readonly events?: readonly WatchEvent[];
}

export interface WatchEvent {
  /** Absent for a put. */
  readonly type?: 'DELETE';
  readonly kv: KeyValue;
  readonly prev_kv?: KeyValue;
}

export type { Settings } from '../src/server/ui/replies.ts';
