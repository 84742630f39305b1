import { hideCredentials } from '../redact.ts';
import { mysqlDsnText, parseMysqlDsn } from './database-mysql-dsn.ts';
import type { ParsedDsn } from './database-parsed-dsn.ts';
import { parsePostgresDsn, postgresDsnText } from './database-postgres-dsn.ts';
import type { RemoteDsn } from './database-remote-dsn.ts';
import { parseSqliteDsn, type SqliteDsn } from './database-sqlite-dsn.ts';
import type { TlsOptions } from './database-tls.ts';

export type { DatabaseHost, RemoteDsn } from './database-remote-dsn.ts';
export type { SqliteDsn } from './database-sqlite-dsn.ts';
export { databaseTlsOptions } from './database-tls-options.ts';

/** The address of a database. */
export type Dsn = SqliteDsn | RemoteDsn;

const FORMS =
  'write sqlite:///path/to/state.db, postgres://USER:PASSWORD@HOST/DATABASE or mysql://USER:PASSWORD@tcp(HOST)/DATABASE';

/**
 * Parses an endpoint in kine's form: `sqlite://PATH?parameters`, a bare path, or the address of a
 * server. `tlsOptions` are added to the address of a server; a file needs none.
 *
 * @throws Error that describes the mistake, without the name of the flag and without a password.
 */
export function parseDsn(text: string, tlsOptions: TlsOptions = {}): ParsedDsn<Dsn> {
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(text) ?? [];
  switch (scheme?.toLowerCase()) {
    case undefined:
      refuseAddressWithoutScheme(rest);
      return parseSqliteDsn(rest);
    case 'sqlite':
      return parseSqliteDsn(rest);
    case 'postgres':
    case 'postgresql':
      return parsePostgresDsn(rest, tlsOptions);
    case 'mysql':
      return parseMysqlDsn(rest, tlsOptions);
    case 'mariadb':
      throw new Error('MariaDB uses the scheme mysql://; write mysql:// instead of mariadb://');
    case 'http':
    case 'https':
      throw new Error(
        `${JSON.stringify(hideCredentials(text))} is the address of an etcd, but tine stores its data itself; connect the client to the etcd directly`,
      );
    default:
      throw new Error(`unknown database ${scheme}://; ${FORMS}`);
  }
}

/**
 * Refuses a bare text that looks like the address of a server. A bare text is a file path, so the
 * password in it would be written to the log.
 */
function refuseAddressWithoutScheme(text: string): void {
  const isPath = /^\.{0,2}\//.test(text);
  const colon = text.indexOf(':');
  const hasPassword = colon !== -1 && text.lastIndexOf('@') > colon;
  const looksLikeAddress = hasPassword || /@(tcp|unix)\b|\b(password|host|dbname)\s*=/.test(text);
  if (looksLikeAddress && !isPath) throw new Error(`the address of a database begins with a scheme; ${FORMS}`);
}

/** The address as a user writes it, without a password. */
export function dsnText(dsn: Dsn): string {
  switch (dsn.kind) {
    case 'sqlite':
      return `sqlite://${dsn.path}`;
    case 'postgres':
      return postgresDsnText(dsn);
    case 'mysql':
      return mysqlDsnText(dsn);
  }
}
