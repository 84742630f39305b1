import type { TestContext } from 'node:test';
import type { DatabaseServer } from '../database-server.ts';
import { DRIVERS, type Driver, mariadbAt, mysqlAt, postgresAt } from '../index.ts';
import { MariadbServer } from '../mariadb-server.ts';
import { mysqlIsHere } from '../mysql-package.ts';
import { MysqlServer } from '../mysql-server.ts';
import { findMariadbProgram, findPostgresDirectory } from '../paths.ts';
import { PostgresServer } from '../postgres-server.ts';

/** A database, and how many servers share it. */
export interface Place {
  readonly driver: Driver;
  /** The driver of each instance, if instances use different addresses for the database. */
  readonly driverOf?: (instance: number) => Driver;
  readonly instanceCount: number;
  /** Stops or kills the database under load and starts it again. For database servers. */
  readonly restartDatabase?: (how: 'stop' | 'kill') => Promise<void>;
}

/** A database server for one test, because the shared one must not be restarted. */
interface Restartable {
  readonly isHere: () => boolean;
  readonly start: () => Promise<DatabaseServer>;
  readonly driverAt: (url: () => string) => Driver;
}

/** By the driver's name. SQLite is in the servers themselves: there is no database to restart. */
const restartables: Readonly<Record<string, Restartable>> = {
  postgres: {
    isHere: () => findPostgresDirectory() !== undefined,
    start: () => PostgresServer.start(),
    driverAt: postgresAt,
  },
  mariadb: {
    isHere: () => findMariadbProgram('mariadbd') !== undefined,
    start: () => MariadbServer.start(),
    driverAt: mariadbAt,
  },
  mysql: {
    isHere: mysqlIsHere,
    start: () => MysqlServer.start(),
    driverAt: mysqlAt,
  },
};

/** Each of the drivers with this number of servers. etcd, which tests the tests, has one. */
export function placesOf(instanceCount: number, drivers: readonly Driver[] = DRIVERS): Place[] {
  return drivers.map((driver) => ({ driver, instanceCount: driver.kind === 'etcd' ? 1 : instanceCount }));
}

/**
 * The drivers whose database server can be restarted on this machine. `open` starts one that is
 * removed after the test.
 */
export function restartablePlaces(instanceCount: number, drivers: readonly Driver[]) {
  return drivers.flatMap(({ name }) => {
    const restartable = restartables[name];
    if (!restartable?.isHere()) return [];
    const open = async (context: TestContext): Promise<Place> => {
      const database = await restartable.start();
      context.after(() => database.remove());
      const restartDatabase = async (how: 'stop' | 'kill') => {
        await database[how]();
        await database.start();
      };
      return { driver: restartable.driverAt(() => database.url), instanceCount, restartDatabase };
    };
    return { name, open };
  });
}
