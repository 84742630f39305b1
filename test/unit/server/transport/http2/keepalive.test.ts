import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Method } from '../../../../../src/server/transport/grpc/method.ts';
import { ErrorCode, Flag, FrameType } from '../../../../../src/server/transport/http2/protocol.ts';
import { echo, framed, type HarnessOptions, startHarness } from '../grpc-harness.ts';
import { echoHeaders, frame, RawClient } from './raw-client.ts';

/** Reads from its client and sends nothing. */
const silent: Method = { path: '/test.Test/Echo', kind: 'bidirectional', handle: () => new Promise(() => undefined) };

async function start(context: TestContext, method: Method, keepalive: Partial<HarnessOptions['keepalive']>) {
  const harness = await startHarness(context, [method], {
    keepalive: { clientIntervalMinMs: 60_000, intervalMs: 3_600_000, timeoutMs: 20_000, ...keepalive },
  });
  const client = new RawClient(harness.port).start();
  context.after(() => client.close());
  return client;
}

const ping = frame(FrameType.ping, { payload: Buffer.from('12345678') });
const acknowledgement = frame(FrameType.ping, { flags: Flag.ack, payload: Buffer.alloc(8) });
const open = frame(FrameType.headers, { flags: Flag.endHeaders, streamId: 1, payload: echoHeaders });

for (const [what, before] of [
  ['too often', [open]],
  ['without a stream', []],
] as const) {
  test(`a client that pings ${what} is tolerated twice, then warned and disconnected, as by gRPC servers`, async (context) => {
    const client = await start(context, silent, {});
    client.send(...before, ping, ping, ping);
    for (let count = 0; count < 3; count += 1) assert.equal((await client.next(FrameType.ping))?.flags, Flag.ack);
    client.send(ping);
    const goodbye = await client.next(FrameType.goAway);
    assert.equal(goodbye?.payload.readUInt32BE(4), ErrorCode.enhanceYourCalm);
    assert.equal(String(goodbye?.payload.subarray(8)), 'too_many_pings');
    await client.closed();
  });
}

test('a client that pings rarely enough stays connected', async (context) => {
  const client = await start(context, silent, { clientIntervalMinMs: 20 });
  client.send(open);
  for (let count = 0; count < 6; count += 1) {
    client.send(ping);
    assert.equal((await client.next(FrameType.ping))?.flags, Flag.ack);
    await sleep(30);
  }
});

test('pings after replies are allowed, because clients use them to measure a connection', async (context) => {
  const client = await start(context, echo, {});
  for (let call = 0; call < 6; call += 1) {
    const streamId = 2 * call + 1;
    client.send(
      frame(FrameType.headers, { flags: Flag.endHeaders, streamId, payload: echoHeaders }),
      frame(FrameType.data, { flags: Flag.endStream, streamId, payload: framed('x') }),
    );
    await client.next(FrameType.data);
    client.send(ping);
    assert.equal((await client.next(FrameType.ping))?.flags, Flag.ack);
  }
});

test('a silent client is pinged, and stays connected when it answers', async (context) => {
  const client = await start(context, silent, { intervalMs: 300, timeoutMs: 400 });
  for (let round = 0; round < 3; round += 1) {
    const asked = await client.next(FrameType.ping);
    assert.equal(asked?.flags, 0);
    client.send(acknowledgement);
  }
});

test('a client that does not answer a ping is disconnected', async (context) => {
  const client = await start(context, silent, { intervalMs: 300, timeoutMs: 400 });
  assert.equal((await client.next(FrameType.ping))?.flags, 0);
  await client.closed();
});
