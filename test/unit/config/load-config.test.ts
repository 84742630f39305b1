import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, test } from 'node:test';
import type { Config } from '../../../src/config/config.ts';
import { flagShape } from '../../../src/config/given-options.ts';
import { splitCommandLine } from '../../../src/config/go-flags.ts';
import { type LoadedConfig, loadConfig } from '../../../src/config/load-config.ts';
import { UsageError } from '../../../src/config/usage-error.ts';

type Environment = Readonly<Record<string, string>>;

function load(commandLine: string, environment: Environment = {}): LoadedConfig {
  const args = commandLine.split(' ').filter((arg) => arg !== '');
  return loadConfig(splitCommandLine(args, flagShape).flags, environment);
}

const configOf = (commandLine: string, environment: Environment = {}): Config => load(commandLine, environment).config;

function refused(commandLine: string, message: RegExp, environment: Environment = {}): void {
  assert.throws(
    () => load(commandLine, environment),
    (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n|s3cret/);
      return true;
    },
  );
}

describe('defaults', () => {
  test("are etcd's, and kine's progress interval", () => {
    assert.deepEqual(configOf(''), {
      name: 'default',
      endpoint: { kind: 'sqlite', path: resolve('db/state.db') },
      datastore: { maxOpenConnections: 10 },
      listenAddresses: [{ kind: 'tcp', host: '127.0.0.1', port: 2379, isSecure: false }],
      advertiseClientUrls: ['http://127.0.0.1:2379'],
      httpListenAddresses: [],
      metricsListenAddresses: [],
      tls: undefined,
      cors: ['*'],
      hostWhitelist: ['*'],
      maxRequestBytes: 1_572_864,
      maxTxnOps: 128,
      quotaBackendBytes: 0,
      readCacheBytes: 33_554_432,
      maxConcurrentStreams: 4_294_967_295,
      watchProgressNotifyIntervalMs: 5000,
      emulatedEtcdVersion: '3.7.0',
      autoCompaction: { kind: 'off' },
      auth: { tokens: { kind: 'simple', ttlMs: 300_000 }, bcryptCost: 10 },
      metrics: 'basic',
      warningApplyMs: 100,
      warningUnaryRequestMs: 300,
      slowStatementMs: 100,
      tracing: undefined,
      logLevel: 'info',
      logFormat: 'auto',
      logOutputs: [{ kind: 'stderr' }],
      servesGateway: true,
      snapshots: {
        schedule: undefined,
        directory: resolve('db/snapshots'),
        retentionCount: 5,
        prefix: 'tine-snapshot',
        storage: {
          endpoint: undefined,
          region: 'us-east-1',
          usesPaths: false,
          credentials: undefined,
          authorities: undefined,
          verifiesCertificate: true,
        },
        bucket: undefined,
      },
      servesUi: true,
      writesFromUi: false,
      keepalive: { clientIntervalMinMs: 5000, intervalMs: 7_200_000, timeoutMs: 20_000 },
    } satisfies Config);
  });

  test('the configuration is frozen all the way down', () => {
    const config = configOf('');
    assert.ok(Object.isFrozen(config) && Object.isFrozen(config.endpoint));
    assert.ok(Object.isFrozen(config.listenAddresses) && Object.isFrozen(config.listenAddresses[0]));
  });
});

describe('forms of a flag', () => {
  test('one or two dashes, = or the next argument are accepted', () => {
    for (const line of ['--max-txn-ops=7', '--max-txn-ops 7', '-max-txn-ops=7', '-max-txn-ops 7']) {
      assert.equal(configOf(line).maxTxnOps, 7, line);
    }
  });

  test('a boolean needs no value and accepts one after =', () => {
    assert.equal(configOf('--debug').logLevel, 'debug');
    assert.equal(configOf('--debug=true').logLevel, 'debug');
    assert.equal(configOf('--debug=false').logLevel, 'info');
    refused('--debug=perhaps', /^--debug: "perhaps" is not a boolean; use true or false$/);
  });

  test('the last of two equal flags counts', () => {
    assert.equal(configOf('--name a --name b').name, 'b');
  });

  test("etcd's experimental name of a flag is accepted", () => {
    assert.equal(configOf('--experimental-watch-progress-notify-interval=7s').watchProgressNotifyIntervalMs, 7000);
  });

  test('an unknown flag is reported with the nearest known one', () => {
    refused('--data-dri /x', /^unknown flag --data-dri; did you mean --data-dir\?; see tine --help$/);
    refused('--frobnicate', /^unknown flag --frobnicate; see tine --help$/);
    refused('--name', /^--name needs a value/);
  });
});

describe('environment', () => {
  test('each option has three variables: TINE_ overrides ETCD_, which overrides KINE_; a flag overrides all', () => {
    const kine = { KINE_NAME: 'k' };
    const etcd = { ...kine, ETCD_NAME: 'e' };
    const tine = { ...etcd, TINE_NAME: 't' };
    assert.equal(configOf('', kine).name, 'k');
    assert.equal(configOf('', etcd).name, 'e');
    assert.equal(configOf('', tine).name, 't');
    assert.equal(configOf('--name f', tine).name, 'f');
  });

  test('an empty variable is ignored', () => {
    assert.equal(configOf('', { TINE_NAME: '', ETCD_NAME: 'e' }).name, 'e');
  });

  test('an error for a bad value names the variable', () => {
    refused('', /^ETCD_MAX_TXN_OPS: "many" is not a whole number from 1 to 100000$/, { ETCD_MAX_TXN_OPS: 'many' });
  });

  test('a mistyped TINE_ variable is noted, and variables that Kubernetes sets for a Service are not', () => {
    const environment = { TINE_DATADIR: '/x', TINE_PORT: 'tcp://10.0.0.1:2379', TINE_SERVICE_HOST: '10.0.0.1' };
    assert.deepEqual(load('', environment).notes, [
      'TINE_DATADIR is not an option and is ignored; did you mean TINE_DATA_DIR?',
    ]);
  });
});

describe('database', () => {
  const pathOf = (line: string, environment: Environment = {}): string => {
    const { endpoint } = configOf(line, environment);
    assert.ok(endpoint.kind === 'sqlite');
    return endpoint.path;
  };

  test('a data directory, a DSN and a plain path are accepted', () => {
    assert.equal(pathOf('--data-dir /var/lib/tine'), '/var/lib/tine/state.db');
    assert.equal(pathOf('--endpoint sqlite:///a/b.db'), '/a/b.db');
    assert.equal(pathOf('--endpoint sqlite://./a.db'), resolve('a.db'));
    assert.equal(pathOf('--endpoint /a/b.db'), '/a/b.db');
  });

  test('a question mark in the data directory is part of its name', () => {
    assert.equal(pathOf('--data-dir /what?'), '/what?/state.db');
  });

  test("kine's pragmas in a DSN are noted and ignored", () => {
    const { config, notes } = load('--endpoint sqlite:///a.db?_journal=WAL&cache=shared');
    assert.deepEqual(config.endpoint, { kind: 'sqlite', path: '/a.db' });
    assert.deepEqual(notes, [
      'the parameter _journal of the endpoint is ignored',
      'the parameter cache of the endpoint is ignored',
    ]);
  });

  test('two names of the database in one source conflict; of two sources the one with precedence counts', () => {
    refused('--data-dir /x --endpoint /y', /^--data-dir and --endpoint are the same setting; give one of them$/);
    assert.equal(pathOf('--data-dir /x', { KINE_ENDPOINT: '/y' }), '/x/state.db');
    assert.equal(pathOf('', { ETCD_DATA_DIR: '/x', TINE_ENDPOINT: '/y' }), '/y');
  });

  test('a note names the database that is not used, because a directory takes precedence', () => {
    for (const endpoint of ['postgres://h/db', '/y']) {
      assert.deepEqual(load('--data-dir /x', { TINE_ENDPOINT: endpoint }).notes, [
        'TINE_ENDPOINT is ignored: --data-dir takes precedence',
      ]);
    }
    assert.deepEqual(load('--endpoint /x', { TINE_DATA_DIR: '/y' }).notes, []);
  });

  test('an invalid database address is reported with its option and without the password', () => {
    refused('--endpoint postgres://me:s3cret@h:x/db', /^--endpoint: a port is not a number/);
    refused('', /^KINE_ENDPOINT: the network of the address/, { KINE_ENDPOINT: 'mysql://me:s3cret@udp(h)/db' });
    refused('--endpoint http://etcd:2379', /is the address of an etcd/);
    refused('--endpoint mongo://h', /unknown database mongo/);
    refused('--endpoint sqlite://', /path of the database file is missing/);
    refused('--endpoint :memory:', /would lose every acknowledged write/);
    refused('--endpoint=', /^--endpoint: the address of the database is missing$/);
  });
});

describe('addresses', () => {
  test('several URLs, IPv6 and sockets are accepted', () => {
    assert.deepEqual(
      configOf('--listen-client-urls http://127.0.0.1:1,http://[::1]:2,unix:///run/t.sock').listenAddresses,
      [
        { kind: 'tcp', host: '127.0.0.1', port: 1, isSecure: false },
        { kind: 'tcp', host: '::1', port: 2, isSecure: false },
        { kind: 'unix', path: '/run/t.sock', isSecure: false },
      ],
    );
  });

  test("kine's forms are accepted", () => {
    assert.deepEqual(configOf('--listen-address 0.0.0.0:2379').listenAddresses, [
      { kind: 'tcp', host: '0.0.0.0', port: 2379, isSecure: false },
    ]);
    assert.deepEqual(configOf('--listen-address unix://kine.sock').listenAddresses, [
      { kind: 'unix', path: 'kine.sock', isSecure: false },
    ]);
    assert.deepEqual(configOf('--metrics-bind-address :8080').metricsListenAddresses, [
      { kind: 'tcp', host: '0.0.0.0', port: 8080, isSecure: false },
    ]);
    assert.deepEqual(configOf('--metrics-bind-address 0').metricsListenAddresses, []);
  });

  test('two names for the address conflict', () => {
    refused('--listen-client-urls http://a:1 --listen-address b:1', /are the same setting/);
  });

  test('invalid addresses are reported with the reason', () => {
    refused('--listen-client-urls http://127.0.0.1', /"http:\/\/127.0.0.1" is not an address with a port/);
    refused('--listen-client-urls http://h:99999', /has a port above 65535/);
    refused('--listen-client-urls https://127.0.0.1:2379', /^TLS key\/cert .* for client url https/);
    refused('--listen-client-urls ftp://h:1', /unknown scheme ftp/);
    refused('--listen-client-urls=', /an address is missing/);
    refused('--advertise-client-urls h:1', /"h:1" is not a client URL/);
  });

  test('the advertised URLs are those given, or the listen addresses', () => {
    assert.deepEqual(configOf('--advertise-client-urls http://a:1,http://b:2').advertiseClientUrls, [
      'http://a:1',
      'http://b:2',
    ]);
    assert.deepEqual(configOf('--listen-client-urls http://h:5').advertiseClientUrls, ['http://h:5']);
    assert.doesNotMatch(configOf('--listen-address :5').advertiseClientUrls.join(), /0\.0\.0\.0/);
  });
});

describe('compaction', () => {
  const compactionOf = (line: string, environment: Environment = {}): Config['autoCompaction'] =>
    configOf(line, environment).autoCompaction;

  test("etcd's retention is accepted as a duration, hours, revisions or off", () => {
    assert.deepEqual(compactionOf('--auto-compaction-retention 10m'), { kind: 'periodic', retentionMs: 600_000 });
    assert.deepEqual(compactionOf('--auto-compaction-retention 1'), { kind: 'periodic', retentionMs: 3_600_000 });
    assert.deepEqual(compactionOf('--auto-compaction-mode revision --auto-compaction-retention 1000'), {
      kind: 'revision',
      intervalMs: 300_000,
      retentionRevisions: 1000,
    });
    assert.deepEqual(compactionOf('--auto-compaction-retention 0'), { kind: 'off' });
    assert.deepEqual(compactionOf('--auto-compaction-retention 0s'), { kind: 'off' });
  });

  test("kine's compaction interval is accepted", () => {
    assert.deepEqual(compactionOf('--compact-interval 5m --compact-min-retain 10'), {
      kind: 'revision',
      intervalMs: 300_000,
      retentionRevisions: 10,
    });
    assert.deepEqual(compactionOf('--compact-interval 0'), { kind: 'off' });
  });

  test('the source with precedence counts, and two values in one source conflict', () => {
    refused('--compact-interval 5m --auto-compaction-retention 1', /are the same setting/);
    const both = { KINE_COMPACT_INTERVAL: '5m', ETCD_AUTO_COMPACTION_RETENTION: '1h' };
    assert.deepEqual(compactionOf('', both), { kind: 'periodic', retentionMs: 3_600_000 });
  });

  test('invalid retentions are reported with the reason', () => {
    refused('--auto-compaction-retention soon', /^--auto-compaction-retention: "soon"/);
    refused('--auto-compaction-retention 5x', /^--auto-compaction-retention: "5x" is neither a duration nor/);
    refused('--auto-compaction-mode revision --auto-compaction-retention 5m', /"5m" is not a number of revisions/);
    refused('--auto-compaction-mode sometimes', /"sometimes" is not supported; use one of periodic, revision/);
  });
});

test('a quota is a number of bytes, and zero or less means no quota', () => {
  for (const [text, bytes] of [
    ['2147483648', 2_147_483_648],
    ['0', 0],
    ['-1', -1],
  ] as const) {
    assert.equal(load(`--quota-backend-bytes=${text}`).config.quotaBackendBytes, bytes);
  }
  assert.equal(load('').config.quotaBackendBytes, 0);
  refused('--quota-backend-bytes 2GiB', /"2GiB" is not a whole number/);
});

describe("other programs' flags", () => {
  test('options without a meaning in tine are accepted with a note', () => {
    const { notes } = load('--initial-cluster default=http://localhost:2380 --pre-vote --name x', {
      ETCD_HEARTBEAT_INTERVAL: '100',
    });
    assert.deepEqual(notes, [
      'ETCD_HEARTBEAT_INTERVAL has no meaning without Raft and is ignored',
      '--initial-cluster has no meaning without Raft and is ignored',
      '--pre-vote has no meaning without Raft and is ignored',
    ]);
  });

  test("other programs' names for log levels and formats are accepted", () => {
    assert.equal(configOf('--log-format console').logFormat, 'text');
    assert.equal(configOf('--log-format plain').logFormat, 'text');
    assert.equal(configOf('--log-level fatal').logLevel, 'error');
    assert.equal(configOf('--log-level WARN').logLevel, 'warn');
    assert.equal(configOf('--log-level DPanic').logLevel, 'error');
    assert.equal(configOf('--log-level=').logLevel, 'info');
    refused('--log-level LOUD', /"LOUD" is not supported; use one of debug, info, warn, error/);
    refused('--metrics Basic', /"Basic" is not supported/);
  });

  test("names of JavaScript's objects are no words of an option", () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      for (const option of ['log-level', 'log-format', 'metrics', 'auto-compaction-mode']) {
        refused(`--${option} ${name}`, new RegExp(`"${name}" is not supported`));
      }
    }
  });

  test('whole numbers are written as in Go', () => {
    assert.equal(configOf('--max-txn-ops 0x400').maxTxnOps, 1024);
    assert.equal(configOf('--max-txn-ops 1_000').maxTxnOps, 1000);
    assert.equal(configOf('--quota-backend-bytes 0x2_0000_0000').quotaBackendBytes, 8_589_934_592);
    assert.equal(configOf('--quota-backend-bytes -1').quotaBackendBytes, -1);
    refused('--max-txn-ops +7', /"\+7" is not a whole number/);
    refused('--max-txn-ops 1e3', /"1e3" is not a whole number/);
  });

  test('0 concurrent streams are no limit, as in etcd', () => {
    assert.equal(configOf('--max-concurrent-streams 0').maxConcurrentStreams, 4_294_967_295);
  });
});
