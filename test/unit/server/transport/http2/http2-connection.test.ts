import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Method } from '../../../../../src/server/transport/grpc/method.ts';
import {
  clientPreface,
  ErrorCode,
  Flag,
  FrameType,
  Setting,
} from '../../../../../src/server/transport/http2/protocol.ts';
import { transportLimits } from '../../../../../src/server/transport/transport-limits.ts';
import { call, echo, framed, type HarnessOptions, startHarness } from '../grpc-harness.ts';
import { echoHeaders, field, frame, RawClient, setting, uint32 } from './raw-client.ts';

/** Reads nothing, so its client's window is not refilled. */
const deaf: Method = { path: '/test.Test/Deaf', kind: 'bidirectional', handle: () => new Promise(() => undefined) };

async function start(context: TestContext, options?: HarnessOptions) {
  const harness = await startHarness(context, [echo, deaf], options);
  return {
    harness,
    raw() {
      const client = new RawClient(harness.port);
      context.after(() => client.close());
      return client;
    },
  };
}

const open = (streamId: number, flags: number = Flag.endHeaders) =>
  frame(FrameType.headers, { flags, streamId, payload: echoHeaders });
const data = (streamId: number, payload: Buffer, flags = 0) => frame(FrameType.data, { flags, streamId, payload });
const ping = frame(FrameType.ping, { payload: Buffer.from('12345678') });

test('settings are sent first and acknowledged, and pings are answered', async (context) => {
  const { raw } = await start(context);
  const client = raw().start().send(ping);
  assert.equal((await client.next(FrameType.settings))?.flags, 0);
  assert.equal((await client.next(FrameType.settings))?.flags, Flag.ack);
  const answer = await client.next(FrameType.ping);
  assert.deepEqual([answer?.flags, String(answer?.payload)], [Flag.ack, '12345678']);
});

test('a call may have padding, a priority, CONTINUATION frames and trailers', async (context) => {
  const { raw } = await start(context);
  const body = framed('padded');
  const client = raw()
    .start()
    .send(
      frame(FrameType.headers, {
        flags: Flag.padded | Flag.priority,
        streamId: 1,
        payload: Buffer.concat([Buffer.of(2), uint32(0), Buffer.of(16), echoHeaders.subarray(0, 7), Buffer.alloc(2)]),
      }),
      frame(FrameType.continuation, { streamId: 1, payload: echoHeaders.subarray(7, 9) }),
      frame(FrameType.continuation, { flags: Flag.endHeaders, streamId: 1, payload: echoHeaders.subarray(9) }),
      data(1, Buffer.concat([Buffer.of(3), body, Buffer.alloc(3)]), Flag.padded),
      frame(FrameType.headers, { flags: Flag.endHeaders | Flag.endStream, streamId: 1, payload: field('x', 'y') }),
    );
  const answer = await client.next(FrameType.data);
  assert.deepEqual(answer?.payload, body);
  assert.equal((await client.next(FrameType.headers))?.flags, Flag.endHeaders | Flag.endStream);
});

const breaches: Readonly<Record<string, { readonly frames: readonly Buffer[]; readonly code: number }>> = {
  'a first frame other than SETTINGS': { frames: [ping], code: ErrorCode.protocolError },
  'a frame above the size limit': {
    frames: [frame(FrameType.settings), data(1, Buffer.alloc(16_385))],
    code: ErrorCode.frameSizeError,
  },
  'SETTINGS of the wrong size': {
    frames: [frame(FrameType.settings, { payload: Buffer.alloc(5) })],
    code: ErrorCode.frameSizeError,
  },
  'SETTINGS on a stream': { frames: [frame(FrameType.settings, { streamId: 1 })], code: ErrorCode.protocolError },
  'a window out of range': {
    frames: [frame(FrameType.settings, { payload: setting(Setting.initialWindowSize, 0x8000_0000) })],
    code: ErrorCode.flowControlError,
  },
  'a frame size out of range': {
    frames: [frame(FrameType.settings, { payload: setting(Setting.maxFrameSize, 100) })],
    code: ErrorCode.protocolError,
  },
  'a PING of the wrong size': {
    frames: [frame(FrameType.settings), frame(FrameType.ping, { payload: Buffer.alloc(7) })],
    code: ErrorCode.frameSizeError,
  },
  'a stream with an even number': { frames: [frame(FrameType.settings), open(2)], code: ErrorCode.protocolError },
  'DATA on a stream that was not opened': {
    frames: [frame(FrameType.settings), data(1, Buffer.alloc(1))],
    code: ErrorCode.protocolError,
  },
  'DATA on stream 0': {
    frames: [frame(FrameType.settings), data(0, Buffer.alloc(1))],
    code: ErrorCode.protocolError,
  },
  'more padding than the frame has bytes': {
    frames: [frame(FrameType.settings), open(1), data(1, Buffer.of(9, 1), Flag.padded)],
    code: ErrorCode.protocolError,
  },
  'a PUSH_PROMISE': {
    frames: [frame(FrameType.settings), frame(FrameType.pushPromise, { streamId: 1 })],
    code: ErrorCode.protocolError,
  },
  'a CONTINUATION without a header block': {
    frames: [frame(FrameType.settings), frame(FrameType.continuation, { streamId: 1 })],
    code: ErrorCode.protocolError,
  },
  'a frame within a header block': {
    frames: [frame(FrameType.settings), open(1, 0), ping],
    code: ErrorCode.protocolError,
  },
  'a window that overflows': {
    frames: [frame(FrameType.settings), frame(FrameType.windowUpdate, { payload: uint32(0x7fff_ffff) })],
    code: ErrorCode.flowControlError,
  },
  'a WINDOW_UPDATE of 0': {
    frames: [frame(FrameType.settings), frame(FrameType.windowUpdate, { payload: uint32(0) })],
    code: ErrorCode.protocolError,
  },
  'an invalid header block': {
    frames: [
      frame(FrameType.settings),
      frame(FrameType.headers, {
        flags: Flag.endHeaders,
        streamId: 1,
        payload: Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff),
      }),
    ],
    code: ErrorCode.compressionError,
  },
  'endless CONTINUATION frames': {
    frames: [
      frame(FrameType.settings),
      open(1, 0),
      ...Array.from({ length: 10_000 }, () => frame(FrameType.continuation, { streamId: 1 })),
    ],
    code: ErrorCode.enhanceYourCalm,
  },
  'a header list above the size limit': {
    frames: [
      frame(FrameType.settings),
      frame(FrameType.headers, {
        flags: Flag.endHeaders,
        streamId: 1,
        // One large field in the table, referenced a few thousand times.
        payload: Buffer.concat([
          Buffer.of(0x40, 1, 0x61, 0x7f, 0x81, 0x0f),
          Buffer.alloc(0x7f + 1921, 'v'),
          Buffer.alloc(5_000, 0xbe),
        ]),
      }),
    ],
    code: ErrorCode.enhanceYourCalm,
  },
};

for (const [name, { frames, code }] of Object.entries(breaches)) {
  test(`a connection is closed on ${name}`, async (context) => {
    const { raw, harness } = await start(context);
    assert.equal(
      await raw()
        .send(clientPreface, ...frames)
        .failure(),
      code,
    );
    const reply = await call(harness.client(), echo.path, framed('still there'));
    assert.equal(reply.status, 0);
  });
}

const malformed: Readonly<Record<string, Buffer>> = {
  'a header name in upper case': Buffer.concat([echoHeaders, field('X', 'y')]),
  'a line end in a header value': Buffer.concat([echoHeaders, field('x', 'a\nb')]),
  'a connection-specific header': Buffer.concat([echoHeaders, field('connection', 'close')]),
  'a pseudo-header after regular headers': Buffer.concat([echoHeaders, field(':authority', 'x')]),
  'a missing path': Buffer.concat([Buffer.of(0x83, 0x86), field('content-type', 'application/grpc')]),
  'a duplicate path': Buffer.concat([field(':path', '/a'), echoHeaders]),
};

for (const [name, payload] of Object.entries(malformed)) {
  test(`a stream is reset for ${name}`, async (context) => {
    const { raw } = await start(context);
    const client = raw().start();
    client.send(
      frame(FrameType.headers, { flags: Flag.endHeaders, streamId: 1, payload }),
      open(3),
      data(3, framed('x'), Flag.endStream),
    );
    const reset = await client.next(FrameType.rstStream);
    assert.deepEqual([reset?.streamId, reset?.payload.readUInt32BE(0)], [1, ErrorCode.protocolError]);
    assert.equal((await client.next(FrameType.data))?.streamId, 3);
  });
}

test('white space at the ends of a header value is accepted, as in grpc-go', async (context) => {
  const { raw } = await start(context);
  const client = raw().start();
  const payload = Buffer.concat([echoHeaders, field('user-agent', ' a client\t ')]);
  client.send(
    frame(FrameType.headers, { flags: Flag.endHeaders, streamId: 1, payload }),
    data(1, framed('x'), Flag.endStream),
  );
  assert.equal((await client.next(FrameType.data))?.streamId, 1);
});

test('streams above the limit are refused', async (context) => {
  const { raw } = await start(context, { maxConcurrentStreams: 2 });
  const client = raw().start().send(open(1), open(3), open(5));
  const reset = await client.next(FrameType.rstStream);
  assert.deepEqual([reset?.streamId, reset?.payload.readUInt32BE(0)], [5, ErrorCode.refusedStream]);
  client.send(data(1, framed('x'), Flag.endStream));
  assert.equal((await client.next(FrameType.data))?.streamId, 1);
  client.send(open(7), data(7, framed('x'), Flag.endStream));
  assert.equal((await client.next(FrameType.data))?.streamId, 7);
});

test('data waits for the windows, and trailers for the data', async (context) => {
  const { raw } = await start(context);
  const client = raw().start(setting(Setting.initialWindowSize, 0));
  client.send(open(1), data(1, framed('0123456789'), Flag.endStream));
  assert.equal((await client.next(FrameType.headers))?.flags, Flag.endHeaders);
  client.send(frame(FrameType.windowUpdate, { streamId: 1, payload: uint32(6) }));
  assert.equal((await client.next(FrameType.data))?.payload.length, 6);
  client.send(frame(FrameType.settings, { payload: setting(Setting.initialWindowSize, 4) }));
  assert.equal((await client.next(FrameType.data))?.payload.length, 4);
  client.send(frame(FrameType.windowUpdate, { streamId: 1, payload: uint32(1_000) }));
  assert.equal((await client.next(FrameType.data))?.payload.length, 5);
  assert.equal((await client.next(FrameType.headers))?.flags, Flag.endHeaders | Flag.endStream);
});

test('a client without a header table is sent headers that need no table', async (context) => {
  const { raw } = await start(context);
  const client = raw().start(setting(Setting.headerTableSize, 0));
  for (const streamId of [1, 3]) {
    client.send(open(streamId), data(streamId, framed('x'), Flag.endStream));
    const head = await client.next(FrameType.headers);
    assert.ok(head?.payload.includes('application/grpc'));
    const trailers = await client.next(FrameType.headers);
    assert.ok(trailers?.payload.includes('grpc-status'));
  }
});

test('a client that shrinks its table later receives the table size update', async (context) => {
  const { raw } = await start(context);
  const client = raw()
    .start()
    .send(open(1), data(1, framed('x'), Flag.endStream));
  await client.next(FrameType.data);
  client.send(frame(FrameType.settings, { payload: setting(Setting.headerTableSize, 0) }));
  client.send(open(3), data(3, framed('x'), Flag.endStream));
  const head = await client.next(FrameType.headers, ({ streamId }) => streamId === 3);
  assert.equal(head?.payload[0], 0x20, 'a table size update of 0');
  assert.ok(head?.payload.includes('application/grpc'));
});

test('data beyond the window resets the stream', async (context) => {
  const { raw } = await start(context);
  const payload = Buffer.concat([
    Buffer.of(0x83, 0x86),
    field(':path', deaf.path),
    field('content-type', 'application/grpc'),
  ]);
  const client = raw()
    .start()
    .send(frame(FrameType.headers, { flags: Flag.endHeaders, streamId: 1, payload }));
  const message = framed(Buffer.alloc(16_384 - 5));
  const count = transportLimits.streamWindowBytes / message.length + 6;
  client.send(...Array.from({ length: count }, () => data(1, message)));
  const reset = await client.next(FrameType.rstStream);
  assert.deepEqual([reset?.streamId, reset?.payload.readUInt32BE(0)], [1, ErrorCode.flowControlError]);
});

test('thousands of opened and reset streams end the connection and leave nothing behind', async (context) => {
  const { raw, harness } = await start(context);
  const client = raw().start();
  const count = transportLimits.idleFramesBurst + 2_000;
  const frames: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const streamId = 2 * index + 1;
    frames.push(open(streamId), frame(FrameType.rstStream, { streamId, payload: uint32(ErrorCode.cancel) }));
  }
  client.send(...frames);
  assert.equal(await client.failure(), ErrorCode.enhanceYourCalm);
  const [metrics] = harness.methods.metrics;
  assert.equal(metrics?.started, metrics?.handled[1]);
});

test('after GOAWAY from the client its calls are answered, then the connection ends', async (context) => {
  const { raw } = await start(context);
  const client = raw()
    .start()
    .send(open(1), frame(FrameType.goAway, { payload: Buffer.alloc(8) }));
  client.send(data(1, framed('last'), Flag.endStream));
  assert.deepEqual((await client.next(FrameType.data))?.payload, framed('last'));
  await client.closed();
});

test('after GOAWAY from the server accepted calls are answered and later ones are not', async (context) => {
  const { raw, harness } = await start(context);
  const client = raw().start().send(open(1), ping);
  await client.next(FrameType.ping);
  harness.http2.close();
  const goAway = await client.next(FrameType.goAway);
  assert.deepEqual([goAway?.payload.readUInt32BE(0), goAway?.payload.readUInt32BE(4)], [1, ErrorCode.noError]);
  client.send(open(3), data(3, framed('late'), Flag.endStream), data(1, framed('in time'), Flag.endStream));
  assert.equal((await client.next(FrameType.data))?.streamId, 1);
  await client.closed();
});

test('opened and dropped connections leave nothing behind', async (context) => {
  const { raw, harness } = await start(context);
  for (let round = 0; round < 10; round += 1) {
    const clients = Array.from({ length: 100 }, (_, index) => {
      const client = raw();
      if (index % 3 === 1) client.send(clientPreface.subarray(0, 10));
      if (index % 3 === 2) client.start().send(open(1));
      return client;
    });
    await sleep(20);
    for (const client of clients) client.close();
  }
  for (let waited = 0; harness.connections.count > 0 && waited < 200; waited += 1) await sleep(10);
  assert.equal(harness.connections.count, 0);
  const [metrics] = harness.methods.metrics;
  assert.equal(metrics?.started, metrics?.handled[1]);
});

test('random frames do not harm the server', async (context) => {
  const { raw, harness } = await start(context);
  const seed = Number(process.env.TINE_TEST_SEED ?? Date.now() % 1_000_000);
  context.diagnostic(`seed ${seed} (TINE_TEST_SEED)`);
  let state = seed >>> 0;
  const random = (below: number) => {
    // A linear congruential generator is random enough to choose frames.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 60; round += 1) {
    const client = raw().start();
    for (let count = 0; count < 40; count += 1) {
      const valid = random(3) === 0 ? echoHeaders : Buffer.from(Array.from({ length: random(30) }, () => random(256)));
      client.send(
        frame(random(11), {
          flags: random(2) === 0 ? random(256) : 4,
          streamId: random(2) === 0 ? 2 * random(8) + 1 : random(16),
          payload: valid,
        }),
      );
    }
    if (round % 10 === 0) await sleep(5);
    client.close();
  }
  const reply = await call(harness.client(), echo.path, framed('unharmed'));
  assert.equal(reply.status, 0);
  // A call with a reply has a log line too, for debugging.
  assert.deepEqual(
    harness.log.filter((line) => !line.includes('"request stats"')),
    [],
  );
});
