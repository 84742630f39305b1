import { bcryptCost, parseAuthToken } from './auth-options.ts';
import type { LogFormat, LogLevel, MetricsDetail } from './config.ts';
import {
  maxOpenConnectionsDefault,
  maxOpenConnectionsMin,
  parseMaxOpenConnections,
} from './database/database-connections-max.ts';
import { parseListenAddresses, splitList } from './listen/listen-address.ts';
import { parseCipherSuites } from './listen/listen-cipher-suites.ts';
import type { TlsVersion } from './listen/listen-tls.ts';
import { parseHostNames, parseOrigins } from './listen/listen-web-lists.ts';
import { parseLogOutputs } from './log-outputs.ts';
import { parseBucketFolder, parseSnapshotPrefix } from './snapshot/snapshot-values.ts';
import { boolean, duration, durationOrNever, integer, nonEmpty, oneOf, textLike, wholeNumber } from './values.ts';

/**
 * All facts about an option. `--help` and the names of environment variables are derived from them.
 */
export interface Option {
  readonly group: OptionGroup;
  /** The name of the value in `--help`. A boolean has none. */
  readonly placeholder?: string;
  /** The default value, as a user would write it. Undefined: the option is absent by default. */
  readonly default?: string;
  /** The default in `--help`, if it differs from the text of `default`. */
  readonly defaultShown?: string;
  /** @throws Error that describes the mistake, without the name of the flag. */
  readonly parse: (text: string) => unknown;
  /** One or two sentences for `--help`. */
  readonly help: string;
  /** Further names of the flag. */
  readonly aliases?: readonly string[];
  /**
   * kine's name for the option, where etcd uses this name for another flag. Valid only for the
   * variable `KINE_...`.
   */
  readonly kineVariable?: string;
  /**
   * Read from the environment only: every user of the machine can see the command line of a
   * process.
   */
  readonly isSecret?: boolean;
}

export const optionGroups = [
  'Data',
  'Database server',
  'Listening',
  'TLS to clients',
  'Limits',
  'Watch and compaction',
  'Snapshots',
  'Users and roles',
  'Logs and metrics',
  'Tracing',
  'Compatibility',
] as const;
export type OptionGroup = (typeof optionGroups)[number];

const MAX_UINT32 = 4_294_967_295;

/**
 * Every option, by the name of its flag. Names, values and defaults are etcd's, or else kine's.
 * The help mentions defaults that differ.
 */
export const options = {
  'config-file': {
    group: 'Data',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: "Read the options from a YAML file in etcd's format. All flags and variables are then ignored, except the options of the database.",
  },
  'data-dir': {
    group: 'Data',
    placeholder: 'DIR',
    default: './db',
    parse: nonEmpty('the directory'),
    help: 'Keep the database in DIR/state.db. Short for --endpoint sqlite://DIR/state.db.',
  },
  endpoint: {
    group: 'Data',
    placeholder: 'DSN',
    parse: nonEmpty('the address of the database'),
    help: 'The database: sqlite://PATH or a path, postgres://USER@HOST:PORT/DATABASE or mysql://USER@tcp(HOST:PORT)/DATABASE. A database that kine wrote is opened in place.',
  },
  name: {
    group: 'Data',
    placeholder: 'NAME',
    default: 'default',
    parse: textLike(/^[^\s]+$/, 'node-1'),
    help: 'Name of this member, as "etcdctl member list" shows it.',
  },

  'datastore-password': {
    group: 'Database server',
    placeholder: 'PASSWORD',
    parse: (text) => text,
    help: 'Password of the database user. It takes precedence over a password in --endpoint.',
    isSecret: true,
  },
  'datastore-password-file': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Read the password of the database user from a file.',
  },
  'datastore-cafile': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Authorities (PEM), one of which must have signed the certificate of the database. The connection is then encrypted and verified.',
    aliases: ['ca-file'],
  },
  'datastore-certfile': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: "tine's certificate (PEM), for a database that requires one.",
    kineVariable: 'cert-file',
  },
  'datastore-keyfile': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Key (PEM) of --datastore-certfile.',
    kineVariable: 'key-file',
  },
  'datastore-skip-verify': {
    group: 'Database server',
    default: 'false',
    parse: boolean,
    help: 'Do not verify the certificate of the database.',
    aliases: ['skip-verify'],
  },
  'datastore-max-open-connections': {
    group: 'Database server',
    placeholder: 'N',
    default: String(maxOpenConnectionsDefault),
    parse: parseMaxOpenConnections,
    help: `Maximum number of connections to the database, at least ${maxOpenConnectionsMin}.`,
  },

  'listen-client-urls': {
    group: 'Listening',
    placeholder: 'URLS',
    default: 'http://127.0.0.1:2379',
    parse: parseListenAddresses,
    help: 'Addresses for clients: http://HOST:PORT, https://HOST:PORT, unix://PATH or unixs://PATH, several separated by commas.',
  },
  'listen-address': {
    group: 'Listening',
    placeholder: 'ADDRESS',
    parse: parseListenAddresses,
    help: "kine's name for --listen-client-urls; HOST:PORT is enough.",
  },
  'listen-client-http-urls': {
    group: 'Listening',
    placeholder: 'URLS',
    defaultShown: '--listen-client-urls',
    parse: parseListenAddresses,
    help: 'Serve HTTP (health, metrics, JSON) only here. --listen-client-urls then serve only gRPC.',
  },
  'advertise-client-urls': {
    group: 'Listening',
    placeholder: 'URLS',
    defaultShown: 'the listen addresses',
    parse: parseClientUrls,
    help: 'URLs under which clients reach this member, as listed by MemberList.',
  },
  'metrics-bind-address': {
    group: 'Listening',
    placeholder: 'ADDRESS',
    default: '0',
    defaultShown: 'none',
    parse: (text) => (text === '' || text === '0' ? [] : parseListenAddresses(text)),
    help: 'Further addresses that serve only /metrics and the health checks /health, /livez and /readyz. 0: none.',
    aliases: ['listen-metrics-urls'],
  },
  'host-whitelist': {
    group: 'Listening',
    placeholder: 'HOSTS',
    default: '*',
    defaultShown: 'all',
    parse: parseHostNames,
    help: 'Host names allowed in requests over HTTP without TLS. Protects against DNS rebinding.',
  },
  'enable-grpc-gateway': {
    group: 'Listening',
    default: 'true',
    parse: boolean,
    help: 'Serve JSON under /v3/.',
  },
  'enable-ui': {
    group: 'Listening',
    default: 'true',
    parse: boolean,
    help: 'Serve a web page at /ui/ that shows keys, load and the cluster. It needs --enable-grpc-gateway.',
  },
  'ui-write': {
    group: 'Listening',
    default: 'false',
    parse: boolean,
    help: 'Allow the page at /ui/ to put, delete and restore keys, with the rights of the signed-in user.',
  },
  cors: {
    group: 'Listening',
    placeholder: 'ORIGINS',
    default: '*',
    defaultShown: 'all',
    parse: parseOrigins,
    help: 'Origins of web pages that may read responses over HTTP.',
  },

  'cert-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: "The server's certificate (PEM), followed by the certificates of its issuers. New connections use a changed file.",
    aliases: ['server-cert-file'],
  },
  'key-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Key (PEM) of --cert-file.',
    aliases: ['server-key-file'],
  },
  'trusted-ca-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Require client certificates signed by one of these authorities (PEM).',
  },
  'client-cert-auth': {
    group: 'TLS to clients',
    default: 'false',
    parse: boolean,
    help: 'Require client certificates. Without --trusted-ca-file, every public authority is accepted.',
  },
  'client-crl-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'List of revoked certificates (DER or PEM).',
  },
  'client-cert-allowed-hostname': {
    group: 'TLS to clients',
    placeholder: 'NAMES',
    default: '',
    defaultShown: 'any',
    parse: splitList,
    help: "Host names or addresses. A client's certificate must be for one of them.",
  },
  'client-cert-allowed-cn': {
    group: 'TLS to clients',
    placeholder: 'NAMES',
    default: '',
    defaultShown: 'any',
    parse: splitList,
    help: "Common names. A client's certificate must have one of them.",
  },
  'auto-tls': {
    group: 'TLS to clients',
    default: 'false',
    parse: boolean,
    help: 'Create a self-signed certificate at the first start, in DIR/fixtures/client of --data-dir.',
  },
  'self-signed-cert-validity': {
    group: 'TLS to clients',
    placeholder: 'YEARS',
    default: '1',
    parse: wholeNumber({ min: 1, max: 100 }),
    help: 'Validity of the certificate of --auto-tls.',
  },
  'cipher-suites': {
    group: 'TLS to clients',
    placeholder: 'NAMES',
    defaultShown: 'all with forward secrecy',
    parse: parseCipherSuites,
    help: 'TLS 1.2 cipher suites by their Go names, in order of preference.',
  },
  'tls-min-version': {
    group: 'TLS to clients',
    placeholder: 'VERSION',
    default: 'TLS1.2',
    parse: parseTlsVersion,
    help: 'TLS1.2 or TLS1.3.',
  },
  'tls-max-version': {
    group: 'TLS to clients',
    placeholder: 'VERSION',
    default: '',
    defaultShown: 'the newest',
    parse: parseTlsVersion,
    help: 'TLS1.2 or TLS1.3.',
  },

  'max-request-bytes': {
    group: 'Limits',
    placeholder: 'BYTES',
    default: '1572864',
    // 1 GiB is about the limit of one value in SQLite, and far more than a message should have.
    parse: wholeNumber({ min: 1024, max: 1_073_741_824 }),
    help: 'Size of the largest accepted request.',
  },
  'max-txn-ops': {
    group: 'Limits',
    placeholder: 'N',
    default: '128',
    parse: wholeNumber({ min: 1, max: 100_000 }),
    help: 'Maximum number of operations in one transaction.',
  },
  'quota-backend-bytes': {
    group: 'Limits',
    placeholder: 'BYTES',
    default: '0',
    defaultShown: 'none',
    parse: integer,
    help: "Size of the database at which alarm NOSPACE is raised and writes are refused. 0 or less: no quota. (etcd's default of 2 GiB comes from its file format.)",
  },
  'read-cache-bytes': {
    group: 'Limits',
    placeholder: 'BYTES',
    default: '33554432',
    parse: wholeNumber({ min: 0, max: 17_179_869_184 }),
    help: 'Memory for key-values that are read repeatedly. Reads from it are as current as reads from the database. 0: none.',
  },
  'max-concurrent-streams': {
    group: 'Limits',
    placeholder: 'N',
    default: String(MAX_UINT32),
    defaultShown: 'no limit',
    parse: (text) => wholeNumber({ min: 0, max: MAX_UINT32 })(text) || MAX_UINT32,
    help: 'Maximum number of requests and watches that one connection may have open. 0: no limit.',
  },
  'grpc-keepalive-min-time': {
    group: 'Limits',
    placeholder: 'DURATION',
    default: '5s',
    parse: duration({ minMs: 0 }),
    help: "Shortest allowed time between two pings of a client. tine closes the connection of a client that pings more often. 0: gRPC's default, 5m.",
  },
  'grpc-keepalive-interval': {
    group: 'Limits',
    placeholder: 'DURATION',
    default: '2h',
    parse: durationOrNever,
    help: 'Ping a client after this time without data from it. 0: never.',
  },
  'grpc-keepalive-timeout': {
    group: 'Limits',
    placeholder: 'DURATION',
    default: '20s',
    parse: durationOrNever,
    help: 'Close the connection of a client that does not answer a ping in this time. 0: send no pings.',
  },

  'watch-progress-notify-interval': {
    group: 'Watch and compaction',
    placeholder: 'DURATION',
    default: '5s',
    parse: duration({ minMs: 100 }),
    help: "Interval of progress notifications for idle watches that requested them. (etcd's default is 10m; Kubernetes needs 5s.)",
  },
  'auto-compaction-mode': {
    group: 'Watch and compaction',
    placeholder: 'MODE',
    default: 'periodic',
    parse: oneOf(['periodic', 'revision']),
    help: 'What --auto-compaction-retention counts: periodic (a time) or revision (revisions).',
  },
  'auto-compaction-retention': {
    group: 'Watch and compaction',
    placeholder: 'RETENTION',
    default: '0',
    parse: textLike(/^[0-9][0-9a-zµ\u03bc.]*$/, '10m, 1 (one hour), or 1000 with --auto-compaction-mode revision'),
    help: 'History to keep: a duration (10m) or a number of hours (1); with --auto-compaction-mode revision, a number of revisions (1000). 0: off. Kubernetes needs no automatic compaction, because its API server compacts.',
  },
  'compact-interval': {
    group: 'Watch and compaction',
    placeholder: 'DURATION',
    default: '0s',
    parse: durationOrNever,
    help: "kine's option: compact at this interval and keep --compact-min-retain revisions. 0s: off.",
  },
  'compact-min-retain': {
    group: 'Watch and compaction',
    placeholder: 'N',
    default: '1000',
    parse: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    help: 'Revisions that --compact-interval keeps.',
  },

  'snapshot-schedule': {
    group: 'Snapshots',
    placeholder: 'CRON',
    defaultShown: 'none',
    parse: (text) => text,
    help: "Times of snapshots: a cron line such as '0 */6 * * *', in the time zone of the process. A line of six fields begins with the seconds. If several instances serve the database, one of them takes each snapshot.",
    aliases: ['etcd-snapshot-schedule-cron'],
  },
  'snapshot-dir': {
    group: 'Snapshots',
    placeholder: 'DIR',
    defaultShown: 'the folder "snapshots" beside the database file; none with a database server',
    parse: nonEmpty('the directory'),
    help: 'Folder of the snapshots.',
    aliases: ['etcd-snapshot-dir'],
  },
  'snapshot-retention': {
    group: 'Snapshots',
    placeholder: 'N',
    default: '5',
    parse: wholeNumber({ min: 0, max: 1_000_000 }),
    help: 'Number of snapshots by schedule to keep. 0: all.',
    aliases: ['etcd-snapshot-retention'],
  },
  'snapshot-name': {
    group: 'Snapshots',
    placeholder: 'NAME',
    default: 'tine-snapshot',
    parse: parseSnapshotPrefix,
    help: 'Prefix of the names of snapshots by schedule.',
    aliases: ['etcd-snapshot-name'],
  },
  'etcd-disable-snapshots': {
    group: 'Snapshots',
    default: 'false',
    parse: boolean,
    help: "k3s's option: take no snapshots by schedule.",
  },
  'snapshot-s3': {
    group: 'Snapshots',
    default: 'false',
    parse: boolean,
    help: 'Upload snapshots to S3-compatible storage too.',
    aliases: ['etcd-s3'],
  },
  'snapshot-s3-endpoint': {
    group: 'Snapshots',
    placeholder: 'ADDRESS',
    defaultShown: 'Amazon S3 in --snapshot-s3-region',
    parse: nonEmpty('the address'),
    help: 'Address of the storage: HOST:PORT, https://HOST:PORT or http://HOST:PORT.',
    aliases: ['etcd-s3-endpoint'],
  },
  'snapshot-s3-bucket': {
    group: 'Snapshots',
    placeholder: 'NAME',
    parse: textLike(/^[A-Za-z0-9][\w.-]{1,254}$/, 'backups'),
    help: 'The bucket. It must exist.',
    aliases: ['etcd-s3-bucket'],
  },
  'snapshot-s3-folder': {
    group: 'Snapshots',
    placeholder: 'FOLDER',
    default: '',
    defaultShown: 'none',
    parse: parseBucketFolder,
    help: 'Folder in the bucket.',
    aliases: ['etcd-s3-folder'],
  },
  'snapshot-s3-region': {
    group: 'Snapshots',
    placeholder: 'REGION',
    default: 'us-east-1',
    parse: textLike(/^[\w-]+$/, 'eu-central-1'),
    help: 'Region of the bucket.',
    aliases: ['etcd-s3-region'],
  },
  'snapshot-s3-retention': {
    group: 'Snapshots',
    placeholder: 'N',
    defaultShown: '--snapshot-retention',
    parse: wholeNumber({ min: 0, max: 1_000_000 }),
    help: 'Number of snapshots by schedule to keep in the bucket. 0: all.',
    aliases: ['etcd-s3-retention'],
  },
  'snapshot-s3-access-key': {
    group: 'Snapshots',
    placeholder: 'KEY',
    defaultShown: 'the credentials that the AWS client finds, such as AWS_ACCESS_KEY_ID',
    parse: nonEmpty('the access key'),
    help: 'Access key of the storage. It needs a secret key.',
    aliases: ['etcd-s3-access-key'],
  },
  'snapshot-s3-secret-key': {
    group: 'Snapshots',
    placeholder: 'SECRET',
    parse: nonEmpty('the secret key'),
    help: 'Secret key of --snapshot-s3-access-key.',
    aliases: ['etcd-s3-secret-key'],
    isSecret: true,
  },
  'snapshot-s3-secret-key-file': {
    group: 'Snapshots',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Read the secret key from a file.',
  },
  'snapshot-s3-session-token': {
    group: 'Snapshots',
    placeholder: 'TOKEN',
    parse: nonEmpty('the token'),
    help: 'Session token of temporary credentials.',
    aliases: ['etcd-s3-session-token'],
    isSecret: true,
  },
  'snapshot-s3-session-token-file': {
    group: 'Snapshots',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Read the session token from a file.',
  },
  'snapshot-s3-endpoint-ca': {
    group: 'Snapshots',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Authorities (PEM), one of which must have signed the certificate of the storage.',
    aliases: ['etcd-s3-endpoint-ca'],
  },
  'snapshot-s3-skip-ssl-verify': {
    group: 'Snapshots',
    default: 'false',
    parse: boolean,
    help: 'Do not verify the certificate of the storage.',
    aliases: ['etcd-s3-skip-ssl-verify'],
  },
  'snapshot-s3-insecure': {
    group: 'Snapshots',
    default: 'false',
    parse: boolean,
    help: 'Use HTTP without TLS for an address without a scheme.',
    aliases: ['etcd-s3-insecure'],
  },
  'snapshot-s3-bucket-lookup-type': {
    group: 'Snapshots',
    placeholder: 'TYPE',
    default: 'auto',
    parse: oneOf(['auto', 'dns', 'path']),
    help: 'Place of the bucket in the address: dns (BUCKET.HOST), path (HOST/BUCKET) or auto (dns at Amazon, path elsewhere).',
    aliases: ['etcd-s3-bucket-lookup-type'],
  },

  'auth-token': {
    group: 'Users and roles',
    placeholder: 'SPEC',
    default: 'simple',
    parse: parseAuthToken,
    help: 'Type of user tokens: simple, or jwt with settings as in etcd: jwt,sign-method=RS256,priv-key=FILE,pub-key=FILE,ttl=5m.',
  },
  'auth-token-ttl': {
    group: 'Users and roles',
    placeholder: 'SECONDS',
    default: '300',
    parse: wholeNumber({ min: 0, max: MAX_UINT32 }),
    help: 'Time after its last use at which a simple token expires. 0: the default.',
  },
  'bcrypt-cost': {
    group: 'Users and roles',
    placeholder: 'N',
    default: String(bcryptCost.default),
    parse: wholeNumber({ min: 0, max: MAX_UINT32 }),
    help: `bcrypt cost of password hashes, ${bcryptCost.min} to ${bcryptCost.max}. Each step doubles the time.`,
  },

  'log-level': {
    group: 'Logs and metrics',
    placeholder: 'LEVEL',
    default: 'info',
    // etcd's levels, in any case. It takes an empty text as info.
    parse: oneOf<LogLevel>(['debug', 'info', 'warn', 'error'], {
      synonyms: { '': 'info', dpanic: 'error', panic: 'error', fatal: 'error' },
      ignoresCase: true,
    }),
    help: 'debug, info, warn or error.',
  },
  'log-format': {
    group: 'Logs and metrics',
    placeholder: 'FORMAT',
    default: 'auto',
    defaultShown: 'text on a terminal, json elsewhere',
    parse: oneOf<LogFormat>(['auto', 'text', 'json'], { synonyms: { console: 'text', plain: 'text' } }),
    help: 'text or json.',
  },
  'log-outputs': {
    group: 'Logs and metrics',
    placeholder: 'OUTPUTS',
    default: 'stderr',
    parse: parseLogOutputs,
    help: 'Outputs of the log: stderr, stdout or the path of a file, several separated by commas.',
  },
  debug: {
    group: 'Logs and metrics',
    default: 'false',
    parse: boolean,
    help: 'Short for --log-level debug.',
  },

  'warning-apply-duration': {
    group: 'Logs and metrics',
    placeholder: 'DURATION',
    default: '100ms',
    parse: duration({ minMs: 0 }),
    help: 'Log reads and writes that take longer than this in the store, including the time in queues.',
  },
  'warning-unary-request-duration': {
    group: 'Logs and metrics',
    placeholder: 'DURATION',
    default: '300ms',
    parse: duration({ minMs: 0 }),
    help: 'Log calls that take longer than this, from arrival to reply.',
  },
  'slow-sql-threshold': {
    group: 'Logs and metrics',
    placeholder: 'DURATION',
    default: '100ms',
    parse: durationOrNever,
    help: "Log SQL statements that take this time or longer. 0s: never. (kine's default is 1s.)",
  },
  metrics: {
    group: 'Logs and metrics',
    placeholder: 'DETAIL',
    default: 'basic',
    parse: oneOf<MetricsDetail>(['basic', 'extensive']),
    help: 'basic, or extensive, which adds the latency of each gRPC method (grpc_server_handling_seconds).',
  },

  'enable-distributed-tracing': {
    group: 'Tracing',
    default: 'false',
    parse: boolean,
    help: 'Send traces of requests to an OpenTelemetry collector, over OTLP with gRPC.',
  },
  'distributed-tracing-address': {
    group: 'Tracing',
    placeholder: 'HOST:PORT',
    default: 'localhost:4317',
    parse: (text) => text,
    help: 'Address of the collector.',
  },
  'distributed-tracing-service-name': {
    group: 'Tracing',
    placeholder: 'NAME',
    default: 'etcd',
    parse: nonEmpty('the name'),
    help: 'Name of the service in the traces, the same for all instances.',
  },
  'distributed-tracing-instance-id': {
    group: 'Tracing',
    placeholder: 'ID',
    default: '',
    defaultShown: 'none',
    parse: (text) => text,
    help: 'Name of this instance in the traces, different for each instance.',
  },
  'distributed-tracing-sampling-rate': {
    group: 'Tracing',
    placeholder: 'N',
    default: '0',
    parse: integer,
    help: 'Number of requests to trace, of each million. A request with a trace context is traced only if the sampled flag of the context is set, at any rate.',
  },

  'emulated-etcd-version': {
    group: 'Compatibility',
    placeholder: 'VERSION',
    default: '3.7.0',
    parse: textLike(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, '3.7.0'),
    help: 'The etcd version that tine reports. Clients infer features from it.',
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof options;

/** The value of each option; undefined: not set, and without a default. */
export type Settings = {
  readonly [Name in OptionName]:
    | ReturnType<(typeof options)[Name]['parse']>
    | ((typeof options)[Name] extends { readonly default: string } ? never : undefined);
};

function parseTlsVersion(text: string): TlsVersion | undefined {
  switch (text) {
    case '':
      return undefined;
    case 'TLS1.2':
      return 'TLSv1.2';
    case 'TLS1.3':
      return 'TLSv1.3';
    default:
      throw new Error(`unexpected TLS version "${text}" (must be one of: TLS1.2, TLS1.3)`);
  }
}

function parseClientUrls(text: string): readonly string[] {
  const urls = splitList(text);
  if (urls.length === 0) throw new Error('a URL is missing; write http://HOST:2379');
  for (const url of urls) {
    const isUrl = /^(https?:\/\/[^\s/]+:\d+|unixs?:\/\/\S+)\/?$/.test(url);
    if (!isUrl) throw new Error(`"${url}" is not a client URL; write http://HOST:2379`);
  }
  return urls;
}
