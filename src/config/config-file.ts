import { createRequire } from 'node:module';
import { readText } from './pem-files.ts';
import { UsageError } from './usage-error.ts';

/** A value of a configuration file. */
export interface FileEntry {
  /** The flag with the same meaning: `cert-file`. */
  readonly flagName: string;
  /** Undefined: a group, or a list with other values than texts. No option takes one. */
  readonly text: string | undefined;
  /** Whether the value is a bare number. A duration then counts nanoseconds, as in Go. */
  readonly isNumber: boolean;
  /** The place of the value, for messages: `etcd.yml: client-transport-security.cert-file`. */
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

/** The groups of keys in etcd's file, with the flag that a key of the group stands for. */
const groups: ReadonlyMap<string, (key: string) => string> = new Map([
  ['client-transport-security', (key) => (key.startsWith('allowed-') ? `client-cert-${key}` : key)],
  ['peer-transport-security', (key) => (key.startsWith('allowed-') ? `peer-cert-${key}` : `peer-${key}`)],
  ['discovery-config', (key) => `discovery-${key}`],
  ['socket-options', (key) => `socket-${key}`],
]);

/**
 * Reads a configuration file in etcd's format: YAML, whose keys are the names of flags. Empty
 * values are left out.
 *
 * @throws UsageError with the name of the file when it cannot be read
 */
export function readConfigFile(path: string): readonly FileEntry[] {
  const root = parseFile(path);
  if (root === null) return [];
  if (!isGroup(root)) throw new UsageError(`configuration file ${path}: is not a list of names and values`);
  return Object.entries(root).flatMap(([key, value]) => {
    const flagOf = groups.get(key);
    if (flagOf === undefined) return entryOf(path, key, key, value);
    if (value === null) return [];
    if (!isGroup(value)) throw new UsageError(`${path}: ${key}: is not a list of names and values`);
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
  // Loaded only if there is a file, because the parser takes 8 MiB.
  const { parse } = createRequire(import.meta.filename)('yaml') as typeof import('yaml');
  try {
    // The YAML version of Go's library, in which `off` is a boolean. Whole numbers keep all of
    // their digits.
    return parse(text, { version: '1.1', intAsBigInt: true, maxAliasCount: 0, logLevel: 'error' }) as YamlValue;
  } catch (cause) {
    // The first line names the mistake and its place. The lines below show the file, which may
    // contain a password.
    const [line] = (cause as Error).message.split('\n');
    throw new UsageError(`configuration file ${path}: ${line?.replace(/:$/, '')}`, { cause });
  }
}

function entryOf(path: string, key: string, flagName: string, value: YamlValue): readonly FileEntry[] {
  const isNumber = typeof value === 'bigint' || typeof value === 'number';
  const text = textOf(value);
  return text === '' ? [] : [{ flagName, text, isNumber, source: `${path}: ${key}` }];
}

function textOf(value: YamlValue): string | undefined {
  const values = Array.isArray(value) ? (value as readonly YamlValue[]) : [value];
  if (values.some((each) => typeof each === 'object' && each !== null)) return undefined;
  return values.map((each) => (each === null ? '' : String(each))).join(',');
}

function isGroup(value: YamlValue): value is { readonly [key: string]: YamlValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
