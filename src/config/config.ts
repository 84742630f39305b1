import type { Dsn } from './database/database-dsn.ts';
import type { ListenAddress } from './listen/listen-address.ts';
import type { ListenTls } from './listen/listen-tls.ts';
import type { LogOutput } from './log-outputs.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** etcd's two levels of `--metrics`: `extensive` adds the latencies of each gRPC method. */
export type MetricsDetail = 'basic' | 'extensive';

/** `auto`: text on a terminal, JSON elsewhere. */
export type LogFormat = 'auto' | 'text' | 'json';

/**
 * What compacts the history without a client's request. A Kubernetes API server compacts every five minutes by itself.
 * - `periodic`: keep what is younger than `retentionMs`, as etcd's mode of that name.
 * - `revision`: every `intervalMs`, keep the newest `retentionRevisions`, as etcd's mode (whose interval is five minutes)
 *   and kine's `--compact-interval` with `--compact-min-retain`.
 */
export type AutoCompaction =
  | { readonly kind: 'off' }
  | { readonly kind: 'periodic'; readonly retentionMs: number }
  | { readonly kind: 'revision'; readonly intervalMs: number; readonly retentionRevisions: number };

/** How tokens are given and known (`--auth-token`): tine's own, signed with a secret in the database; JSON Web Tokens; or none. */
export type TokenConfig = { readonly kind: 'simple'; readonly ttlMs: number } | JwtConfig | { readonly kind: 'none' };

export interface JwtConfig {
  readonly kind: 'jwt';
  readonly signMethod: JwtSignMethod;
  readonly publicKeyFile: string | undefined;
  readonly privateKeyFile: string | undefined;
  readonly ttlMs: number;
}

export const jwtSignMethods = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
export type JwtSignMethod = (typeof jwtSignMethods)[number];

/** How connections to clients are known to be alive. Infinity is never. */
export interface GrpcKeepalive {
  /** Clients that ping more often are hung up on. */
  readonly clientIntervalMinMs: number;
  /** A client that was silent for so long is pinged. */
  readonly intervalMs: number;
  /** How long it has for an answer. */
  readonly timeoutMs: number;
}

/** Everything a run of the server is told, checked and frozen. Where each comes from: `options.ts`. */
export interface Config {
  /** This member's name, as `etcdctl member list` shows it. */
  readonly name: string;
  readonly endpoint: Dsn;
  /** How a database server is used; without effect on a file. */
  readonly datastore: { readonly maxOpenConnections: number };
  /** At least one. */
  readonly listenAddresses: readonly ListenAddress[];
  /** Where HTTP is served without gRPC; unless empty, `listenAddresses` serve gRPC without HTTP. */
  readonly httpListenAddresses: readonly ListenAddress[];
  /** Of all addresses that are secure; undefined when none is. */
  readonly tls: ListenTls | undefined;
  /** URLs told to clients by MemberList; at least one. */
  readonly advertiseClientUrls: readonly string[];
  /** Where /metrics and /health, and nothing else, are served too; empty for nowhere. */
  readonly metricsListenAddresses: readonly ListenAddress[];
  /** Origins whose pages may read answers over HTTP/1.1; empty and `*` are all. `listAllows` knows. */
  readonly cors: readonly string[];
  /** Host names that requests over HTTP/1.1 without TLS may name; empty and `*` are all. `listAllows` knows. */
  readonly hostWhitelist: readonly string[];

  /** Largest request, in bytes of its protobuf. */
  readonly maxRequestBytes: number;
  /** Operations in one transaction, nested ones counted for themselves, as in etcd. */
  readonly maxTxnOps: number;
  /** Size of the database from which on writes are refused, in bytes. 0: none was given; less: none is wanted. */
  readonly quotaBackendBytes: number;
  /** Of newest key-values in memory. 0: none. */
  readonly readCacheBytes: number;
  /** Streams that one connection may have open. */
  readonly maxConcurrentStreams: number;
  readonly watchProgressNotifyIntervalMs: number;
  /** The version that Status and /version report; clients infer features from it. */
  readonly emulatedEtcdVersion: string;

  readonly autoCompaction: AutoCompaction;

  readonly auth: {
    readonly tokens: TokenConfig;
    /** Of bcrypt: 2 to the power of it is how often a password is stirred. */
    readonly bcryptCost: number;
  };

  /** Whether the latencies of all methods are among the metrics, as with etcd's `--metrics`. */
  readonly metrics: MetricsDetail;
  /** Reads and writes that take longer in the store are logged. */
  readonly warningApplyMs: number;
  /** Unary calls that take longer are logged. */
  readonly warningUnaryRequestMs: number;
  /** Statements that take so long are logged. */
  readonly slowStatementMs: number;

  readonly keepalive: GrpcKeepalive;
  /** JSON under /v3/. */
  readonly servesGateway: boolean;

  readonly logLevel: LogLevel;
  /** At least one. */
  readonly logOutputs: readonly LogOutput[];
  readonly logFormat: LogFormat;
}
