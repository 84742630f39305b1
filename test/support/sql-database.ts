import { createHash } from 'node:crypto';
import { type Connection, createConnection } from 'mysql2/promise';
import pg from 'pg';

/**
 * A database server as tests use it: each data directory has its own database, which tine creates
 * at its first start.
 */
export interface SqlDatabases {
  /** The address of the directory's database as `--endpoint` takes it. */
  readonly endpoint: (directory: string) => string;
  /** Drops the directory's database if it exists. Does nothing if the server is gone. */
  readonly drop: (directory: string) => Promise<void>;
}

/** The name of a directory's database. */
export type NameOf = (directory: string) => string;

/** Databases of a Postgres at a `postgres://` URL, whose own database is not touched. */
export function postgresDatabases(serverUrl: () => string, nameOf: NameOf = databaseName): SqlDatabases {
  return {
    endpoint: (directory) => postgresUrl(serverUrl(), nameOf(directory)),
    drop: async (directory) => {
      const client = new pg.Client({ connectionString: postgresUrl(serverUrl(), 'postgres') });
      client.on('error', () => {});
      await unlessGone(async () => {
        try {
          await client.connect();
          await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(nameOf(directory))} WITH (FORCE)`);
        } finally {
          await client.end();
        }
      });
    },
  };
}

/**
 * Databases of a MySQL or MariaDB at a DSN as kine writes it:
 * `mysql://user:password@tcp(host:port)/`.
 */
export function mysqlDatabases(serverDsn: () => string, nameOf: NameOf = databaseName): SqlDatabases {
  return {
    endpoint: (directory) => mysqlDsn(serverDsn(), nameOf(directory)),
    drop: async (directory) => {
      await unlessGone(async () => {
        const connection = await connectMysql(serverDsn());
        try {
          await connection.query(`DROP DATABASE IF EXISTS \`${nameOf(directory).replaceAll('`', '``')}\``);
        } finally {
          await connection.end();
        }
      });
    },
  };
}

/** Each temporary directory has a unique name, and so does its database. */
function databaseName(directory: string): string {
  return `tine_${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
}

function postgresUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/** The database is after the last slash of the DSN, and the parameters are after the database. */
function mysqlDsn(serverDsn: string, database: string): string {
  const [, server, parameters = ''] = /^(.*\)\/)[^/?]*(\?.*)?$/.exec(serverDsn) ?? [];
  if (server === undefined) throw new Error(`${serverDsn} is no DSN like mysql://user:password@tcp(host:port)/`);
  return `${server}${encodeURIComponent(database)}${parameters}`;
}

async function connectMysql(dsn: string): Promise<Connection> {
  const match = /^mysql:\/\/(?:([^:@]*)(?::(.*))?@)?(tcp|unix)\(([^)]*)\)\//.exec(dsn);
  if (match === null) throw new Error(`${dsn} is no DSN like mysql://user:password@tcp(host:port)/`);
  const [, user = 'root', password = '', network, address = ''] = match;
  const [host = '', port = '3306'] = address.split(':');
  const place = network === 'unix' ? { socketPath: address } : { host, port: Number(port) };
  return createConnection({ user, password, ...place });
}

async function unlessGone(drop: () => Promise<void>): Promise<void> {
  try {
    await drop();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
  }
}
