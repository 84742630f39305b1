/**
 * etcd's messages as the tests' client takes and gives them: the field names of proto/, text or
 * bytes for bytes, bigint for ids, number for every other number, the name for an enum's value (or
 * a number, to send an unknown one).
 */
export type Bytes = string | Uint8Array;
export type Integer = number | bigint;

export interface ResponseHeader {
  readonly cluster_id: bigint;
  readonly member_id: bigint;
  readonly revision: number;
  readonly raft_term: number;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly create_revision: number;
  readonly mod_revision: number;
  readonly version: number;
  readonly value: Buffer;
  readonly lease: bigint;
}

export interface RangeRequest {
  readonly key?: Bytes;
  readonly range_end?: Bytes;
  readonly limit?: Integer;
  readonly revision?: Integer;
  readonly sort_order?: 'NONE' | 'ASCEND' | 'DESCEND' | number;
  readonly sort_target?: 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | number;
  readonly serializable?: boolean;
  readonly keys_only?: boolean;
  readonly count_only?: boolean;
  readonly min_mod_revision?: Integer;
  readonly max_mod_revision?: Integer;
  readonly min_create_revision?: Integer;
  readonly max_create_revision?: Integer;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

/** One chunk of a RangeStream: the header comes with the last one. */
export interface RangeStreamResponse {
  readonly range_response: Omit<RangeResponse, 'header'> & { readonly header: ResponseHeader | null };
}

export interface PutRequest {
  readonly key?: Bytes;
  readonly value?: Bytes;
  readonly lease?: Integer;
  readonly prev_kv?: boolean;
  readonly ignore_value?: boolean;
  readonly ignore_lease?: boolean;
}

export interface PutResponse {
  readonly header: ResponseHeader;
  readonly prev_kv: KeyValue | null;
}

export interface DeleteRangeRequest {
  readonly key?: Bytes;
  readonly range_end?: Bytes;
  readonly prev_kv?: boolean;
}

export interface DeleteRangeResponse {
  readonly header: ResponseHeader;
  readonly deleted: number;
  readonly prev_kvs: KeyValue[];
}

export interface RequestOp {
  readonly request_range?: RangeRequest;
  readonly request_put?: PutRequest;
  readonly request_delete_range?: DeleteRangeRequest;
  readonly request_txn?: TxnRequest;
}

export interface ResponseOp {
  readonly response?: 'response_range' | 'response_put' | 'response_delete_range' | 'response_txn';
  readonly response_range?: RangeResponse;
  readonly response_put?: PutResponse;
  readonly response_delete_range?: DeleteRangeResponse;
  readonly response_txn?: TxnResponse;
}

export interface Compare {
  readonly result?: 'EQUAL' | 'GREATER' | 'LESS' | 'NOT_EQUAL' | number;
  readonly target?: 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | 'LEASE' | number;
  readonly key?: Bytes;
  readonly range_end?: Bytes;
  readonly version?: Integer;
  readonly create_revision?: Integer;
  readonly mod_revision?: Integer;
  readonly value?: Bytes;
  readonly lease?: Integer;
}

export interface TxnRequest {
  readonly compare?: readonly Compare[];
  readonly success?: readonly RequestOp[];
  readonly failure?: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: ResponseOp[];
}

export interface CompactionRequest {
  readonly revision?: Integer;
  readonly physical?: boolean;
}

export interface HeaderResponse {
  readonly header: ResponseHeader;
}

export interface WatchCreateRequest {
  readonly key?: Bytes;
  readonly range_end?: Bytes;
  readonly start_revision?: Integer;
  readonly progress_notify?: boolean;
  readonly filters?: readonly ('NOPUT' | 'NODELETE')[];
  readonly prev_kv?: boolean;
  readonly watch_id?: Integer;
  readonly fragment?: boolean;
}

export interface WatchRequest {
  readonly create_request?: WatchCreateRequest;
  readonly cancel_request?: { readonly watch_id: Integer };
  readonly progress_request?: Record<string, never>;
}

export interface Event {
  readonly type: 'PUT' | 'DELETE';
  readonly kv: KeyValue;
  readonly prev_kv: KeyValue | null;
}

export interface WatchResponse {
  readonly header: ResponseHeader;
  readonly watch_id: number;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: number;
  readonly cancel_reason: string;
  readonly fragment: boolean;
  readonly events: Event[];
}

export interface LeaseGrantRequest {
  readonly TTL?: Integer;
  readonly ID?: Integer;
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader;
  readonly ID: bigint;
  readonly TTL: number;
  readonly error: string;
}

export interface LeaseKeepAliveResponse {
  readonly header: ResponseHeader;
  readonly ID: bigint;
  readonly TTL: number;
}

export interface LeaseTimeToLiveRequest {
  readonly ID?: Integer;
  readonly keys?: boolean;
}

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader;
  readonly ID: bigint;
  readonly TTL: number;
  readonly grantedTTL: number;
  readonly keys: Buffer[];
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader;
  readonly leases: { readonly ID: bigint }[];
}

export interface StatusResponse {
  readonly header: ResponseHeader;
  readonly version: string;
  readonly dbSize: number;
  readonly leader: bigint;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly errors: string[];
  readonly dbSizeInUse: number;
  readonly isLearner: boolean;
  readonly storageVersion: string;
  readonly dbSizeQuota: number;
}

export interface Member {
  readonly ID: bigint;
  readonly name: string;
  readonly peerURLs: string[];
  readonly clientURLs: string[];
  readonly isLearner: boolean;
}

export interface MemberListResponse {
  readonly header: ResponseHeader;
  readonly members: Member[];
}

export interface AlarmResponse {
  readonly header: ResponseHeader;
  readonly alarms: { readonly memberID: bigint; readonly alarm: string }[];
}

export interface HealthCheckResponse {
  readonly status: 'UNKNOWN' | 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
}

export interface LockRequest {
  readonly name?: Bytes;
  readonly lease?: Integer;
}

export interface LockResponse {
  readonly header: ResponseHeader;
  readonly key: Buffer;
}

export interface CampaignRequest extends LockRequest {
  readonly value?: Bytes;
}

export interface LeaderKeyRequest {
  readonly name?: Bytes;
  readonly key?: Bytes;
  readonly rev?: Integer;
  readonly lease?: Integer;
}

export interface LeaderKey {
  readonly name: Buffer;
  readonly key: Buffer;
  readonly rev: number;
  readonly lease: bigint;
}

export interface CampaignResponse {
  readonly header: ResponseHeader;
  readonly leader: LeaderKey;
}

export interface LeaderResponse {
  readonly header: ResponseHeader;
  readonly kv: KeyValue;
}
