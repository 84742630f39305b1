import type { Dsn } from './database/database-dsn.ts';
import type { ListenAddress } from './listen/listen-address.ts';
import type { Keepalive } from './listen/listen-keepalive.ts';
import type { ListenTls } from './listen/listen-tls.ts';
import type { LogOutput } from './log-outputs.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** etcd's two levels of `--metrics`. `extensive` adds the latencies of each gRPC method. */
export type MetricsDetail = 'basic' | 'extensive';

/** `auto`: text on a terminal, JSON elsewhere. */
export type LogFormat = 'auto' | 'text' | 'json';

/**
 * Compaction without a client's request. A Kubernetes API server compacts every five minutes by
 * itself.
 * - `periodic`: keeps what is younger than `retentionMs`, as in etcd's periodic mode.
 * - `revision`: every `intervalMs`, keeps the newest `retentionRevisions`, as in etcd's revision
 *   mode, whose interval is five minutes, and with kine's `--compact-interval` and
 *   `--compact-min-retain`.
 */
export type AutoCompaction =
  | { readonly kind: 'off' }
  | { readonly kind: 'periodic'; readonly retentionMs: number }
  | { readonly kind: 'revision'; readonly intervalMs: number; readonly retentionRevisions: number };

/**
 * The kind of tokens (`--auth-token`): tine's own, signed with a secret in the database; JSON Web
 * Tokens; or none.
 */
export type TokenConfig = { readonly kind: 'simple'; readonly ttlMs: number } | JwtConfig | { readonly kind: 'none' };

/** Snapshots by schedule, and the places of snapshots. */
export interface SnapshotConfig {
  /** A cron line, not yet checked. Undefined: no snapshots by schedule. */
  readonly schedule: string | undefined;
  /** The folder. Undefined: none was given, and the database is a server. */
  readonly directory: string | undefined;
  /** The number of snapshots by schedule that the folder keeps. 0: all. */
  readonly retentionCount: number;
  /** How the names of snapshots by schedule begin. */
  readonly prefix: string;
  /** S3-compatible storage. */
  readonly storage: BucketStorage;
  /** The bucket to which snapshots are uploaded. Undefined: they stay in the folder. */
  readonly bucket: SnapshotBucket | undefined;
}

export interface SnapshotBucket {
  readonly name: string;
  /** Without slashes at its ends. Empty: none. */
  readonly folder: string;
  /** The number of snapshots by schedule that the bucket keeps. 0: all. */
  readonly retentionCount: number;
}

/** How to reach S3-compatible storage. */
export interface BucketStorage {
  /** `https://HOST:PORT`. Undefined: Amazon's endpoint of the region. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Whether the bucket is the first part of the path, not of the host name. */
  readonly usesPaths: boolean;
  /** Undefined: the client of AWS finds them in variables, its files, or the machine's role. */
  readonly credentials: BucketCredentials | undefined;
  /** PEM. Undefined: the public ones. */
  readonly authorities: readonly string[] | undefined;
  readonly verifiesCertificate: boolean;
}

export interface BucketCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string | undefined;
}

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

/** Traces over OTLP. */
export interface TracingConfig {
  /** The collector: `HOST:PORT`. */
  readonly address: string;
  readonly serviceName: string;
  readonly instanceId: string | undefined;
  /** Of a million requests whose caller does not decide, this number is traced. */
  readonly samplesPerMillion: number;
}

/**
 * The configuration of the server, checked and frozen. `options.ts` lists the source of each value.
 */
export interface Config {
  /** This member's name in `etcdctl member list`. */
  readonly name: string;
  readonly endpoint: Dsn;
  /** Use of a database server. Without effect on a file. */
  readonly datastore: { readonly maxOpenConnections: number };
  /** At least one. */
  readonly listenAddresses: readonly ListenAddress[];
  /**
   * Addresses of HTTP without gRPC. If there are any, `listenAddresses` serve gRPC without HTTP.
   */
  readonly httpListenAddresses: readonly ListenAddress[];
  /** TLS of all secure addresses; undefined: no address is secure. */
  readonly tls: ListenTls | undefined;
  /** URLs that MemberList returns; at least one. */
  readonly advertiseClientUrls: readonly string[];
  /** Further addresses of /metrics and /health only; may be empty. */
  readonly metricsListenAddresses: readonly ListenAddress[];
  /**
   * Origins of web pages that may read responses over HTTP/1.1. Empty or `*`: all. Checked by
   * `listAllows`.
   */
  readonly cors: readonly string[];
  /**
   * Host names in requests over HTTP/1.1 without TLS. Empty or `*`: all. Checked by `listAllows`.
   */
  readonly hostWhitelist: readonly string[];

  /** Bytes of the largest request in protobuf. */
  readonly maxRequestBytes: number;
  /** Operations in one transaction. As in etcd, each nested transaction has its own count. */
  readonly maxTxnOps: number;
  /** Bytes of the database at which writes are refused. 0: not set; less: explicitly no quota. */
  readonly quotaBackendBytes: number;
  /** Bytes of the read cache. 0: no read cache. */
  readonly readCacheBytes: number;
  /** Streams that one connection may have open. */
  readonly maxConcurrentStreams: number;
  readonly watchProgressNotifyIntervalMs: number;
  /** The version that Status and /version report. Clients infer features from it. */
  readonly emulatedEtcdVersion: string;

  readonly autoCompaction: AutoCompaction;

  readonly snapshots: SnapshotConfig;

  readonly auth: {
    readonly tokens: TokenConfig;
    /** bcrypt cost: 2^cost rounds. */
    readonly bcryptCost: number;
  };

  /** Whether the metrics include the latencies of all methods, as with etcd's `--metrics`. */
  readonly metrics: MetricsDetail;
  /** Reads and writes that take longer in the store are logged. */
  readonly warningApplyMs: number;
  /** Unary calls that take longer are logged. */
  readonly warningUnaryRequestMs: number;
  /** Statements that take this long are logged. */
  readonly slowStatementMs: number;
  /** Undefined: nothing is traced. */
  readonly tracing: TracingConfig | undefined;

  readonly keepalive: Keepalive;
  /** Whether JSON is served under /v3/. */
  readonly servesGateway: boolean;
  /** Whether the page for people is served at /ui/. It reads through the gateway. */
  readonly servesUi: boolean;
  /** Whether this page may write. */
  readonly writesFromUi: boolean;

  readonly logLevel: LogLevel;
  /** At least one. */
  readonly logOutputs: readonly LogOutput[];
  readonly logFormat: LogFormat;
}
