import { join } from 'node:path';
import type { GaleraCluster } from './galera-cluster.ts';
import { mysqlDatabases, type NameOf, postgresDatabases, type SqlDatabases } from './sql-database.ts';

export type ServerKind = 'tine' | 'etcd' | 'kine';

/** A kind of server with its database. Suites loop over drivers. */
export interface Driver {
  readonly name: string;
  readonly kind: ServerKind;
  /** The SQL that the database speaks; undefined: none. MySQL and MariaDB share one. */
  readonly dialect: 'sqlite' | 'postgres' | 'mysql' | undefined;
  /** The data is a file in the directory, `state.db`, which a test may read, damage or move. */
  readonly isFile: boolean;
  /** The arguments that make a server use the database in, or named after, this directory. */
  readonly storageArguments: (directory: string) => string[];
  /** Removes the data of this directory that is stored outside of it. */
  readonly dropStorage: (directory: string) => Promise<void>;
}

/** A driver whose database may have any name. */
export interface NamingDriver extends Driver {
  /** The same driver with a database, or a file, of this name. */
  readonly withName: (name: string) => Driver;
}

export const sqlite: NamingDriver = {
  name: 'sqlite',
  kind: 'tine',
  dialect: 'sqlite',
  isFile: true,
  storageArguments: (directory) => ['--endpoint', `sqlite://${join(directory, 'state.db')}`],
  dropStorage: async () => {},
  withName: (name) => ({
    ...sqlite,
    storageArguments: (directory) => ['--endpoint', `sqlite://${join(directory, encodeURIComponent(name))}`],
  }),
};

/**
 * tine on a Postgres that the test starts, such as a `PostgresServer`. `url` is called again for
 * each start.
 */
export function postgresAt(serverUrl: () => string): NamingDriver {
  return onServer('postgres', 'postgres', (nameOf) => postgresDatabases(serverUrl, nameOf));
}

/** tine on a MariaDB that the test starts, such as a `MariadbServer`. */
export function mariadbAt(serverDsn: () => string): NamingDriver {
  return onServer('mariadb', 'mysql', (nameOf) => mysqlDatabases(serverDsn, nameOf));
}

/**
 * tine on a Galera cluster that the test starts. Its databases are removed with the cluster. This
 * node is the first of the host list.
 */
export function galeraAt(cluster: GaleraCluster, firstNode: number): Driver {
  const databases = onServer('galera', 'mysql', (nameOf) => mysqlDatabases(() => cluster.urlFrom(firstNode), nameOf));
  return { ...databases, dropStorage: async () => {} };
}

/** tine on a MySQL that the test starts, such as a `MysqlServer`. */
export function mysqlAt(serverDsn: () => string): NamingDriver {
  return onServer('mysql', 'mysql', (nameOf) => mysqlDatabases(serverDsn, nameOf));
}

/** On the Postgres that `npm test` started, or that a variable names. */
export const postgres: NamingDriver = postgresAt(() => serverAddress('TINE_TEST_POSTGRES_URL'));

/** On the MariaDB that `npm test` started, or that a variable names. */
export const mariadb: NamingDriver = mariadbAt(() => serverAddress('TINE_TEST_MARIADB_URL'));

/** On the MySQL that `npm test` started, or that a variable names. */
export const mysql: NamingDriver = mysqlAt(() => serverAddress('TINE_TEST_MYSQL_URL'));

/**
 * The original etcd, for validating the suites themselves: TINE_TEST_TARGET=etcd runs them against
 * it.
 */
export const etcd: Driver = {
  name: 'etcd',
  kind: 'etcd',
  dialect: undefined,
  isFile: true,
  storageArguments: (directory) => ['--data-dir', directory],
  dropStorage: async () => {},
};

/**
 * kine on a file that tine opens too, for take-over and hand-back. It exists only where
 * `kineProgram` finds a kine.
 */
export const kine: Driver = { ...sqlite, name: 'kine', kind: 'kine' };

/** Every database tine runs on. */
const tineDrivers: readonly NamingDriver[] = [sqlite, postgres, mariadb, mysql];

/**
 * Every database that tine runs on, or the ones that TINE_TEST_DRIVERS chooses; with
 * TINE_TEST_TARGET=etcd, etcd itself.
 */
export const DRIVERS: readonly Driver[] = chosenDrivers();

/** For tests of behaviour that etcd does not have: empty when the target is etcd. */
export const TINE_DRIVERS: readonly Driver[] = DRIVERS.filter((driver) => driver.kind === 'tine');

/** For tests of database names. */
export const NAMING_DRIVERS: readonly NamingDriver[] = tineDrivers.filter((driver) => DRIVERS.includes(driver));

/** One driver, for tests of code that does not reach the database, such as the form of a reply. */
export const ANY_DRIVER: readonly Driver[] = DRIVERS.slice(0, 1);

/** For tests that use the database's file. */
export const FILE_DRIVERS: readonly Driver[] = TINE_DRIVERS.filter((driver) => driver.isFile);

/**
 * The first driver of each dialect. Long suites run on these drivers only: MySQL would take the
 * same time as MariaDB again, and show the same. If MariaDB is not chosen, MySQL takes its place.
 */
export function onePerDialect(drivers: readonly Driver[]): readonly Driver[] {
  return drivers.filter(({ dialect }, index) => drivers.findIndex((each) => each.dialect === dialect) === index);
}

function onServer(
  name: string,
  dialect: 'postgres' | 'mysql',
  databasesOf: (nameOf?: NameOf) => SqlDatabases,
): NamingDriver {
  const driverOf = (databases: SqlDatabases): Driver => ({
    name,
    kind: 'tine',
    dialect,
    isFile: false,
    storageArguments: (directory) => ['--endpoint', databases.endpoint(directory)],
    dropStorage: databases.drop,
  });
  return { ...driverOf(databasesOf()), withName: (own) => driverOf(databasesOf(() => own)) };
}

function serverAddress(variable: string): string {
  const address = process.env[variable];
  if (address) return address;
  throw new Error(
    `${variable} is not set: run \`npm test -- PATTERN\`, which starts a server, or set it to the address of a running one`,
  );
}

function chosenDrivers(): readonly Driver[] {
  const target = process.env.TINE_TEST_TARGET ?? 'tine';
  switch (target) {
    case 'tine':
      return chosenTineDrivers(process.env.TINE_TEST_DRIVERS);
    case 'etcd':
      return [etcd];
    default:
      throw new Error(`TINE_TEST_TARGET is ${target}; it can be tine or etcd`);
  }
}

/** Parses names that are separated by commas. */
function chosenTineDrivers(names: string | undefined): readonly Driver[] {
  if (!names) return tineDrivers;
  return names.split(',').map((name) => {
    const driver = tineDrivers.find((candidate) => candidate.name === name.trim());
    if (driver !== undefined) return driver;
    const known = tineDrivers.map((candidate) => candidate.name).join(', ');
    throw new Error(`TINE_TEST_DRIVERS names ${name.trim()}; it can name ${known}`);
  });
}
