import { dirname } from 'node:path';
import { authConfig } from './auth-options.ts';
import { parseAutoCompaction } from './auto-compaction.ts';
import type { AutoCompaction, Config } from './config.ts';
import { databaseEndpoint } from './database/database-endpoint.ts';
import { collectOptions, type GivenOptions, strongerOf } from './given-options.ts';
import type { GivenFlag } from './go-flags.ts';
import { type ListenAddress, listenAddressText } from './listen/listen-address.ts';
import { advertisedUrls } from './listen/listen-advertised-urls.ts';
import { listenTls } from './listen/listen-tls-options.ts';
import { type Option, type OptionName, options, type Settings } from './options.ts';
import { snapshotConfig } from './snapshot/snapshot-options.ts';
import { tracingConfig } from './tracing-options.ts';
import { UsageError, withSource } from './usage-error.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Values that are ignored, one sentence each, for the log. */
  readonly notes: readonly string[];
}

/**
 * Builds the configuration from a command line and an environment. A flag takes precedence over
 * `TINE_...`, this over `ETCD_...`, and this over `KINE_...`. A configuration file replaces all of
 * them.
 *
 * @throws UsageError when a value is invalid.
 */
export function loadConfig(
  flags: readonly GivenFlag[],
  environment: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  const given = collectOptions(flags, environment);
  const settings = parseSettings(given);
  const { dsn, notes } = databaseEndpoint(settings, given, environment.PGPASSWORD);
  const databaseDirectory = dsn.kind === 'sqlite' ? dirname(dsn.path) : undefined;
  const auth = authConfig({
    spec: settings['auth-token'],
    ttlSeconds: settings['auth-token-ttl'],
    bcryptCost: settings['bcrypt-cost'],
  });
  const snapshots = snapshotConfig({ settings, given, databaseDirectory });
  const addresses = listening(settings, given);
  const { tls, notes: tlsNotes } = listenTls({
    settings,
    given,
    addresses: Object.values(addresses).flat(),
    clientAddresses: [...addresses.listenAddresses, ...addresses.httpListenAddresses],
    dataDirectory: databaseDirectory ?? settings['data-dir'],
  });
  const config: Config = {
    name: settings.name,
    endpoint: dsn,
    datastore: { maxOpenConnections: settings['datastore-max-open-connections'] },
    ...addresses,
    tls,
    advertiseClientUrls: settings['advertise-client-urls'] ?? advertisedUrls(addresses.listenAddresses),
    cors: settings.cors,
    hostWhitelist: settings['host-whitelist'],
    maxRequestBytes: settings['max-request-bytes'],
    maxTxnOps: settings['max-txn-ops'],
    quotaBackendBytes: settings['quota-backend-bytes'],
    readCacheBytes: settings['read-cache-bytes'],
    maxConcurrentStreams: settings['max-concurrent-streams'],
    watchProgressNotifyIntervalMs: settings['watch-progress-notify-interval'],
    emulatedEtcdVersion: settings['emulated-etcd-version'],
    autoCompaction: autoCompaction(settings, given),
    snapshots: snapshots.config,
    auth: auth.config,
    metrics: settings.metrics,
    warningApplyMs: settings['warning-apply-duration'],
    warningUnaryRequestMs: settings['warning-unary-request-duration'],
    slowStatementMs: settings['slow-sql-threshold'],
    tracing: tracingConfig(settings, given),
    logLevel: settings.debug ? 'debug' : settings['log-level'],
    logFormat: settings['log-format'],
    logOutputs: settings['log-outputs'],
    servesGateway: settings['enable-grpc-gateway'],
    servesUi: settings['enable-ui'] && settings['enable-grpc-gateway'],
    writesFromUi: settings['ui-write'],
    keepalive: {
      clientIntervalMinMs: settings['grpc-keepalive-min-time'] || grpcPingIntervalMinMs,
      intervalMs: settings['grpc-keepalive-interval'],
      timeoutMs: settings['grpc-keepalive-timeout'],
    },
  };
  const allNotes = [...given.notes, ...notes, ...tlsNotes, ...auth.notes, ...snapshots.notes];
  return { config: deepFreeze(config), notes: allNotes };
}

function parseSettings({ byName }: GivenOptions): Settings {
  const parsed = Object.entries<Option>(options).map(([name, option]) => {
    const given = byName.get(name as OptionName);
    if (given !== undefined) return [name, withSource(given.source, () => option.parse(given.text))];
    return [name, option.default === undefined ? undefined : option.parse(option.default)];
  });
  return Object.fromEntries(parsed) as Settings;
}

/** gRPC's default for servers. `--grpc-keepalive-min-time 0` selects it. */
const grpcPingIntervalMinMs = 300_000;

type Addresses = Pick<Config, 'listenAddresses' | 'httpListenAddresses' | 'metricsListenAddresses'>;

function listening(settings: Settings, given: GivenOptions): Addresses {
  const isFromKine = strongerOf(given, 'listen-client-urls', 'listen-address') === 'listen-address';
  const kineAddresses = isFromKine ? settings['listen-address'] : undefined;
  // With a certificate, kine serves TLS on every address, whatever its scheme.
  const isSecure = settings['cert-file'] !== undefined;
  const addresses = {
    listenAddresses:
      kineAddresses?.map((address) => (isSecure ? { ...address, isSecure } : address)) ??
      settings['listen-client-urls'],
    httpListenAddresses: settings['listen-client-http-urls'] ?? [],
    metricsListenAddresses: settings['metrics-bind-address'],
  };
  refuseSharedAddresses(addresses);
  return addresses;
}

/** One address may be used with TLS and without, but not for two purposes. */
function refuseSharedAddresses({ listenAddresses, httpListenAddresses, metricsListenAddresses }: Addresses): void {
  const groups = [
    ['--listen-client-urls', listenAddresses],
    ['--listen-client-http-urls', httpListenAddresses],
    ['--listen-metrics-urls', metricsListenAddresses],
  ] as const;
  const seen = new Map<string, string>();
  for (const [option, addresses] of groups) {
    for (const address of addresses.filter(hasFixedPort).map(listenAddressText)) {
      const other = seen.get(address) ?? option;
      if (other !== option) throw new UsageError(`cannot bind both ${other} and ${option} on the same url ${address}`);
      seen.set(address, option);
    }
  }
}

const hasFixedPort = (address: ListenAddress): boolean => address.kind === 'unix' || address.port !== 0;

function autoCompaction(settings: Settings, given: GivenOptions): AutoCompaction {
  const retention = given.byName.get('auto-compaction-retention');
  const etcdSetting = withSource(retention?.source ?? '--auto-compaction-retention', () =>
    parseAutoCompaction(settings['auto-compaction-mode'], settings['auto-compaction-retention']),
  );
  const intervalMs = settings['compact-interval'];
  if (intervalMs === Number.POSITIVE_INFINITY) return etcdSetting;
  const isFromKine = strongerOf(given, 'auto-compaction-retention', 'compact-interval') === 'compact-interval';
  if (etcdSetting.kind !== 'off' && !isFromKine) return etcdSetting;
  return { kind: 'revision', intervalMs, retentionRevisions: settings['compact-min-retain'] };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
