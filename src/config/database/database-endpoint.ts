import { join } from 'node:path';
import { type GivenOptions, sourceOf, strongerOf } from '../given-options.ts';
import { type Option, options, type Settings } from '../options.ts';
import { readText } from '../pem-files.ts';
import { UsageError, withSource } from '../usage-error.ts';
import { type Dsn, parseDsn } from './database-dsn.ts';
import type { ParsedDsn } from './database-parsed-dsn.ts';
import type { RemoteDsn } from './database-remote-dsn.ts';
import { databaseFileName, sqliteDsn } from './database-sqlite-dsn.ts';
import type { TlsOptions } from './database-tls.ts';
import { databaseTlsOptions } from './database-tls-options.ts';

/**
 * The configured database, with the password and the TLS options given next to its address.
 * `pgPassword` is libpq's variable, the weakest source of a password for Postgres.
 *
 * @throws UsageError when an option is invalid, or a file cannot be used.
 */
export function databaseEndpoint(
  settings: Settings,
  given: GivenOptions,
  pgPassword: string | undefined,
): { readonly dsn: Dsn; readonly notes: readonly string[] } {
  const { dsn, ignoredParameters } = namedDatabase(settings, given);
  const parameterNotes = ignoredParameters.map((name) => `the parameter ${name} of the endpoint is ignored`);
  if (dsn.kind === 'sqlite') {
    return { dsn, notes: [...parameterNotes, ...unusedEndpoint(settings, given), ...withoutEffect(given)] };
  }
  checkTlsFiles(dsn);
  const password = separatePassword(settings, given);
  const libpqPassword = dsn.kind === 'postgres' && pgPassword !== '' ? pgPassword : undefined;
  return { dsn: { ...dsn, password: password ?? dsn.password ?? libpqPassword }, notes: parameterNotes };
}

function namedDatabase(settings: Settings, given: GivenOptions): ParsedDsn<Dsn> {
  const { endpoint } = settings;
  if (endpoint === undefined || !namesDatabase(endpoint, given)) {
    return { dsn: sqliteDsn(join(settings['data-dir'], databaseFileName)), ignoredParameters: [] };
  }
  const tlsOptions: TlsOptions = {
    caFile: settings['datastore-cafile'],
    certFile: settings['datastore-certfile'],
    keyFile: settings['datastore-keyfile'],
    skipVerify: settings['datastore-skip-verify'],
  };
  return withSource(sourceOf(given, 'endpoint'), () => parseDsn(endpoint, tlsOptions));
}

/**
 * Whether the endpoint counts, not the directory. If both come from one source, a server is the
 * database, and the directory only stores the certificate of `--auto-tls`. Two files are a mistake.
 */
function namesDatabase(endpoint: string, given: GivenOptions): boolean {
  const [directory, named] = [given.byName.get('data-dir'), given.byName.get('endpoint')];
  const isRemote = /^(postgres|postgresql|mysql):/i.test(endpoint);
  if (isRemote && directory !== undefined && directory.rank === named?.rank) return true;
  return strongerOf(given, 'data-dir', 'endpoint') === 'endpoint';
}

/** A note if the directory counts although there is an endpoint, where a user expects the data. */
function unusedEndpoint({ endpoint }: Settings, given: GivenOptions): readonly string[] {
  if (endpoint === undefined || namesDatabase(endpoint, given)) return [];
  return [`${sourceOf(given, 'endpoint')} is ignored: ${sourceOf(given, 'data-dir')} takes precedence`];
}

/**
 * Reads the files once at the start to find mistakes. Later, a mistake would look like an outage of
 * the database.
 */
function checkTlsFiles({ tls }: RemoteDsn): void {
  if (tls === undefined) return;
  try {
    databaseTlsOptions(tls);
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The password that is given apart from the address. */
function separatePassword(settings: Settings, given: GivenOptions): string | undefined {
  const file = settings['datastore-password-file'];
  const isInFile = strongerOf(given, 'datastore-password', 'datastore-password-file') === 'datastore-password-file';
  if (!isInFile || file === undefined) return settings['datastore-password'];
  return withSource(sourceOf(given, 'datastore-password-file'), () => {
    // Editors end a file with a line break, which is not part of the password.
    const password = readText('password file', file).replace(/\r?\n$/, '');
    if (password === '') throw new Error(`password file ${file}: is empty`);
    return password;
  });
}

/** A note for each option that only a database server uses. */
function withoutEffect({ byName }: GivenOptions): readonly string[] {
  return [...byName]
    .filter(([name, { text }]) => (options[name] as Option).group === 'Database server' && text !== 'false')
    .map(([, { source }]) => `${source} has no effect: the database is a file, not a server`);
}
