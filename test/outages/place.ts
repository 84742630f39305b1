import { after, before, type TestContext } from 'node:test';
import type { DatabaseServer } from '../support/database-server.ts';
import { type Driver, type EtcdClient, ownServer, type Server } from '../support/index.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import type { Administrator, ManagedDatabase } from './databases.ts';

/** A database server that the tests of a file share. Each test leaves it running and unchanged. */
export interface Place {
  readonly database: ManagedDatabase;
  readonly server: DatabaseServer;
  readonly administrator: Administrator;
}

/** tine with its own database and its own proxy. */
export interface Site {
  readonly tine: Server;
  readonly client: EtcdClient;
  readonly proxy: TcpProxy;
  /** The name of the database that tine uses. */
  readonly databaseName: string;
}

/** Starts the database server before the tests of this file. */
export function place(database: ManagedDatabase): Place {
  let server: DatabaseServer | undefined;
  let administrator: Administrator | undefined;
  before(async () => {
    server = await database.start();
    administrator = await database.administrator(server);
    await administrator.createUser();
  });
  after(async () => {
    await administrator?.close().catch(() => {});
    await server?.remove();
  });
  return {
    database,
    get server() {
      return running(server);
    },
    get administrator() {
      return running(administrator);
    },
  };
}

/** tine behind a proxy, for one test. */
export async function site(context: TestContext, { database, server }: Place): Promise<Site> {
  const proxy = await TcpProxy.start(server.port);
  const driver = proxiedDriver(database, server, proxy);
  // Runs before tine is removed with its database: a server cannot drop a database while a silent
  // connection is in its handshake.
  context.after(() => proxy.close());
  const { server: tine, client } = await ownServer(context, { driver });
  return { tine, client, proxy, databaseName: databaseNameOf(driver, tine) };
}

/** The driver whose servers connect through the proxy. Their databases are dropped without it. */
export function proxiedDriver(database: ManagedDatabase, server: DatabaseServer, proxy: TcpProxy): Driver {
  return {
    ...database.driverAt(() => database.urlAt(proxy.port)),
    dropStorage: database.driverAt(() => server.url).dropStorage,
  };
}

/** A second tine on the same database, connected without the proxy. */
export async function neighbour(
  context: TestContext,
  { database, server }: Place,
  { tine }: Site,
): Promise<EtcdClient> {
  const driver = {
    ...database.driverAt(() => database.urlAt(server.port)),
    dropStorage: database.driverAt(() => server.url).dropStorage,
  };
  const second = await ownServer(context, { driver, dataDirectory: tine.dataDirectory });
  return second.client;
}

function databaseNameOf(driver: Driver, { dataDirectory }: Server): string {
  const [, endpoint = ''] = driver.storageArguments(dataDirectory);
  return /\/([a-z0-9_]+)(\?.*)?$/.exec(endpoint)?.[1] ?? '';
}

function running<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the database of this file runs only while its tests run');
  return value;
}
