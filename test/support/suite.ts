import { after, afterEach, before, type TestContext } from 'node:test';
import { EtcdClient } from './client.ts';
import type { Driver } from './drivers.ts';
import { Server } from './server.ts';

/**
 * A server and a client that the tests of one file share. They exist while tests run, not while the
 * file loads.
 */
export interface Suite {
  readonly driver: Driver;
  readonly server: Server;
  readonly client: EtcdClient;
  /** A unique key prefix, which separates the tests on one server. */
  readonly prefix: () => string;
}

const logTailLengthMax = 4_000;

export interface SuiteOptions {
  /** More arguments for the server. */
  readonly arguments?: readonly string[];
  /**
   * Runs once the server answers, before the first test: node's runner does not order a file's own
   * `before` after it.
   */
  readonly prepare?: (suite: Suite) => Promise<void>;
}

/**
 * Starts one server for the tests of this file. When a test fails, it prints the log of the server
 * during this test below the test.
 */
export function suite(driver: Driver, options: SuiteOptions = {}): Suite {
  let server: Server | undefined;
  let client: EtcdClient | undefined;
  let prefixCount = 0;
  let logLengthSeen = 0;

  before(async () => {
    server = await Server.start({ driver, arguments: options.arguments ?? [] });
    client = new EtcdClient(server.address);
    await options.prepare?.(shared);
  });
  after(async () => {
    client?.close();
    await server?.remove();
  });
  afterEach((context) => {
    if (server === undefined) return;
    printLogOfFailure(context as TestContext, server, logLengthSeen);
    logLengthSeen = server.log().length;
  });

  const shared: Suite = {
    driver,
    get server() {
      return running(server);
    },
    get client() {
      return running(client);
    },
    prefix: () => {
      prefixCount += 1;
      return `/test-${prefixCount}/`;
    },
  };
  return shared;
}

/**
 * A server for one test only. It is removed after the test, and its log is printed when the test
 * failed.
 */
export async function ownServer(context: TestContext, options: Parameters<typeof Server.start>[0]) {
  const server = await Server.start(options);
  const client = new EtcdClient(server.address);
  context.after(async () => {
    client.close();
    printLogOfFailure(context, server, 0);
    await server.remove();
  });
  return { server, client };
}

function printLogOfFailure(context: TestContext, server: Server, logLengthSeen: number): void {
  if (passed(context)) return;
  const log = server.log().slice(logLengthSeen).slice(-logTailLengthMax);
  if (log !== '') context.diagnostic(`${context.name}\n${server.driver.name} on port ${server.port} logged:\n${log}`);
}

function running<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the server of this file runs only while its tests run');
  return value;
}

/** Node 24 has `passed`, but its published types lack it. */
function passed(context: TestContext): boolean {
  return (context as TestContext & { readonly passed: boolean }).passed;
}
