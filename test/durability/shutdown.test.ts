import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import {
  EtcdClient,
  FILE_DRIVERS,
  failureOf,
  onePerDialect,
  ownServer,
  RpcError,
  sleep,
  TINE_DRIVERS,
} from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: after SIGTERM running requests are answered and the process ends with status 0`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    let stopping = false;
    const acknowledged: string[] = [];
    const refused: string[] = [];
    const writer = async (name: string) => {
      for (let count = 0; ; count += 1) {
        const key = `k/${name}/${count}`;
        try {
          await client.put({ key });
          acknowledged.push(key);
        } catch (error) {
          assert.ok(error instanceof RpcError, String(error));
          assert.ok(stopping, `refused before the end: ${error.message}`);
          refused.push(error.code);
          return;
        }
      }
    };
    const writers = Array.from({ length: 16 }, (_, index) => writer(`${index}`));
    await sleep(300);
    stopping = true;
    const exit = await server.stop();
    await Promise.all(writers);
    assert.deepEqual(exit, { status: 0, signal: null });
    assert.deepEqual([...new Set(refused)], ['UNAVAILABLE']);
    await server.start();
    client.reconnect();
    for (const key of acknowledged) assert.equal((await client.range({ key })).count, 1, key);
  });

  test(`${driver.name}: SIGTERM ends watches and keepalive streams without waiting for their clients`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const watch = client.watch();
    await watch.create({ key: 'k' });
    const keepAlive = client.keepAlive();
    await keepAlive.renew((await client.leaseGrant({ TTL: 60 })).ID);
    const started = Date.now();
    const exit = await server.stop();
    assert.equal(exit.status, 0);
    assert.ok(Date.now() - started < onThisMachine(5_000), `it took ${Date.now() - started} ms`);
    const error = await watch.ended();
    assert.ok(error === undefined || ['UNAVAILABLE', 'CANCELLED'].includes(error.code), error?.message);
    assert.equal((await failureOf(client.range({ key: 'k' }, { deadlineMs: 500 }))).details.length > 0, true);
  });

  test(`${driver.name}: a second SIGTERM ends the process at once`, async (context) => {
    const { server } = await ownServer(context, { driver });
    const idle = new EtcdClient(server.address);
    const watch = idle.watch();
    await watch.create({ key: 'k' });
    const started = Date.now();
    server.signal('SIGTERM');
    await sleep(5);
    if (isRunning(server.pid)) server.signal('SIGTERM');
    await server.exited();
    idle.close();
    assert.ok(Date.now() - started < onThisMachine(2_000), `it took ${Date.now() - started} ms`);
  });

  test(`${driver.name}: SIGINT works like SIGTERM`, async (context) => {
    const { server } = await ownServer(context, { driver });
    server.signal('SIGINT');
    assert.deepEqual(await server.exited(), { status: 0, signal: null });
  });
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: SIGUSR1 and SIGUSR2 have no effect, and open no debugger`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    server.signal('SIGUSR1');
    server.signal('SIGUSR2');
    await sleep(300);
    await client.put({ key: 'k' });
    assert.doesNotMatch(server.log(), /debugger/i);
    assert.deepEqual(await server.stop(), { status: 0, signal: null });
  });

  test(`${driver.name}: a stopped server leaves no write-ahead log to replay`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    for (let index = 0; index < 50; index += 1) await client.put({ key: `k/${index}`, value: 'x' });
    await server.stop();
    assert.deepEqual(
      readdirSync(server.dataDirectory).filter((name) => name.endsWith('-wal')),
      [],
    );
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
