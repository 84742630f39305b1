import { type ForeignOption, foreignOptions } from './foreign-options.ts';
import type { FlagShape, GivenFlag } from './go-flags.ts';
import { nearest } from './nearest.ts';
import { type Option, type OptionName, options } from './options.ts';
import { UsageError } from './usage-error.ts';
import { boolean } from './values.ts';

/** Where options come from, the strongest first. */
const environmentPrefixes = ['TINE_', 'ETCD_', 'KINE_'] as const;

/** An option as somebody gave it. */
export interface GivenOption {
  readonly text: string;
  /** What the user wrote, for messages: `--data-dir`, `TINE_DATA_DIR`. */
  readonly source: string;
  /** 0 is the command line, then one for each prefix of the environment; the smaller one wins. */
  readonly rank: number;
}

export interface GivenOptions {
  readonly byName: ReadonlyMap<OptionName, GivenOption>;
  /** What was given and is not followed, a sentence each, for the log. */
  readonly notes: readonly string[];
}

/** What the command line and the environment give, sorted out by option, not yet parsed. */
export function collectOptions(
  flags: readonly GivenFlag[],
  environment: Readonly<Record<string, string | undefined>>,
): GivenOptions {
  const byName = new Map<OptionName, GivenOption>();
  const notes: string[] = [];
  const add = (flagName: string, given: GivenOption): boolean => {
    const name = optionNamed(flagName);
    if (name !== undefined) {
      const known = byName.get(name);
      // Of a flag given twice the last one counts, as in Go.
      if (known === undefined || given.rank <= known.rank) byName.set(name, given);
      return true;
    }
    const foreign = foreignOptions.get(withoutExperimental(flagName));
    if (foreign !== undefined) notes.push(...noteForeign(foreign, given));
    return foreign !== undefined;
  };

  for (const [variable, text] of Object.entries(environment)) {
    const rank = environmentPrefixes.findIndex((prefix) => variable.startsWith(prefix)) + 1;
    // An empty variable counts as none, as in etcd.
    if (rank === 0 || text === undefined || text === '') continue;
    const flagName = flagNameOf(variable);
    const known = add(flagName, { text, source: variable, rank });
    if (!known && variable.startsWith('TINE_') && !isServiceVariable(variable)) {
      notes.push(`${variable} names no option and is ignored${suggestion(flagName, environmentName)}`);
    }
  }
  for (const { name, value } of flags) {
    refuseSecret(name);
    const known = add(name, { text: value ?? 'true', source: `--${name}`, rank: 0 });
    if (!known) throw unknownFlag(name);
  }
  return { byName, notes };
}

/**
 * Which of two options for the same thing counts: the one given in the stronger place.
 *
 * @throws UsageError when both are given in one place.
 */
export function strongerOf({ byName }: GivenOptions, one: OptionName, other: OptionName): OptionName | undefined {
  const [first, second] = [byName.get(one), byName.get(other)];
  if (first === undefined || second === undefined) return first === undefined ? second && other : one;
  if (first.rank === second.rank) {
    throw new UsageError(`${first.source} and ${second.source} say the same thing twice; give one of them`);
  }
  return first.rank < second.rank ? one : other;
}

/** The flag that stands for a variable: `data-dir` for `KINE_DATA_DIR`. */
function flagNameOf(variable: string): string {
  const name = variable.slice('TINE_'.length).toLowerCase().replaceAll('_', '-');
  return (variable.startsWith('KINE_') ? namesByKinesVariable.get(name) : undefined) ?? name;
}

/** @throws UsageError when a flag brings what must not be seen in a list of processes. */
function refuseSecret(flagName: string): void {
  const name = optionNamed(flagName);
  if (name === undefined || (options[name] as Option).isSecret !== true) return;
  throw new UsageError(
    `--${name} would show it to every user of the machine; put it into ${environmentName(name)} or --${name}-file`,
  );
}

/** The answer to a flag that nobody has: the nearest one that tine has. */
export function unknownFlag(name: string): UsageError {
  return new UsageError(`unknown flag --${name}${suggestion(name, flagText)}; tine --help lists all`);
}

/** How a flag takes its value, for `splitCommandLine`. */
export function flagShape(flagName: string): FlagShape {
  const name = optionNamed(flagName);
  if (name !== undefined) return isBoolean(options[name]) ? 'boolean' : 'value';
  const foreign = foreignOptions.get(withoutExperimental(flagName));
  if (foreign === undefined) return 'unknown';
  return foreign.isBoolean ? 'boolean' : 'value';
}

const isBoolean = (entry: Option): boolean => entry.parse === boolean;
const flagText = (name: string): string => `--${name}`;

/** The strongest of an option's variables: `TINE_DATA_DIR`. */
export const environmentName = (name: string): string => `TINE_${name.toUpperCase().replaceAll('-', '_')}`;

// etcd's flags began as --experimental-...; its users' command lines keep that.
const withoutExperimental = (flagName: string): string => flagName.replace(/^experimental-/, '');

const namesByFlag: ReadonlyMap<string, OptionName> = new Map(
  Object.entries<Option>(options).flatMap(([name, { aliases = [] }]) =>
    [name, ...aliases].map((flagName): [string, OptionName] => [flagName, name as OptionName]),
  ),
);

const namesByKinesVariable: ReadonlyMap<string, string> = new Map(
  Object.entries<Option>(options).flatMap(([name, { kinesVariable }]) =>
    kinesVariable === undefined ? [] : [[kinesVariable, name] as const],
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
  // A flag switched off asks for nothing.
  if (text === '' || (foreign.isBoolean && !parseBoolean(text, source))) return [];
  if (foreign.action === 'refuse') throw new UsageError(`${source} ${foreign.reason}`);
  return [`${source} ${foreign.reason}`];
}

function parseBoolean(text: string, source: string): boolean {
  try {
    return boolean(text);
  } catch (cause) {
    throw new UsageError(`${source}: ${text} is neither true nor false`, { cause });
  }
}

/** Kubernetes sets such variables in every pod beside a Service of the name "tine". */
function isServiceVariable(variable: string): boolean {
  return /^TINE_(SERVICE|PORT)(_|$)/.test(variable);
}
