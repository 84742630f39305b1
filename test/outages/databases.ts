/** Database servers, and the administrator's actions on them. */
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import type { DatabaseServer } from '../support/database-server.ts';
import { DRIVERS, type Driver, mariadbAt, mysqlAt, postgresAt } from '../support/index.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { mysqlIsHere } from '../support/mysql-package.ts';
import { MysqlServer } from '../support/mysql-server.ts';
import { findMariadbProgram, findPostgresDirectory } from '../support/paths.ts';
import { PostgresServer } from '../support/postgres-server.ts';
import type { CommitSign } from '../support/tcp-proxy.ts';

/** A small number, so that a test can use all connections quickly; tine needs a dozen. */
const connectionCountMax = 40;

/**
 * The user that tine connects as. It is not the administrator, because many limits do not apply to
 * an administrator.
 */
export const tineUser = { name: 'limited_user', password: 'secret' };

/** Reverts the change. */
export type Undo = () => Promise<void>;

/**
 * The administrator, who connects without the proxy. Database names are the ones in tine's address.
 */
export interface Administrator {
  /** Creates the user that tine connects as. */
  createUser(): Promise<void>;
  /** Ends all connections to a database except its own. Returns their number. */
  endConnections(database: string): Promise<number>;
  /** Makes all new transactions read-only, until the change is reverted. */
  forbidWrites(): Promise<Undo>;
  /** Makes everything that uses a table wait. */
  blockTable(database: string, table: string): Promise<Undo>;
  /** Makes writes to tables of tine wait. Default: to the table of the keys. */
  lockTables(database: string, tables?: readonly string[]): Promise<Undo>;
  /** Changes the password of the user that tine connects as. */
  changePassword(): Promise<Undo>;
  /** Limits the number of connections of the user that tine connects as. */
  limitConnections(countMax: number): Promise<Undo>;
  /**
   * The oldest of the times at which instances last updated their row in tine_member, in ms since
   * 1970.
   */
  lastBeatMs(database: string): Promise<number>;
  /** The number of rows in the table `kine`. */
  rowCount(database: string): Promise<number>;
  close(): Promise<void>;
}

/** A kind of database server, with an administrator who causes outages. */
export interface ManagedDatabase {
  readonly name: string;
  readonly commitSign: CommitSign;
  start(): Promise<DatabaseServer>;
  driverAt(url: () => string): Driver;
  /** The server's address for tine's user, with this port. */
  urlAt(port: number): string;
  administrator(server: DatabaseServer): Promise<Administrator>;
  /** Opens a connection as tine's user. Rejects when no connection is free. */
  occupyConnection(port: number): Promise<Undo>;
}

const postgres: ManagedDatabase = {
  name: 'postgres',
  commitSign: { begin: 'tine_lock', commit: 'COMMIT\0', atOnce: 'guarded_' },
  start: () => PostgresServer.start({ settings: { max_connections: `${connectionCountMax}` } }),
  driverAt: postgresAt,
  urlAt: (port) => `postgres://${tineUser.name}:${tineUser.password}@127.0.0.1:${port}`,
  async administrator({ url }) {
    const sessions = new Map<string, pg.Client>();
    const session = async (database: string) => {
      const known = sessions.get(database);
      if (known !== undefined) return known;
      const client = await connectedToPostgres(`${url}/${database}?application_name=administrator`);
      client.on('end', () => sessions.delete(database));
      await client.query('SET default_transaction_read_only = off');
      sessions.set(database, client);
      return client;
    };
    const run = async (database: string, text: string) => (await (await session(database)).query(text)).rows;
    const runAll = async (...texts: string[]) => {
      for (const text of texts) await run('postgres', text);
    };
    return {
      createUser: () => runAll(`CREATE ROLE ${tineUser.name} LOGIN CREATEDB PASSWORD '${tineUser.password}'`),
      endConnections: async (database) =>
        (
          await run(
            'postgres',
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND usename = '${tineUser.name}'`,
          )
        ).length,
      async forbidWrites() {
        await runAll('ALTER SYSTEM SET default_transaction_read_only = on', 'SELECT pg_reload_conf()');
        return () => runAll('ALTER SYSTEM RESET default_transaction_read_only', 'SELECT pg_reload_conf()');
      },
      async lockTables(database, tables = ['kine']) {
        await run(database, 'BEGIN');
        await run(database, `LOCK TABLE ${tables.join()} IN EXCLUSIVE MODE`);
        return async () => void (await run(database, 'COMMIT'));
      },
      async blockTable(database, table) {
        await run(database, 'BEGIN');
        await run(database, `LOCK TABLE ${table}`);
        return async () => void (await run(database, 'COMMIT'));
      },
      async changePassword() {
        const change = (password: string) => runAll(`ALTER ROLE ${tineUser.name} PASSWORD '${password}'`);
        await change('changed');
        return () => change(tineUser.password);
      },
      async limitConnections(countMax) {
        await runAll(`ALTER ROLE ${tineUser.name} CONNECTION LIMIT ${countMax}`);
        return () => runAll(`ALTER ROLE ${tineUser.name} CONNECTION LIMIT -1`);
      },
      lastBeatMs: async (database) =>
        Number((await run(database, 'SELECT min(seen_at_ms) AS at FROM tine_member'))[0].at),
      rowCount: async (database) => Number((await run(database, 'SELECT count(*) AS count FROM kine'))[0].count),
      async close() {
        await Promise.all([...sessions.values()].map((client) => client.end()));
      },
    };
  },
  async occupyConnection(port) {
    const client = await connectedToPostgres(`${postgres.urlAt(port)}/postgres`);
    return () => client.end();
  },
};

async function connectedToPostgres(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}

const mariadb: ManagedDatabase = {
  name: 'mariadb',
  commitSign: { begin: 'write_lock', commit: 'COMMIT' },
  start: () => MariadbServer.start({ settings: { max_connections: `${connectionCountMax}` } }),
  driverAt: mariadbAt,
  urlAt: (port) => `mysql://${tineUser.name}:${tineUser.password}@tcp(127.0.0.1:${port})/`,
  async administrator(server) {
    const [, user, password] = /\/\/(.*?):(.*?)@/.exec(server.url) ?? [];
    const connect = () => connectedToMysql({ user: user ?? '', password: password ?? '' }, server.port);
    let shared = await connect();
    const run = async (text: string) => {
      // A restart of the server has ended the connection.
      await shared.ping().catch(async () => {
        shared = await connect();
      });
      return (await shared.query<RowDataPacket[]>(text))[0];
    };
    return {
      async createUser() {
        await run(`CREATE USER ${tineUser.name}@'%' IDENTIFIED BY '${tineUser.password}'`);
        await run(
          `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES, LOCK TABLES ON *.* TO ${tineUser.name}@'%'`,
        );
      },
      async endConnections(database) {
        const found = await run(
          `SELECT id FROM information_schema.processlist WHERE db = '${database}' AND user = '${tineUser.name}'`,
        );
        // A connection may have ended by itself meanwhile.
        for (const { id } of found) await run(`KILL CONNECTION ${id}`).catch(() => {});
        return found.length;
      },
      async forbidWrites() {
        await run('SET GLOBAL read_only = 1');
        return async () => void (await run('SET GLOBAL read_only = 0'));
      },
      async lockTables(database, tables = ['kine']) {
        const holder = await connect();
        await holder.query(`LOCK TABLES ${tables.map((table) => `${database}.${table} READ`).join()}`);
        return () => holder.end();
      },
      async blockTable(database, table) {
        const holder = await connect();
        await holder.query(`LOCK TABLES ${database}.${table} WRITE`);
        return () => holder.end();
      },
      async changePassword() {
        const change = (password: string) => run(`ALTER USER ${tineUser.name}@'%' IDENTIFIED BY '${password}'`);
        await change('changed');
        return async () => void (await change(tineUser.password));
      },
      async limitConnections(countMax) {
        const limit = (count: number) => run(`ALTER USER ${tineUser.name}@'%' WITH MAX_USER_CONNECTIONS ${count}`);
        await limit(countMax);
        return async () => void (await limit(0));
      },
      lastBeatMs: async (database) =>
        Number((await run(`SELECT min(seen_at_ms) AS at FROM ${database}.tine_member`))[0]?.at),
      rowCount: async (database) => Number((await run(`SELECT count(*) AS count FROM ${database}.kine`))[0]?.count),
      close: () => shared.end(),
    };
  },
  async occupyConnection(port) {
    const connection = await connectedToMysql({ user: tineUser.name, password: tineUser.password }, port);
    return () => connection.end();
  },
};

const mysql: ManagedDatabase = {
  ...mariadb,
  name: 'mysql',
  start: () => MysqlServer.start({ settings: { max_connections: `${connectionCountMax}` } }),
  driverAt: mysqlAt,
};

async function connectedToMysql(account: { user: string; password: string }, port: number) {
  const connection = await createConnection({ ...account, host: '127.0.0.1', port });
  connection.on('error', () => {});
  return connection;
}

const known = [
  { database: postgres, isHere: () => findPostgresDirectory() !== undefined },
  { database: mariadb, isHere: () => findMariadbProgram('mariadbd') !== undefined },
  { database: mysql, isHere: mysqlIsHere },
];

/** The database servers among the chosen drivers that can be started on this machine. */
export const DATABASES: readonly ManagedDatabase[] = known.flatMap(({ database, isHere }) =>
  DRIVERS.some(({ name }) => name === database.name) && isHere() ? [database] : [],
);
