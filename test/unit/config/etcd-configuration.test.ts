/**
 * Configurations written for etcd start tine: unit files, static pods, environments and
 * configuration files.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { flagShape } from '../../../src/config/given-options.ts';
import { splitCommandLine } from '../../../src/config/go-flags.ts';
import { type LoadedConfig, loadConfig } from '../../../src/config/load-config.ts';
import { UsageError } from '../../../src/config/usage-error.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { certificate, key } from './certificates.ts';

const directory = temporaryDirectory();

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const certFile = file('server.crt', certificate);
const keyFile = file('server.key', key);

function load(args: readonly string[], environment: Readonly<Record<string, string>> = {}): LoadedConfig {
  return loadConfig(splitCommandLine(args, flagShape).flags, environment);
}

function refused(args: readonly string[], message: RegExp, environment: Readonly<Record<string, string>> = {}): void {
  assert.throws(
    () => load(args, environment),
    (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    },
  );
}

const withFile = (text: string, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) =>
  load(['--config-file', file('etcd.yml', text), ...args], environment);

/** Flags of etcd 3.4 to 3.7, as named in their help and source, with a valid value. */
const etcdFlags = `
  advertise-client-urls=http://localhost:2379 auth-token=simple auth-token-ttl=300 auto-compaction-mode=periodic
  auto-compaction-retention=0 auto-tls=false backend-batch-interval=1s backend-batch-limit=1
  backend-bbolt-freelist-type=map bcrypt-cost=10 bootstrap-defrag-threshold-megabytes=1 cert-file= client-cert-allowed-hostname=
  client-cert-auth=false client-cert-file= client-crl-file= client-key-file= compact-hash-check-time=1m
  compaction-batch-limit=1000 compaction-sleep-interval=10ms config-file= corrupt-check-time=0s cors=*
  data-dir=x discovery= discovery-cacert= discovery-cert= discovery-dial-timeout=2s discovery-endpoints=
  discovery-fallback=exit discovery-insecure-skip-tls-verify=false discovery-insecure-transport=true
  discovery-keepalive-time=2s discovery-keepalive-timeout=6s discovery-key= discovery-password= discovery-proxy=
  discovery-request-timeout=5s discovery-srv= discovery-srv-name= discovery-token= discovery-user=
  distributed-tracing-address=localhost:4317 distributed-tracing-instance-id= distributed-tracing-sampling-rate=0
  distributed-tracing-service-name=etcd downgrade-check-time=5s election-timeout=1000 enable-distributed-tracing=false
  enable-grpc-gateway=true enable-log-rotation=false enable-pprof=false enable-v2=false
  experimental-backend-bbolt-freelist-type=map experimental-bootstrap-defrag-threshold-megabytes=0
  experimental-compact-hash-check-enabled=true experimental-compact-hash-check-time=1m
  experimental-compaction-batch-limit=1000 experimental-compaction-sleep-interval=1s experimental-corrupt-check-time=0s
  experimental-distributed-tracing-address=x experimental-distributed-tracing-instance-id=x
  experimental-distributed-tracing-sampling-rate=0 experimental-distributed-tracing-service-name=x
  experimental-downgrade-check-time=5s experimental-enable-distributed-tracing=false
  experimental-enable-lease-checkpoint=false experimental-enable-lease-checkpoint-persist=false
  experimental-enable-v2v3= experimental-initial-corrupt-check=true experimental-max-learners=1
  experimental-memory-mlock=false experimental-peer-skip-client-san-verification=false
  experimental-set-member-localaddr=false experimental-snapshot-catchup-entries=5000
  experimental-stop-grpc-service-on-defrag=false experimental-txn-mode-write-with-shared-buffer=true
  experimental-wait-cluster-ready-timeout=5s experimental-warning-apply-duration=100ms
  experimental-warning-unary-request-duration=300ms experimental-watch-progress-notify-interval=5s
  feature-gates=InitialCorruptCheck=true force-new-cluster=false grpc-keepalive-interval=2h grpc-keepalive-min-time=5s
  grpc-keepalive-timeout=20s heartbeat-interval=100 host-whitelist=* initial-advertise-peer-urls=http://localhost:2380
  initial-cluster=default=http://localhost:2380 initial-cluster-state=new initial-cluster-token=etcd-cluster
  initial-election-tick-advance=true key-file= listen-client-http-urls= listen-client-urls=http://localhost:2379
  listen-metrics-urls= listen-peer-urls=http://localhost:2380 log-format=json log-level=info log-outputs=default
  log-package-levels= log-rotation-config-json={} logger=zap max-concurrent-streams=4294967295 max-learners=1
  max-request-bytes=1572864 max-snapshots=5 max-txn-ops=128 max-wals=5 memory-mlock=false metrics=basic name=default
  peer-auto-tls=false peer-cert-allowed-cn= peer-cert-allowed-hostname= peer-cert-file= peer-client-cert-auth=false
  peer-client-cert-file= peer-client-key-file= peer-crl-file= peer-key-file= peer-skip-client-san-verification=false
  peer-trusted-ca-file= pre-vote=true proxy=off proxy-dial-timeout=1000 proxy-failure-wait=5000 proxy-read-timeout=0
  proxy-refresh-interval=30000 proxy-write-timeout=5000 quota-backend-bytes=0 raft-read-timeout=5s
  raft-write-timeout=5s self-signed-cert-validity=1 snapshot-catchup-entries=5000 snapshot-count=10000
  socket-reuse-address=false socket-reuse-port=false strict-reconfig-check=true tls-max-version= tls-min-version=TLS1.2
  trusted-ca-file= unsafe-no-fsync=false v2-deprecation=not-yet wal-dir= warning-apply-duration=100ms
  warning-unary-request-duration=300ms watch-progress-notify-interval=10m`
  .split(/\s+/)
  .filter((flag) => flag !== '');

test('every flag of etcd 3.4 to 3.7 is accepted on the command line', () => {
  // Flags with an empty value, as in etcd's own default, are left out: tine reports which value is
  // missing.
  for (const flag of etcdFlags.filter((each) => !each.endsWith('='))) {
    assert.doesNotThrow(() => load([`--${flag}`]), flag);
  }
});

test('every flag of etcd 3.4 to 3.7 is accepted as a variable, empty or not', () => {
  for (const flag of etcdFlags) {
    const [name = '', value = ''] = [flag.slice(0, flag.indexOf('=')), flag.slice(flag.indexOf('=') + 1)];
    const variable = `ETCD_${name.toUpperCase().replaceAll('-', '_')}`;
    const { notes } = load([], { [variable]: value });
    assert.ok(!notes.some((note) => /is not an option/.test(note)), `${variable}: ${notes}`);
  }
});

test("the arguments of kubeadm's static pod are accepted unchanged", () => {
  const args = [
    '--advertise-client-urls=https://192.168.0.10:2379',
    `--cert-file=${certFile}`,
    '--client-cert-auth=true',
    `--data-dir=${directory}`,
    '--feature-gates=InitialCorruptCheck=true,WatchProgressNotifyInterval=5s',
    '--experimental-initial-corrupt-check=true',
    '--experimental-watch-progress-notify-interval=5s',
    '--initial-advertise-peer-urls=https://192.168.0.10:2380',
    '--initial-cluster=control-plane=https://192.168.0.10:2380',
    `--key-file=${keyFile}`,
    '--listen-client-urls=https://127.0.0.1:2379,https://192.168.0.10:2379',
    '--listen-metrics-urls=http://127.0.0.1:2381',
    '--listen-peer-urls=https://192.168.0.10:2380',
    '--name=control-plane',
    '--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt',
    '--peer-client-cert-auth=true',
    '--peer-key-file=/etc/kubernetes/pki/etcd/peer.key',
    '--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
    '--snapshot-count=10000',
    `--trusted-ca-file=${certFile}`,
  ];
  const { config, notes } = load(args);
  assert.equal(config.tls?.clients?.areUsers, true);
  assert.equal(config.tls?.pair.certFile, certFile);
  assert.deepEqual(
    config.listenAddresses.map(({ isSecure }) => isSecure),
    [true, true],
  );
  assert.deepEqual(config.advertiseClientUrls, ['https://192.168.0.10:2379']);
  assert.deepEqual(config.metricsListenAddresses, [{ kind: 'tcp', host: '127.0.0.1', port: 2381, isSecure: false }]);
  // One line for each option that is ignored, and no more.
  assert.equal(notes.length, 10, notes.join('\n'));
  assert.equal(notes.filter((note) => /and is ignored$/.test(note)).length, 10, notes.join('\n'));
});

test("etcd's sample configuration file is accepted, with its empty values", () => {
  const { config, notes } = withFile(`
name: 'default'
data-dir:
wal-dir:
snapshot-count: 10000
heartbeat-interval: 100
election-timeout: 1000
quota-backend-bytes: 0
listen-peer-urls: http://localhost:2380
listen-client-urls: http://localhost:2379
max-snapshots: 5
max-wals: 5
cors:
initial-advertise-peer-urls: http://localhost:2380
advertise-client-urls: http://localhost:2379
discovery:
discovery-fallback: 'proxy'
discovery-proxy:
discovery-srv:
initial-cluster:
initial-cluster-token: 'etcd-cluster'
initial-cluster-state: 'new'
strict-reconfig-check: false
enable-pprof: true
proxy: 'off'
proxy-failure-wait: 5000
proxy-refresh-interval: 30000
proxy-dial-timeout: 1000
proxy-write-timeout: 5000
proxy-read-timeout: 0
client-transport-security:
  cert-file:
  key-file:
  client-cert-auth: false
  trusted-ca-file:
  auto-tls: false
peer-transport-security:
  cert-file:
  key-file:
  client-cert-auth: false
  trusted-ca-file:
  auto-tls: false
self-signed-cert-validity: 1
log-level: debug
logger: zap
log-outputs: [stderr]
force-new-cluster: false
auto-compaction-mode: periodic
auto-compaction-retention: "1"
cipher-suites: [
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
]
tls-min-version: 'TLS1.2'
tls-max-version: 'TLS1.3'
`);
  assert.equal(config.logLevel, 'debug');
  assert.deepEqual(config.autoCompaction, { kind: 'periodic', retentionMs: 3_600_000 });
  assert.deepEqual(config.listenAddresses, [{ kind: 'tcp', host: 'localhost', port: 2379, isSecure: false }]);
  assert.ok(!notes.some((note) => /is not an option/.test(note)), notes.join('\n'));
});

test('the security section of a file sets the same options as the flags, including client certificates and names', () => {
  const { config, notes } = withFile(`
listen-client-urls: https://127.0.0.1:2379,http://127.0.0.1:2378
client-transport-security:
  cert-file: ${certFile}
  key-file: ${keyFile}
  trusted-ca-file: ${certFile}
  client-cert-auth: true
  allowed-cn: [alice, bob]
peer-transport-security:
  cert-file: /p.crt
  allowed-cn: [peer]
socket-options:
  reuse-port: true
`);
  assert.deepEqual(config.tls?.clients?.allowedCommonNames, ['alice', 'bob']);
  assert.equal(config.tls?.clients?.areUsers, true);
  assert.ok(
    notes.some((note) => /peer-transport-security\.allowed-cn has no meaning/.test(note)),
    notes.join('\n'),
  );
});

test('a plain number is a duration in nanoseconds, as in Go; a text with a unit is accepted too', () => {
  const { config } = withFile('watch-progress-notify-interval: 600000000000\ngrpc-keepalive-interval: 3000000000\n');
  assert.equal(config.watchProgressNotifyIntervalMs, 600_000);
  assert.equal(config.keepalive.intervalMs, 3000);
  assert.equal(withFile('watch-progress-notify-interval: 7s\n').config.watchProgressNotifyIntervalMs, 7000);
  assert.equal(withFile('max-concurrent-streams: 4294967295\n').config.maxConcurrentStreams, 4_294_967_295);
});

test('with a configuration file, flags and variables are ignored with a note', () => {
  const { config, notes } = withFile('name: of-the-file\n', ['--name', 'of-the-flag', '--max-txn-ops=7'], {
    ETCD_NAME: 'of-the-variable',
    ETCD_SERVICE_HOST: '10.0.0.1',
  });
  assert.equal(config.name, 'of-the-file');
  assert.equal(config.maxTxnOps, 128);
  assert.deepEqual(notes, ['ETCD_NAME, --name, --max-txn-ops are ignored, as in etcd: there is a configuration file']);
});

test('the database may be named beside a configuration file or in it', () => {
  const postgres = ['--endpoint', 'postgres://tine@db/kubernetes'];
  const beside = withFile('data-dir: /var/lib/etcd\nname: x\n', postgres, { TINE_DATASTORE_PASSWORD: 's3cret' }).config;
  assert.equal(beside.endpoint.kind === 'postgres' && beside.endpoint.password, 's3cret');
  assert.deepEqual(withFile('endpoint: sqlite:///a/b.db\n').config.endpoint, { kind: 'sqlite', path: '/a/b.db' });
  assert.deepEqual(withFile('data-dir: /var/lib/x\n').config.endpoint, { kind: 'sqlite', path: '/var/lib/x/state.db' });
});

test('the configuration file may be named in the environment, and may be empty', () => {
  assert.equal(load([], { ETCD_CONFIG_FILE: file('env.yml', 'name: e\n') }).config.name, 'e');
  assert.equal(withFile('').config.name, 'default');
  assert.equal(withFile('# nothing\n').config.name, 'default');
});

test('unknown keys are ignored, whatever their value and name', () => {
  const { notes } = withFile(
    'unknown: {a: [1, {b: c}]}\nother: [1, [2]]\nconstructor: {}\ntoString: 1\nsocket-options: {unknown: {a: 1}}\n',
  );
  assert.deepEqual(
    notes.map((note) => note.replace(/^\S+: /, '')),
    ['unknown', 'other', 'constructor', 'toString', 'socket-options.unknown'].map(
      (key) => `${key} is not an option and is ignored`,
    ),
  );
});

test('errors in a file are reported in one line with their location', () => {
  const path = join(directory, 'bad.yml');
  const wrong = (text: string, message: RegExp): void => {
    writeFileSync(path, text);
    refused(['--config-file', path], message);
  };
  wrong('max-txn-ops: many\n', /bad\.yml: max-txn-ops: "many" is not a whole number/);
  wrong(
    'client-transport-security:\n  client-cert-auth: perhaps\n',
    /client-transport-security\.client-cert-auth: "perhaps" is not a boolean/,
  );
  wrong('client-transport-security: yes\n', /client-transport-security: is not a list of names and values/);
  wrong('- a\n- b\n', /is not a list of names and values/);
  wrong('name: [unclosed\n', /^configuration file .*bad\.yml: .* at line \d/);
  wrong('name:\n  inner: 1\n', /bad\.yml: name: is not a single value/);
  wrong('name: a\nname: b\n', /^configuration file .*bad\.yml: Map keys must be unique/);
  refused(['--config-file', '/none/etcd.yml'], /^configuration file \/none\/etcd\.yml: no such file$/);
  refused(['--config-file', path, '--no-such-flag'], /^unknown flag --no-such-flag/);
});

test('an unknown key is noted with a suggestion', () => {
  const { notes } = withFile('listen-client-url: http://127.0.0.1:1\n');
  assert.equal(notes.length, 1);
  assert.match(
    notes[0] ?? '',
    /etcd\.yml: listen-client-url is not an option and is ignored; did you mean listen-client-urls\?$/,
  );
});

test('unknown ETCD_ variables are noted, except those that Kubernetes sets for a Service', () => {
  const { notes } = load([], {
    ETCD_NAMES: 'x',
    ETCD_PORT_2379_TCP: 'x',
    ETCD_UNSUPPORTED_ARCH: 'arm64',
    ETCDCTL_API: '3',
  });
  assert.deepEqual(notes, ['ETCD_NAMES is not an option and is ignored; did you mean TINE_NAME?']);
  assert.deepEqual(load(['--name', 'f'], { ETCD_NAME: 'e' }).notes, ['ETCD_NAME is ignored: --name takes precedence']);
});

test('contradictory TLS options are refused in one line', () => {
  const https = ['--listen-client-urls', 'https://127.0.0.1:2379'];
  const pair = ['--cert-file', certFile, '--key-file', keyFile];
  refused(
    https,
    /^TLS key\/cert \(--cert-file, --key-file\) must be provided for client url https:\/\/127\.0\.0\.1:2379/,
  );
  refused([...https, '--cert-file', certFile], /--key-file is missing$/);
  refused(
    [...https, '--cert-file', '/none.crt', '--key-file', keyFile],
    /^--cert-file: certificate file \/none\.crt: no such file$/,
  );
  refused([...https, '--cert-file', keyFile, '--key-file', keyFile], /holds no certificate in PEM form$/);
  refused([...https, ...pair, '--trusted-ca-file', keyFile], /^--trusted-ca-file: ca file .*holds no certificate/);
  refused(
    [...https, ...pair, '--cipher-suites', 'TLS_NONE'],
    /^--cipher-suites: unexpected TLS cipher suite "TLS_NONE"$/,
  );
  refused(
    [...https, ...pair, '--tls-min-version', 'TLS1.1'],
    /^--tls-min-version: unexpected TLS version "TLS1\.1" \(must be one of/,
  );
  refused(
    [...https, ...pair, '--tls-min-version', 'TLS1.3', '--tls-max-version', 'TLS1.2'],
    /is greater than max version/,
  );
  refused(
    [...https, ...pair, '--tls-min-version', 'TLS1.3', '--cipher-suites', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
    /cannot be configured when only TLS1\.3 is enabled$/,
  );
  refused(
    [...https, ...pair, '--client-cert-allowed-hostname', 'a', '--client-cert-allowed-cn', 'b'],
    /are mutually exclusive$/,
  );
  refused(
    ['--listen-client-urls', 'http://127.0.0.1:1', '--listen-client-http-urls', 'http://127.0.0.1:1'],
    /^cannot bind both --listen-client-urls and --listen-client-http-urls on the same url 127\.0\.0\.1:1$/,
  );
});

test("cipher suites have Go's names in order of preference, and TLS 1.3 suites are fixed", () => {
  const suites = (names: string): string | undefined =>
    load(['--listen-client-urls', 'https://h:1', '--auto-tls', '--cipher-suites', names]).config.tls?.ciphers;
  const of13 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';
  assert.equal(
    suites('TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305,TLS_RSA_WITH_AES_128_CBC_SHA'),
    `${of13}:ECDHE-RSA-CHACHA20-POLY1305:AES128-SHA`,
  );
  assert.equal(suites('TLS_AES_128_GCM_SHA256'), suites(''));
});

test('a generated certificate is stored beside the database or in the data directory', () => {
  const tls = ['--listen-client-urls', 'https://127.0.0.1:1', '--auto-tls'];
  assert.equal(load([...tls, '--data-dir', '/x']).config.tls?.pair.certFile, '/x/fixtures/client/cert.pem');
  assert.equal(load([...tls, '--endpoint', '/y/state.db']).config.tls?.pair.keyFile, '/y/fixtures/client/key.pem');
  const server = ['--endpoint', 'postgres://h/d'];
  assert.equal(load([...tls, ...server]).config.tls?.pair.certFile, resolve('db/fixtures/client/cert.pem'));
  assert.equal(load([...tls, ...server, '--data-dir', '/z']).config.tls?.pair.certFile, '/z/fixtures/client/cert.pem');
});

test("kine's TLS flags for clients are accepted and make the listen address https", () => {
  const { config } = load([
    '--listen-address',
    '0.0.0.0:2379',
    '--server-cert-file',
    certFile,
    '--server-key-file',
    keyFile,
  ]);
  assert.equal(config.tls?.pair.certFile, certFile);
  assert.deepEqual(config.listenAddresses, [{ kind: 'tcp', host: '0.0.0.0', port: 2379, isSecure: true }]);
});
