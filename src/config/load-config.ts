import { join } from 'node:path';
import { advertisedUrls } from './advertised-urls.ts';
import { parseAutoCompaction } from './auto-compaction.ts';
import type { AutoCompaction, Config } from './config.ts';
import { databaseFileName, type ParsedDsn, sqliteDsn } from './dsn.ts';
import { collectOptions, type GivenOptions } from './given-options.ts';
import type { GivenFlag } from './go-flags.ts';
import { type Option, type OptionName, options, type Settings } from './options.ts';
import { UsageError } from './usage-error.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** What was given and is not followed, a sentence each, for the log. */
  readonly notes: readonly string[];
}

/**
 * The configuration that a command line and an environment ask for. A flag is stronger than `TINE_...`, that than
 * `ETCD_...`, and that than `KINE_...`.
 *
 * @throws UsageError when something in them cannot be followed.
 */
export function loadConfig(
  flags: readonly GivenFlag[],
  environment: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  const given = collectOptions(flags, environment);
  const settings = parseSettings(given);
  const { dsn, ignoredParameters } = database(settings, given);
  const listenAddresses = listening(settings, given);
  const config: Config = {
    name: settings.name,
    endpoint: dsn,
    listenAddresses,
    advertiseClientUrls: settings['advertise-client-urls'] ?? advertisedUrls(listenAddresses),
    metricsListenAddresses: settings['metrics-bind-address'],
    maxRequestBytes: settings['max-request-bytes'],
    maxTxnOps: settings['max-txn-ops'],
    maxConcurrentStreams: settings['max-concurrent-streams'],
    watchProgressNotifyIntervalMs: settings['watch-progress-notify-interval'],
    emulatedEtcdVersion: settings['emulated-etcd-version'],
    autoCompaction: autoCompaction(settings, given),
    logLevel: settings.debug ? 'debug' : settings['log-level'],
    logFormat: settings['log-format'],
  };
  const parameterNotes = ignoredParameters.map((name) => `the parameter ${name} of the endpoint is ignored`);
  return { config: deepFreeze(config), notes: [...given.notes, ...parameterNotes] };
}

function parseSettings({ byName }: GivenOptions): Settings {
  const parsed = Object.entries<Option>(options).map(([name, option]) => {
    const given = byName.get(name as OptionName);
    if (given !== undefined) return [name, blaming(given.source, () => option.parse(given.text))];
    return [name, option.default === undefined ? undefined : option.parse(option.default)];
  });
  return Object.fromEntries(parsed) as Settings;
}

function database(settings: Settings, given: GivenOptions): ParsedDsn {
  if (strongerOf(given, 'data-dir', 'endpoint') === 'endpoint' && settings.endpoint !== undefined) {
    return settings.endpoint;
  }
  return { dsn: sqliteDsn(join(settings['data-dir'], databaseFileName)), ignoredParameters: [] };
}

function listening(settings: Settings, given: GivenOptions): Config['listenAddresses'] {
  const isKines = strongerOf(given, 'listen-client-urls', 'listen-address') === 'listen-address';
  return (isKines ? settings['listen-address'] : undefined) ?? settings['listen-client-urls'];
}

function autoCompaction(settings: Settings, given: GivenOptions): AutoCompaction {
  const retention = given.byName.get('auto-compaction-retention');
  const etcds = blaming(retention?.source ?? '--auto-compaction-retention', () =>
    parseAutoCompaction(settings['auto-compaction-mode'], settings['auto-compaction-retention']),
  );
  const intervalMs = settings['compact-interval'];
  if (intervalMs === Number.POSITIVE_INFINITY) return etcds;
  const isKines = strongerOf(given, 'auto-compaction-retention', 'compact-interval') === 'compact-interval';
  if (etcds.kind !== 'off' && !isKines) return etcds;
  return { kind: 'revision', intervalMs, retentionRevisions: settings['compact-min-retain'] };
}

/**
 * Which of two options for the same thing counts: the one given in the stronger place.
 *
 * @throws UsageError when both are given in one place.
 */
function strongerOf({ byName }: GivenOptions, one: OptionName, other: OptionName): OptionName | undefined {
  const [first, second] = [byName.get(one), byName.get(other)];
  if (first === undefined || second === undefined) return first === undefined ? second && other : one;
  if (first.rank === second.rank) {
    throw new UsageError(`${first.source} and ${second.source} say the same thing twice; give one of them`);
  }
  return first.rank < second.rank ? one : other;
}

function blaming<Value>(source: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (cause) {
    throw new UsageError(`${source}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
