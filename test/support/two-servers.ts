import { after, before } from 'node:test';
import type { Driver } from './drivers.ts';
import { Server } from './server.ts';

/** Two servers over one database, which the tests of a file share. */
export interface TwoServers {
  readonly first: Server;
  readonly second: Server;
  /** `127.0.0.1:PORT` of each. */
  readonly addresses: readonly [string, string];
}

/** Starts two servers for the tests of this file. */
export function twoServers(driver: Driver): TwoServers {
  let first: Server | undefined;
  let second: Server | undefined;
  before(async () => {
    first = await Server.start({ driver });
    second = await Server.start({ driver, dataDirectory: first.dataDirectory });
  });
  after(async () => {
    await second?.remove();
    await first?.remove();
  });
  return {
    get first() {
      return running(first);
    },
    get second() {
      return running(second);
    },
    get addresses(): [string, string] {
      return [running(first).address, running(second).address];
    },
  };
}

function running(server: Server | undefined): Server {
  if (server === undefined) throw new Error('the servers of this file run only while its tests run');
  return server;
}
