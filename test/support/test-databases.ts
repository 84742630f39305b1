import type { DatabaseServer } from './database-server.ts';
import type { DebianPackage } from './debian-packages.ts';
import { type Driver, mariadb, mysql, postgres, TINE_DRIVERS } from './drivers.ts';
import { mariadbPackages } from './mariadb-packages.ts';
import { MariadbServer } from './mariadb-server.ts';
import { provideMysql } from './mysql-package.ts';
import { MysqlServer } from './mysql-server.ts';
import { findPostgresDirectory } from './paths.ts';
import { PostgresServer } from './postgres-server.ts';

/**
 * A database server that a whole test run shares, unless `variable` names one that runs already.
 */
interface TestDatabase {
  readonly driver: Driver;
  readonly variable: string;
  /** Whether a test file needs the database. */
  readonly isNeededBy: (file: string) => boolean;
  /** The packages that are installed if the programs are missing. */
  readonly debianPackages?: readonly DebianPackage[];
  /** Provides the programs if no package of this machine's Debian has them. */
  readonly provide?: (signal: AbortSignal) => Promise<void>;
  readonly start: () => Promise<DatabaseServer>;
}

/** Unit tests need no database, and some files start servers of their own. */
const isUnit = (file: string): boolean => /^test\/unit\/(?!drivers\/)/.test(file);
const ownsItsServers = (file: string): boolean => /^test\/outages\/|galera/.test(file);

/** The other suites run on one driver per dialect. */
const everyDrivers =
  /^test\/(behaviour|linearizability|transfer|outages|unit\/drivers)\/|\/(first-starts|hash-kv|hostile-settings|range-forms|two-stores)\./;

const testDatabases: readonly TestDatabase[] = [
  {
    driver: postgres,
    variable: 'TINE_TEST_POSTGRES_URL',
    isNeededBy: (file) => !isUnit(file),
    debianPackages: [
      {
        name: 'postgresql',
        isHere: () => findPostgresDirectory() !== undefined,
        instead: 'name a running Postgres in TINE_TEST_POSTGRES_URL (postgres://user:password@host:port)',
      },
    ],
    start: () => PostgresServer.start(),
  },
  {
    driver: mariadb,
    variable: 'TINE_TEST_MARIADB_URL',
    isNeededBy: (file) => !isUnit(file),
    debianPackages: mariadbPackages(
      'name a running MariaDB in TINE_TEST_MARIADB_URL (mysql://user:password@tcp(host:port)/)',
    ),
    start: () => MariadbServer.start(),
  },
  {
    driver: mysql,
    variable: 'TINE_TEST_MYSQL_URL',
    isNeededBy: (file) => !isUnit(file) && (everyDrivers.test(file) || !TINE_DRIVERS.includes(mariadb)),
    provide: provideMysql,
    start: () => MysqlServer.start(),
  },
];

/**
 * The databases that these test files need: of the chosen drivers, without the ones that a variable
 * names as running.
 */
export function databasesFor(files: readonly string[]): readonly TestDatabase[] {
  return testDatabases.filter(
    ({ driver, variable, isNeededBy }) =>
      TINE_DRIVERS.includes(driver) && !process.env[variable] && files.some(isNeededBy),
  );
}

/** The databases whose server is shared by the files. */
export function sharedBy(files: readonly string[], databases: readonly TestDatabase[]): readonly TestDatabase[] {
  const sharing = files.filter((file) => !ownsItsServers(file));
  return databases.filter(({ isNeededBy }) => sharing.some(isNeededBy));
}

/**
 * Starts the servers, names them in the environment for `use` and the processes it starts, and
 * removes them afterwards. They are removed after this process even if it is killed.
 */
export async function withDatabases(databases: readonly TestDatabase[], use: () => Promise<void>): Promise<void> {
  const started = await Promise.allSettled(databases.map(({ start }) => start()));
  try {
    for (const [index, result] of started.entries()) {
      if (result.status === 'rejected') throw result.reason;
      process.env[databases[index]?.variable ?? ''] = result.value.url;
    }
    await use();
  } finally {
    await Promise.all(started.map((result) => (result.status === 'fulfilled' ? result.value.remove() : undefined)));
  }
}
