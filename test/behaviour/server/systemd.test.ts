import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { bindDatagramSocket } from '../../support/datagram-socket.ts';
import { FILE_DRIVERS, ownServer, temporaryDirectory, waitFor } from '../../support/index.ts';
import { onThisMachine } from '../../support/slowness.ts';

function notifySocket(context: TestContext, name: string) {
  const socket = bindDatagramSocket(name);
  context.after(() => socket.close());
  return socket;
}

for (const driver of FILE_DRIVERS) {
  for (const kind of ['a path', 'an abstract name'] as const) {
    test(`${driver.name}: READY and STOPPING are sent to systemd over a socket with ${kind}`, async (context) => {
      const path = join(temporaryDirectory(), 'notify');
      const name = kind === 'a path' ? path : `@${path}`;
      const socket = notifySocket(context, name);
      const { server, client } = await ownServer(context, { driver, environment: { NOTIFY_SOCKET: name } });
      await waitFor('systemd to be told', () => socket.received().includes('READY=1'));
      await client.put({ key: 'k' });
      assert.deepEqual(socket.received(), ['READY=1']);
      assert.deepEqual(await server.stop(), { status: 0, signal: null });
      assert.deepEqual(socket.received(), ['READY=1', 'STOPPING=1']);
    });
  }

  for (const name of ['/nowhere/notify', 'vsock:2:1']) {
    test(`${driver.name}: tine serves although it cannot notify systemd on ${name}, and logs a warning`, async (context) => {
      const { server, client } = await ownServer(context, { driver, environment: { NOTIFY_SOCKET: name } });
      await client.put({ key: 'k' });
      await waitFor('the log', () => server.log().includes('"msg":"systemd notification failed"'));
    });
  }

  test(`${driver.name}: a systemd that receives nothing does not delay the stop`, async (context) => {
    const name = join(temporaryDirectory(), 'notify');
    const socket = notifySocket(context, name);
    const { server, client } = await ownServer(context, { driver, environment: { NOTIFY_SOCKET: name } });
    await client.put({ key: 'k' });
    await waitFor('systemd to be told', () => socket.received().includes('READY=1'));
    socket.fill();
    const startMs = performance.now();
    assert.deepEqual(await server.stop(), { status: 0, signal: null });
    assert.ok(performance.now() - startMs < onThisMachine(5_000), 'it waits for systemd for a bounded time');
  });
}
