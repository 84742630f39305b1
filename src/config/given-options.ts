import { readConfigFile } from './config-file.ts';
import { type ForeignOption, foreignOptions } from './foreign-options.ts';
import type { FlagShape, GivenFlag } from './go-flags.ts';
import { nearest } from './nearest.ts';
import { type Option, type OptionName, options } from './options.ts';
import { UsageError } from './usage-error.ts';
import { boolean, isDuration } from './values.ts';

/** The prefixes of environment variables, the strongest first. */
const environmentPrefixes = ['TINE_', 'ETCD_', 'KINE_'] as const;

/** A value that a user set. */
export interface GivenOption {
  readonly text: string;
  /** The user's text, for messages: `--data-dir`, `TINE_DATA_DIR`. */
  readonly source: string;
  /**
   * 0 is the command line, then one for each prefix of the environment, then the file. The smaller
   * one takes precedence.
   */
  readonly rank: number;
}

export interface GivenOptions {
  readonly byName: ReadonlyMap<OptionName, GivenOption>;
  /** Values that are ignored, one sentence each, for the log. */
  readonly notes: readonly string[];
}

/** The option as the user wrote it, or the flag if it is not set. */
export function sourceOf({ byName }: GivenOptions, name: OptionName): string {
  return byName.get(name)?.source ?? `--${name}`;
}

const fileRank = environmentPrefixes.length + 1;

/**
 * Collects the values of the command line, the environment and the configuration file by option,
 * not yet parsed. As in etcd, a configuration file replaces all flags and variables. Only the
 * options of the database, which etcd does not have, are also read from them.
 *
 * @throws UsageError when a flag is unknown, or the file cannot be read.
 */
export function collectOptions(
  flags: readonly GivenFlag[],
  environment: Readonly<Record<string, string | undefined>>,
): GivenOptions {
  const all = [...environmentEntries(environment), ...flagEntries(flags)];
  const path = strongest(all.filter(({ flagName }) => flagName === 'config-file'))?.text ?? '';
  if (path === '') return groupByOption(all);
  const [beside, ignored] = partition(all, ({ flagName }) => isReadWithFile(flagName));
  const names = ignored.filter(isKnown).map(({ source }) => source);
  const { byName, notes } = groupByOption([...beside, ...fileEntries(path)]);
  const note = `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} ignored, as in etcd: there is a configuration file`;
  return { byName, notes: names.length === 0 ? notes : [note, ...notes] };
}

/** A value with the name of a flag that may not exist. */
interface Entry extends GivenOption {
  readonly flagName: string;
}

function environmentEntries(environment: Readonly<Record<string, string | undefined>>): readonly Entry[] {
  return Object.entries(environment).flatMap(([variable, text]) => {
    const rank = environmentPrefixes.findIndex((prefix) => variable.startsWith(prefix)) + 1;
    // As in etcd, an empty variable is not set.
    return rank === 0 || text === undefined || text === ''
      ? []
      : [{ flagName: flagNameOf(variable), text, source: variable, rank }];
  });
}

function flagEntries(flags: readonly GivenFlag[]): readonly Entry[] {
  return flags.map(({ name, value }) => {
    refuseSecret(name);
    return { flagName: name, text: value ?? 'true', source: `--${name}`, rank: 0 };
  });
}

function fileEntries(path: string): readonly Entry[] {
  return readConfigFile(path).map(({ flagName, text, isNumber, source }) => {
    if (text === undefined && flagShape(flagName) !== 'unknown') {
      throw new UsageError(`${source}: is not a single value`);
    }
    const name = optionNamed(flagName);
    const isNanoseconds = isNumber && name !== undefined && isDuration(options[name].parse);
    return { flagName, text: isNanoseconds ? `${text}ns` : (text ?? ''), source, rank: fileRank };
  });
}

function groupByOption(entries: readonly Entry[]): GivenOptions {
  const byName = new Map<OptionName, GivenOption>();
  const notes: string[] = [];
  for (const { flagName, ...given } of entries) {
    const name = optionNamed(flagName);
    const foreign = foreignOptions.get(withoutExperimental(flagName));
    if (name !== undefined) {
      const known = byName.get(name);
      if (known !== undefined) notes.push(...noteShadowed(known, given));
      // As in Go, the last of several equal flags counts.
      if (known === undefined || given.rank <= known.rank) byName.set(name, given);
    } else if (foreign !== undefined) {
      notes.push(...noteForeign(foreign, given));
    } else {
      notes.push(...noteUnknown(flagName, given));
    }
  }
  return { byName, notes };
}

/**
 * Handles an unknown name. A variable may belong to another program, and etcd ignores unknown keys
 * of the file.
 *
 * @throws UsageError for a flag.
 */
function noteUnknown(flagName: string, { source, rank }: GivenOption): readonly string[] {
  if (rank === 0) throw unknownFlag(flagName);
  if (rank === fileRank) return [`${source} is not an option and is ignored${suggestion(flagName, (name) => name)}`];
  const isOwnVariable = /^(TINE|ETCD)_/.test(source) && !belongsToOtherProgram(source);
  return isOwnVariable ? [`${source} is not an option and is ignored${suggestion(flagName, environmentName)}`] : [];
}

/** etcd does not start when a flag and its variable are both set. */
function noteShadowed(known: GivenOption, given: GivenOption): readonly string[] {
  const [strong, weak] = known.rank < given.rank ? [known, given] : [given, known];
  return weak.source.startsWith('ETCD_') && strong.rank < weak.rank
    ? [`${weak.source} is ignored: ${strong.source} takes precedence`]
    : [];
}

/** Whether a flag concerns the database. These flags are also read next to a configuration file. */
function isReadWithFile(flagName: string): boolean {
  const name = optionNamed(flagName);
  return name === 'endpoint' || (name !== undefined && options[name].group === 'Database server');
}

function isKnown({ flagName, source, rank }: Entry): boolean {
  if (flagName === 'config-file') return false;
  if (rank === 0 && flagShape(flagName) === 'unknown') throw unknownFlag(flagName);
  return flagShape(flagName) !== 'unknown' && !belongsToOtherProgram(source);
}

function strongest(entries: readonly Entry[]): Entry | undefined {
  return entries.toReversed().sort((one, other) => one.rank - other.rank)[0];
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): readonly [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

/**
 * Chooses between two options for the same setting: the one with the stronger source.
 *
 * @throws UsageError when both have the same source.
 */
export function strongerOf({ byName }: GivenOptions, one: OptionName, other: OptionName): OptionName | undefined {
  const [first, second] = [byName.get(one), byName.get(other)];
  if (first === undefined || second === undefined) return first === undefined ? second && other : one;
  if (first.rank === second.rank) {
    throw new UsageError(`${first.source} and ${second.source} are the same setting; give one of them`);
  }
  return first.rank < second.rank ? one : other;
}

/** The flag of a variable: `data-dir` for `KINE_DATA_DIR`. */
function flagNameOf(variable: string): string {
  const name = variable.slice('TINE_'.length).toLowerCase().replaceAll('_', '-');
  return (variable.startsWith('KINE_') ? namesByKineVariable.get(name) : undefined) ?? name;
}

/**
 * Refuses secrets on the command line, which every user can see in the list of processes.
 *
 * @throws UsageError
 */
function refuseSecret(flagName: string): void {
  const name = optionNamed(flagName);
  if (name === undefined || (options[name] as Option).isSecret !== true) return;
  throw new UsageError(
    `--${name} would show the secret to every user of the machine; use ${environmentName(name)} or --${name}-file`,
  );
}

/** The error for an unknown flag, with the nearest flag of tine. */
export function unknownFlag(name: string): UsageError {
  return new UsageError(`unknown flag --${name}${suggestion(name, flagText)}; see tine --help`);
}

/** Whether a flag takes a value, for `splitCommandLine`. */
export function flagShape(flagName: string): FlagShape {
  const name = optionNamed(flagName);
  if (name !== undefined) return isBoolean(options[name]) ? 'boolean' : 'value';
  const foreign = foreignOptions.get(withoutExperimental(flagName));
  if (foreign === undefined) return 'unknown';
  return foreign.isBoolean ? 'boolean' : 'value';
}

const isBoolean = (entry: Option): boolean => entry.parse === boolean;
const flagText = (name: string): string => `--${name}`;

/** The strongest variable of an option: `TINE_DATA_DIR`. */
export const environmentName = (name: string): string => `TINE_${name.toUpperCase().replaceAll('-', '_')}`;

// etcd's newer flags began as --experimental-..., and command lines still use this prefix.
const withoutExperimental = (flagName: string): string => flagName.replace(/^experimental-/, '');

const namesByFlag: ReadonlyMap<string, OptionName> = new Map(
  Object.entries<Option>(options).flatMap(([name, { aliases = [] }]) =>
    [name, ...aliases].map((flagName): [string, OptionName] => [flagName, name as OptionName]),
  ),
);

const namesByKineVariable: ReadonlyMap<string, string> = new Map(
  Object.entries<Option>(options).flatMap(([name, { kineVariable }]) =>
    kineVariable === undefined ? [] : [[kineVariable, name] as const],
  ),
);

function optionNamed(flagName: string): OptionName | undefined {
  return namesByFlag.get(withoutExperimental(flagName));
}

function suggestion(name: string, write: (name: string) => string): string {
  const near = nearest(name, [...namesByFlag.keys(), 'help', 'version']);
  return near === undefined ? '' : `; did you mean ${write(near)}?`;
}

function noteForeign(foreign: ForeignOption, { text, source }: GivenOption): readonly string[] {
  // A boolean flag that is switched off needs no note.
  if (text === '' || (foreign.isBoolean && !parseBoolean(text, source))) return [];
  return [`${source} ${foreign.reason}`];
}

function parseBoolean(text: string, source: string): boolean {
  try {
    return boolean(text);
  } catch (cause) {
    throw new UsageError(`${source}: "${text}" is not a boolean; use true or false`, { cause });
  }
}

/**
 * Kubernetes sets these variables in every pod next to a Service named "tine" or "etcd". The last
 * one lets etcd run on unsupported processors.
 */
function belongsToOtherProgram(variable: string): boolean {
  return /^(TINE|ETCD)_(SERVICE|PORT)(_|$)|^ETCD_UNSUPPORTED_ARCH$/.test(variable);
}
