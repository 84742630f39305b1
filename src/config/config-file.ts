import { createRequire } from 'node:module';
import { readText } from './pem-files.ts';
import { UsageError } from './usage-error.ts';

/** A value that stands in a configuration file. */
export interface FileEntry {
  /** The flag of the same meaning: `cert-file`. */
  readonly flagName: string;
  readonly text: string;
  /** A bare number, which for a duration counts nanoseconds, as Go reads it. */
  readonly isNumber: boolean;
  /** Where it stands, for messages: `etcd.yml: client-transport-security.cert-file`. */
  readonly source: string;
}

type YamlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue };

/** Keys of etcd's file that are groups, with the flag that a key in them stands for. */
const groups: Readonly<Record<string, (key: string) => string>> = {
  'client-transport-security': (key) => (key.startsWith('allowed-') ? `client-cert-${key}` : key),
  'peer-transport-security': (key) => (key.startsWith('allowed-') ? `peer-cert-${key}` : `peer-${key}`),
  'discovery-config': (key) => `discovery-${key}`,
  'socket-options': (key) => `socket-${key}`,
};

/**
 * What a configuration file says, in etcd's format: YAML, its keys are the names of flags. What is left empty is not said.
 *
 * @throws UsageError with a line that names the file, when it cannot be read
 */
export function readConfigFile(path: string): readonly FileEntry[] {
  const root = parseFile(path);
  if (root === null) return [];
  if (!isGroup(root)) throw new UsageError(`configuration file ${path}: is no list of names and values`);
  return Object.entries(root).flatMap(([key, value]) => {
    const flagOf = groups[key];
    if (flagOf === undefined) return entryOf(path, key, key, value);
    if (value === null) return [];
    if (!isGroup(value)) throw new UsageError(`${path}: ${key}: is no list of names and values`);
    return Object.entries(value).flatMap(([inner, innerValue]) =>
      entryOf(path, `${key}.${inner}`, flagOf(inner), innerValue),
    );
  });
}

function parseFile(path: string): YamlValue {
  let text: string;
  try {
    text = readText('configuration file', path);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
  // Loaded for those who have such a file: it is 8 MiB.
  const { parse } = createRequire(import.meta.url)('yaml') as typeof import('yaml');
  try {
    // The version that Go's library reads: `off` is a boolean. Whole numbers keep all of their digits.
    return parse(text, { version: '1.1', intAsBigInt: true, maxAliasCount: 0, logLevel: 'error' }) as YamlValue;
  } catch (cause) {
    // The first line says what and where; those below show the file, which may hold a password.
    const [line] = (cause as Error).message.split('\n');
    throw new UsageError(`configuration file ${path}: ${line?.replace(/:$/, '')}`, { cause });
  }
}

function entryOf(path: string, key: string, flagName: string, value: YamlValue): readonly FileEntry[] {
  const source = `${path}: ${key}`;
  const isNumber = typeof value === 'bigint' || typeof value === 'number';
  const text = Array.isArray(value)
    ? value.map((item) => scalarText(source, item)).join(',')
    : scalarText(source, value);
  return text === '' ? [] : [{ flagName, text, isNumber, source }];
}

function scalarText(source: string, value: YamlValue): string {
  if (value === null) return '';
  if (typeof value === 'object') throw new UsageError(`${source}: is not a single value`);
  return String(value);
}

function isGroup(value: YamlValue): value is { readonly [key: string]: YamlValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
