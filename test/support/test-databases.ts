import type { DatabaseServer } from './database-server.ts';
import type { DebianPackage } from './debian-packages.ts';
import { type Driver, mariadb, postgres, TINE_DRIVERS } from './drivers.ts';
import { MariadbServer } from './mariadb-server.ts';
import { findMariadbProgram, findPostgresDirectory } from './paths.ts';
import { PostgresServer } from './postgres-server.ts';

/** A database server that a whole test run shares, unless `variable` names one that runs already. */
interface TestDatabase {
  readonly driver: Driver;
  readonly variable: string;
  readonly debianPackage: DebianPackage;
  readonly start: () => Promise<DatabaseServer>;
}

const testDatabases: readonly TestDatabase[] = [
  {
    driver: postgres,
    variable: 'TINE_TEST_POSTGRES_URL',
    debianPackage: {
      name: 'postgresql',
      isHere: () => findPostgresDirectory() !== undefined,
      instead: 'name a running Postgres in TINE_TEST_POSTGRES_URL (postgres://user:password@host:port)',
    },
    start: () => PostgresServer.start(),
  },
  {
    driver: mariadb,
    variable: 'TINE_TEST_MARIADB_URL',
    debianPackage: {
      // The programs without the service, the account and the data of `mariadb-server`.
      name: 'mariadb-server-core',
      isHere: () => findMariadbProgram('mariadbd') !== undefined,
      instead: 'name a running MariaDB in TINE_TEST_MARIADB_URL (mysql://user:password@tcp(host:port)/)',
    },
    start: () => MariadbServer.start(),
  },
];

/** The databases these test files need a server of: those of the chosen drivers, when a file is not content with tine's functions. */
export function databasesFor(files: readonly string[]): readonly TestDatabase[] {
  if (files.every((file) => /^test\/unit\/(?!drivers\/)/.test(file))) return [];
  return testDatabases.filter(({ driver, variable }) => TINE_DRIVERS.includes(driver) && !process.env[variable]);
}

/**
 * Starts the servers, names them in the environment for `use` and the processes it starts, and removes them after it. They
 * are gone after this process even if it is killed.
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
