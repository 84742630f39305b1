import {
  type ChannelCredentials,
  type Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  InterceptingCall,
  type Interceptor,
  type ServiceError,
} from '@grpc/grpc-js';
import type * as etcd from './messages.ts';
import { serviceClient } from './proto.ts';
import { RpcError } from './rpc-error.ts';
import { KeepAliveStream, ReplyStream, WatchStream } from './streams.ts';
import { fromWire, toAuthWire, toWire } from './values.ts';

export interface CallOptions {
  readonly deadlineMs?: number;
  /** Cancels the call. */
  readonly signal?: AbortSignal;
}

/** Long enough for the largest replies of the tests on a slow machine. */
const deadlineMsDefault = 60_000;

/**
 * Each client has its own connection, which reconnects quickly when a test restarts the server.
 * Messages have no size limit.
 */
const channelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 200,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
};

type Method = (...callArguments: unknown[]) => unknown;

/** A gRPC client for every service of tine. If it is not closed, the test process does not end. */
export class EtcdClient {
  readonly address: string;
  readonly #clients = new Map<string, Client>();

  readonly #metadata: Readonly<Record<string, string>>;
  readonly #credentials: ChannelCredentials;

  /**
   * @param address `127.0.0.1:PORT`, or `unix:PATH`
   * @param metadata goes with every call: a token
   */
  constructor(
    address: string,
    metadata: Readonly<Record<string, string>> = {},
    channelCredentials: ChannelCredentials = credentials.createInsecure(),
  ) {
    this.address = address;
    this.#metadata = metadata;
    this.#credentials = channelCredentials;
  }

  range = this.#unary<etcd.RangeRequest, etcd.RangeResponse>('etcdserverpb.KV', 'Range');
  put = this.#unary<etcd.PutRequest, etcd.PutResponse>('etcdserverpb.KV', 'Put');
  deleteRange = this.#unary<etcd.DeleteRangeRequest, etcd.DeleteRangeResponse>('etcdserverpb.KV', 'DeleteRange');
  txn = this.#unary<etcd.TxnRequest, etcd.TxnResponse>('etcdserverpb.KV', 'Txn');
  compact = this.#unary<etcd.CompactionRequest, etcd.HeaderResponse>('etcdserverpb.KV', 'Compact');
  leaseGrant = this.#unary<etcd.LeaseGrantRequest, etcd.LeaseGrantResponse>('etcdserverpb.Lease', 'LeaseGrant');
  leaseRevoke = this.#unary<{ ID: etcd.Integer }, etcd.HeaderResponse>('etcdserverpb.Lease', 'LeaseRevoke');
  leaseTimeToLive = this.#unary<etcd.LeaseTimeToLiveRequest, etcd.LeaseTimeToLiveResponse>(
    'etcdserverpb.Lease',
    'LeaseTimeToLive',
  );
  leaseLeases = this.#unary<Record<string, never>, etcd.LeaseLeasesResponse>('etcdserverpb.Lease', 'LeaseLeases');
  status = this.#unary<Record<string, never>, etcd.StatusResponse>('etcdserverpb.Maintenance', 'Status');
  alarm = this.#unary<{ action?: string; memberID?: etcd.Integer; alarm?: string }, etcd.AlarmResponse>(
    'etcdserverpb.Maintenance',
    'Alarm',
  );
  defragment = this.#unary<Record<string, never>, object>('etcdserverpb.Maintenance', 'Defragment');
  memberList = this.#unary<{ linearizable?: boolean }, etcd.MemberListResponse>('etcdserverpb.Cluster', 'MemberList');
  lock = this.#unary<etcd.LockRequest, etcd.LockResponse>('v3lockpb.Lock', 'Lock');
  unlock = this.#unary<{ key?: etcd.Bytes }, etcd.HeaderResponse>('v3lockpb.Lock', 'Unlock');
  campaign = this.#unary<etcd.CampaignRequest, etcd.CampaignResponse>('v3electionpb.Election', 'Campaign');
  proclaim = this.#unary<{ leader?: etcd.LeaderKeyRequest; value?: etcd.Bytes }, etcd.HeaderResponse>(
    'v3electionpb.Election',
    'Proclaim',
  );
  leader = this.#unary<{ name: etcd.Bytes }, etcd.LeaderResponse>('v3electionpb.Election', 'Leader');
  resign = this.#unary<{ leader?: etcd.LeaderKeyRequest }, etcd.HeaderResponse>('v3electionpb.Election', 'Resign');
  memberAdd = this.#unary<{ peerURLs?: readonly string[]; isLearner?: boolean }, etcd.MemberListResponse>(
    'etcdserverpb.Cluster',
    'MemberAdd',
  );
  memberUpdate = this.#unary<{ ID: etcd.Integer; peerURLs?: readonly string[] }, etcd.MemberListResponse>(
    'etcdserverpb.Cluster',
    'MemberUpdate',
  );
  memberRemove = this.#unary<{ ID: etcd.Integer }, etcd.MemberListResponse>('etcdserverpb.Cluster', 'MemberRemove');
  memberPromote = this.#unary<{ ID: etcd.Integer }, etcd.MemberListResponse>('etcdserverpb.Cluster', 'MemberPromote');
  moveLeader = this.#unary<{ targetID: etcd.Integer }, object>('etcdserverpb.Maintenance', 'MoveLeader');
  downgrade = this.#unary<{ action?: string | number; version?: string }, { version: string }>(
    'etcdserverpb.Maintenance',
    'Downgrade',
  );
  healthCheck = this.#unary<{ service?: string }, etcd.HealthCheckResponse>('grpc.health.v1.Health', 'Check');

  /** The chunks of a RangeStream. */
  async rangeStream(request: etcd.RangeRequest, options: CallOptions = {}): Promise<etcd.RangeStreamResponse[]> {
    const method = this.#method('etcdserverpb.KV', 'RangeStream');
    const call = method(toWire(request), { deadline: deadlineOf(options) }) as ClientReadableStream<unknown>;
    return new Promise((resolve, reject) => {
      const chunks: etcd.RangeStreamResponse[] = [];
      call.on('data', (chunk: unknown) => chunks.push(fromWire(chunk) as etcd.RangeStreamResponse));
      call.on('error', (error: ServiceError) => reject(new RpcError('KV.RangeStream', error)));
      call.on('end', () => resolve(chunks));
    });
  }

  /** Opens a Watch stream. */
  watch(): WatchStream {
    return new WatchStream('Watch', this.#duplex('etcdserverpb.Watch', 'Watch'));
  }

  /** Opens a LeaseKeepAlive stream. */
  keepAlive(): KeepAliveStream {
    return new KeepAliveStream('LeaseKeepAlive', this.#duplex('etcdserverpb.Lease', 'LeaseKeepAlive'));
  }

  /** Opens an Observe stream. */
  observe(name: string): ReplyStream<etcd.LeaderResponse> {
    const call = this.#method('v3electionpb.Election', 'Observe')(toWire({ name }));
    return new ReplyStream('Observe', call as ClientReadableStream<unknown>);
  }

  /** Any unary call by its names, for services without a method above. */
  async call(service: string, method: string, request: object, options: CallOptions = {}): Promise<unknown> {
    return this.#unary<object, unknown>(service, method)(request, options);
  }

  /** A unary call of bytes as they are: `path` is `/package.Service/Method`. */
  async callBytes(path: string, request: Uint8Array, options: CallOptions = {}): Promise<Buffer> {
    const client = this.#client('etcdserverpb.KV');
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        request,
        { deadline: deadlineOf(options) },
        (error, reply) => (error ? reject(new RpcError(path, error)) : resolve(reply as Buffer)),
      );
    });
  }

  /**
   * Opens a new connection, for use after a restart of the server: the old connection would wait
   * before its next attempt.
   */
  reconnect(): void {
    this.close();
  }

  /** Ends the connections, and the streams on them. */
  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #unary<Request extends object, Response>(service: string, name: string) {
    return (request: Request, options: CallOptions = {}): Promise<Response> => {
      const method = this.#method(service, name);
      return new Promise((resolve, reject) => {
        const settle = (error: ServiceError | null, reply: unknown) => {
          if (error) reject(new RpcError(`${service}.${name}`, error));
          else resolve(fromWire(reply) as Response);
        };
        const wire = service === 'etcdserverpb.Auth' ? toAuthWire(request) : toWire(request);
        const call = method(wire, { deadline: deadlineOf(options) }, settle) as ClientUnaryCall;
        options.signal?.addEventListener('abort', () => call.cancel(), { once: true });
      });
    };
  }

  #duplex(service: string, name: string): ClientDuplexStream<unknown, unknown> {
    return this.#method(service, name)() as ClientDuplexStream<unknown, unknown>;
  }

  #method(service: string, name: string): Method {
    const client = this.#client(service);
    const method = (client as unknown as Record<string, Method | undefined>)[name];
    if (method === undefined) throw new Error(`${service} has no method ${name}`);
    return method.bind(client);
  }

  #client(service: string): Client {
    let client = this.#clients.get(service);
    if (client === undefined) {
      const Constructor = serviceClient(service);
      client = new Constructor(this.address, this.#credentials, {
        ...channelOptions,
        interceptors: [addingMetadata(this.#metadata)],
      });
      this.#clients.set(service, client);
    }
    return client;
  }
}

function addingMetadata(added: Readonly<Record<string, string>>): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start(metadata, listener, next) {
        for (const [name, value] of Object.entries(added)) metadata.set(name, value);
        next(metadata, listener);
      },
    });
}

function deadlineOf({ deadlineMs = deadlineMsDefault }: CallOptions): Date {
  return new Date(Date.now() + deadlineMs);
}
