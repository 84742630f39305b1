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
import { boolean, duration, durationOrNever, integer, nonEmpty, oneOf, textLike, wholeNumber } from './values.ts';

/** What is known of an option; the one home of each fact. `--help` and the environment are derived from it. */
export interface Option {
  readonly group: OptionGroup;
  /** How `--help` names the value; a boolean has none. */
  readonly placeholder?: string;
  /** What stands for it when nothing is given, as it would be written. Undefined: the option is then absent. */
  readonly default?: string;
  /** How `--help` shows the default where the text above does not say it. */
  readonly defaultShown?: string;
  /** @throws Error that says what is wrong, without the name of the flag. */
  readonly parse: (text: string) => unknown;
  /** A sentence or two for `--help`. */
  readonly help: string;
  /** Further names of the flag. */
  readonly aliases?: readonly string[];
  /** kine's name for it where the flag of that name is etcd's: it holds for the variable `KINE_...` alone. */
  readonly kinesVariable?: string;
  /** Read from the environment alone: the command line of a process can be seen by every user of the machine. */
  readonly isSecret?: boolean;
}

export const optionGroups = [
  'Data',
  'Database server',
  'Listening',
  'TLS to clients',
  'Limits',
  'Watch and compaction',
  'Users and roles',
  'Logs and metrics',
  'Compatibility',
] as const;
export type OptionGroup = (typeof optionGroups)[number];

const MAX_UINT32 = 4_294_967_295;

/**
 * Every option, by the name of its flag. Names, values and defaults are etcd's where it has the option,
 * else kine's; where a default differs, the help says so.
 */
export const options = {
  'config-file': {
    group: 'Data',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: "Read the options from a file in etcd's format instead, a YAML of their names. Only where the database is may be said beside it.",
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
    help: 'The database: sqlite://PATH or a path, postgres://USER@HOST:PORT/DATABASE or mysql://USER@tcp(HOST:PORT)/DATABASE; one that kine wrote is opened in place.',
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
    help: 'Password of the user that --endpoint names. It comes before one in the endpoint.',
    isSecret: true,
  },
  'datastore-password-file': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Read that password from a file.',
  },
  'datastore-cafile': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Authorities (PEM) that the certificate of the database must come from. The connection is then encrypted and verified.',
    aliases: ['ca-file'],
  },
  'datastore-certfile': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: "tine's own certificate (PEM), which the database asks for.",
    kinesVariable: 'cert-file',
  },
  'datastore-keyfile': {
    group: 'Database server',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'The key of that certificate.',
    kinesVariable: 'key-file',
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
    help: `Most connections to the database; at least ${maxOpenConnectionsMin}.`,
  },

  'listen-client-urls': {
    group: 'Listening',
    placeholder: 'URLS',
    default: 'http://127.0.0.1:2379',
    parse: parseListenAddresses,
    help: 'Where clients connect: http://HOST:PORT, https://HOST:PORT, unix://PATH or unixs://PATH, several separated by commas.',
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
    defaultShown: 'the above',
    parse: parseListenAddresses,
    help: 'Serve HTTP (health, metrics, JSON) here alone; --listen-client-urls then serve gRPC alone.',
  },
  'advertise-client-urls': {
    group: 'Listening',
    placeholder: 'URLS',
    defaultShown: 'where it listens',
    parse: parseClientUrls,
    help: 'URLs under which clients reach this member, told to those that ask for the members.',
  },
  'metrics-bind-address': {
    group: 'Listening',
    placeholder: 'ADDRESS',
    default: '0',
    defaultShown: 'none',
    parse: (text) => (text === '' || text === '0' ? [] : parseListenAddresses(text)),
    help: 'Serve /metrics and /health, and nothing else, here too. 0 for nowhere else.',
    aliases: ['listen-metrics-urls'],
  },
  'host-whitelist': {
    group: 'Listening',
    placeholder: 'HOSTS',
    default: '*',
    defaultShown: 'all',
    parse: parseHostNames,
    help: 'Host names that requests over HTTP without TLS may name, against DNS rebinding.',
  },
  'enable-grpc-gateway': {
    group: 'Listening',
    default: 'true',
    parse: boolean,
    help: 'Serve JSON under /v3/.',
  },
  cors: {
    group: 'Listening',
    placeholder: 'ORIGINS',
    default: '*',
    defaultShown: 'all',
    parse: parseOrigins,
    help: 'Origins of web pages that may read answers over HTTP.',
  },

  'cert-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: "The server's certificate (PEM), with those of its issuers. Changed on disk, it is used for the next connection.",
    aliases: ['server-cert-file'],
  },
  'key-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'The key of that certificate.',
    aliases: ['server-key-file'],
  },
  'trusted-ca-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'Ask clients for a certificate that comes from one of these authorities (PEM).',
  },
  'client-cert-auth': {
    group: 'TLS to clients',
    default: 'false',
    parse: boolean,
    help: 'Ask clients for a certificate; without --trusted-ca-file of any public authority.',
  },
  'client-crl-file': {
    group: 'TLS to clients',
    placeholder: 'FILE',
    parse: nonEmpty('the file'),
    help: 'List of certificates (DER or PEM) that were revoked.',
  },
  'client-cert-allowed-hostname': {
    group: 'TLS to clients',
    placeholder: 'NAMES',
    default: '',
    defaultShown: 'any',
    parse: splitList,
    help: "Host names or addresses one of which a client's certificate must be for.",
  },
  'client-cert-allowed-cn': {
    group: 'TLS to clients',
    placeholder: 'NAMES',
    default: '',
    defaultShown: 'any',
    parse: splitList,
    help: "Common names one of which a client's certificate must have.",
  },
  'auto-tls': {
    group: 'TLS to clients',
    default: 'false',
    parse: boolean,
    help: 'Make a certificate at the first start, signed by itself, in DIR/fixtures/client of --data-dir.',
  },
  'self-signed-cert-validity': {
    group: 'TLS to clients',
    placeholder: 'YEARS',
    default: '1',
    parse: wholeNumber({ min: 1, max: 100 }),
    help: 'How long that certificate is good.',
  },
  'cipher-suites': {
    group: 'TLS to clients',
    placeholder: 'NAMES',
    defaultShown: 'those with forward secrecy',
    parse: parseCipherSuites,
    help: "Suites of TLS 1.2 by Go's names, the preferred first.",
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
    // A gibibyte is near what SQLite holds in one value, and far beyond what a message should be.
    parse: wholeNumber({ min: 1024, max: 1_073_741_824 }),
    help: 'Largest request that is accepted.',
  },
  'max-txn-ops': {
    group: 'Limits',
    placeholder: 'N',
    default: '128',
    parse: wholeNumber({ min: 1, max: 100_000 }),
    help: 'Most operations in one transaction.',
  },
  'quota-backend-bytes': {
    group: 'Limits',
    placeholder: 'BYTES',
    default: '0',
    defaultShown: 'none',
    parse: integer,
    help: "Size of the database at which alarm NOSPACE is raised and writes are refused. 0 and less: no quota. (etcd's default of 2 GiB comes from its file format.)",
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
    parse: wholeNumber({ min: 1, max: MAX_UINT32 }),
    help: 'Most requests and watches that one connection may have open.',
  },
  'grpc-keepalive-min-time': {
    group: 'Limits',
    placeholder: 'DURATION',
    default: '5s',
    parse: duration({ minMs: 0 }),
    help: "A client that pings more often than this is hung up on. 0 is gRPC's own 5m.",
  },
  'grpc-keepalive-interval': {
    group: 'Limits',
    placeholder: 'DURATION',
    default: '2h',
    parse: durationOrNever,
    help: 'Ping a client that has been silent for so long. 0 for never.',
  },
  'grpc-keepalive-timeout': {
    group: 'Limits',
    placeholder: 'DURATION',
    default: '20s',
    parse: durationOrNever,
    help: 'Hang up on a client that does not answer such a ping in time. 0: pings are not sent.',
  },

  'watch-progress-notify-interval': {
    group: 'Watch and compaction',
    placeholder: 'DURATION',
    default: '5s',
    parse: duration({ minMs: 100 }),
    help: "How often an idle watch is told the revision, if it asked for that. (etcd's default is 10m; Kubernetes wants 5s.)",
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
    parse: textLike(/^[0-9][0-9a-zµμ.]*$/, '10m, 1 (one hour), or 1000 with --auto-compaction-mode revision'),
    help: 'History to keep: 10m, 1 (hours), or a number of revisions. 0 is off: Kubernetes compacts by itself.',
  },
  'compact-interval': {
    group: 'Watch and compaction',
    placeholder: 'DURATION',
    default: '0s',
    parse: durationOrNever,
    help: "kine's: compact this often and keep --compact-min-retain revisions. 0s is off.",
  },
  'compact-min-retain': {
    group: 'Watch and compaction',
    placeholder: 'N',
    default: '1000',
    parse: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    help: 'Revisions that --compact-interval keeps.',
  },

  'auth-token': {
    group: 'Users and roles',
    placeholder: 'SPEC',
    default: 'simple',
    parse: parseAuthToken,
    help: 'Tokens of users: simple, or jwt with settings behind it, as etcd has them: jwt,sign-method=RS256,priv-key=FILE,pub-key=FILE,ttl=5m.',
  },
  'auth-token-ttl': {
    group: 'Users and roles',
    placeholder: 'SECONDS',
    default: '300',
    parse: wholeNumber({ min: 0, max: MAX_UINT32 }),
    help: 'How long a simple token that is not used is good. 0 is the default.',
  },
  'bcrypt-cost': {
    group: 'Users and roles',
    placeholder: 'N',
    default: String(bcryptCost.default),
    parse: wholeNumber({ min: 0, max: MAX_UINT32 }),
    help: `Cost of the hash of a password, ${bcryptCost.min} to ${bcryptCost.max}: one more takes twice the time.`,
  },

  'log-level': {
    group: 'Logs and metrics',
    placeholder: 'LEVEL',
    default: 'info',
    parse: oneOf<LogLevel>(['debug', 'info', 'warn', 'error'], { panic: 'error', fatal: 'error' }),
    help: 'debug, info, warn or error.',
  },
  'log-format': {
    group: 'Logs and metrics',
    placeholder: 'FORMAT',
    default: 'auto',
    defaultShown: 'text on a terminal, json elsewhere',
    parse: oneOf<LogFormat>(['auto', 'text', 'json'], { console: 'text', plain: 'text' }),
    help: 'text or json.',
  },
  'log-outputs': {
    group: 'Logs and metrics',
    placeholder: 'OUTPUTS',
    default: 'stderr',
    parse: parseLogOutputs,
    help: 'Where the log goes: stderr, stdout or the path of a file, several separated by commas.',
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
    help: 'Log reads and writes that the database takes longer for, waiting included.',
  },
  'warning-unary-request-duration': {
    group: 'Logs and metrics',
    placeholder: 'DURATION',
    default: '300ms',
    parse: duration({ minMs: 0 }),
    help: 'Log calls that take longer, from their arrival to their answer.',
  },
  'slow-sql-threshold': {
    group: 'Logs and metrics',
    placeholder: 'DURATION',
    default: '100ms',
    parse: durationOrNever,
    help: "Log statements of SQL that take so long. 0s is never. (kine's default is 1s.)",
  },
  metrics: {
    group: 'Logs and metrics',
    placeholder: 'DETAIL',
    default: 'basic',
    parse: oneOf<MetricsDetail>(['basic', 'extensive']),
    help: 'basic, or extensive: with the latency of each gRPC method, grpc_server_handling_seconds.',
  },

  'emulated-etcd-version': {
    group: 'Compatibility',
    placeholder: 'VERSION',
    default: '3.7.0',
    parse: textLike(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/, '3.7.0'),
    help: 'The etcd version that is told to clients, which infer features from it.',
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof options;

/** The value of each option; undefined where none is given and none is the default. */
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
