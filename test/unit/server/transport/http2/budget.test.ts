/** The budget of one connection. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Method } from '../../../../../src/server/transport/grpc/method.ts';
import { IdleFrames, sharedIdleFrames } from '../../../../../src/server/transport/http2/idle-frames.ts';
import { ErrorCode, Flag, FrameType, Setting } from '../../../../../src/server/transport/http2/protocol.ts';
import { transportLimits } from '../../../../../src/server/transport/transport-limits.ts';
import { waitFor } from '../../../../support/index.ts';
import { call, echo, framed, startHarness } from '../grpc-harness.ts';
import { echoHeaders, field, frame, RawClient, setting, uint32 } from './raw-client.ts';

/** A method that reads no message. */
const deaf: Method = { path: '/test.Test/Deaf', kind: 'bidirectional', handle: () => new Promise(() => undefined) };
const deafHeaders = Buffer.concat([
  Buffer.of(0x83, 0x86),
  field(':path', deaf.path),
  field('content-type', 'application/grpc'),
]);

async function start(context: TestContext, methods: readonly Method[] = [echo, deaf]) {
  const harness = await startHarness(context, methods, { maxConcurrentStreams: 0xffff_ffff });
  return {
    harness,
    raw() {
      const client = new RawClient(harness.port);
      context.after(() => client.close());
      return client;
    },
  };
}

const open = (streamId: number, payload = echoHeaders, flags = 0) =>
  frame(FrameType.headers, { flags: Flag.endHeaders | flags, streamId, payload });
const data = (streamId: number, payload: Buffer, flags = 0) => frame(FrameType.data, { flags, streamId, payload });
const acknowledgement = frame(FrameType.settings, { flags: Flag.ack });
const many = transportLimits.idleFramesBurst + 2_000;

/** Frames that carry no request. */
const floods: Readonly<Record<string, (index: number) => readonly Buffer[]>> = {
  'streams that are opened and reset': (index) => [
    open(2 * index + 1),
    frame(FrameType.rstStream, { streamId: 2 * index + 1, payload: uint32(ErrorCode.cancel) }),
  ],
  'streams that the server has to reset': (index) => [
    open(2 * index + 1),
    frame(FrameType.windowUpdate, { streamId: 2 * index + 1, payload: uint32(0) }),
  ],
  'malformed requests': (index) => [open(2 * index + 1, Buffer.of(0x83, 0x86))],
  settings: () => [frame(FrameType.settings, { payload: setting(Setting.maxFrameSize, 16_384) })],
  'empty settings': () => [frame(FrameType.settings)],
  'acknowledged settings': () => [acknowledgement],
  priorities: () => [frame(FrameType.priority, { streamId: 1, payload: Buffer.alloc(5) })],
  'window updates': () => [frame(FrameType.windowUpdate, { payload: uint32(1) })],
  'empty data': (index) => [...(index === 0 ? [open(1)] : []), data(1, Buffer.alloc(0))],
  'frames of an unknown type': () => [frame(0x42)],
};

for (const [name, frames] of Object.entries(floods)) {
  test(`a connection that sends ${name} without end is closed with ENHANCE_YOUR_CALM`, async (context) => {
    const { raw, harness } = await start(context);
    const client = raw().start();
    client.send(...Array.from({ length: many }, (_, index) => frames(index)).flat());
    assert.equal(await client.failure(), ErrorCode.enhanceYourCalm);
    assert.match(harness.log.join('\n'), /frames that carry no request/);
    assert.equal((await call(harness.client(), echo.path, framed('served'))).status, 0);
    while (harness.held.bytes > 0) await sleep(1);
  });
}

test('while many connections flood together, each may send less, and one that sends little is served', async (context) => {
  const { raw } = await start(context);
  const priorities = (count: number) =>
    Buffer.concat(new Array(count).fill(frame(FrameType.priority, { streamId: 1, payload: Buffer.alloc(5) })));
  const floodCount = Math.ceil((2 * transportLimits.sharedIdleFramesBurst) / (transportLimits.idleFramesBurst - 1_000));
  const clients = Array.from({ length: floodCount }, () => raw().start());
  for (const client of clients) client.send(priorities(transportLimits.idleFramesBurst - 1_000));
  const failures = clients.map((client) => client.failure());
  assert.equal(await Promise.race(failures), ErrorCode.enhanceYourCalm, 'alone it would be within its limit');
  const modest = raw().start();
  modest.send(priorities(transportLimits.idleFramesBurstMin / 2), open(1), data(1, framed('x'), Flag.endStream));
  assert.ok(await modest.next(FrameType.data, ({ streamId }) => streamId === 1));
});

const largeBytes = 16_000;

/** A method whose replies are large. */
function large(onStart: () => void = () => undefined): Method {
  return {
    path: '/test.Test/Large',
    kind: 'unary',
    handle: async () => {
      onStart();
      return Buffer.alloc(largeBytes);
    },
  };
}

/** Sends requests for large replies, with windows for all of them, and reads nothing. */
function requestLarge(client: RawClient, count: number): RawClient {
  const headers = Buffer.concat([
    Buffer.of(0x83, 0x86),
    field(':path', large().path),
    field('content-type', 'application/grpc'),
  ]);
  client.stopReading();
  client.start(setting(Setting.initialWindowSize, 1_000_000_000));
  client.send(frame(FrameType.windowUpdate, { payload: uint32(1_000_000_000) }));
  const requests = Array.from({ length: count }, (_, index) => [
    open(2 * index + 1, headers),
    data(2 * index + 1, framed(''), Flag.endStream),
  ]);
  return client.send(...requests.flat());
}

test('answers of other connections do not raise the limit that all share', () => {
  const shared = sharedIdleFrames();
  const busy = new IdleFrames(shared);
  const flooding = new IdleFrames(shared);
  while (shared.allows(1_000));
  busy.giveBack(1_000_000);
  assert.ok(flooding.allows(transportLimits.idleFramesBurstMin));
  assert.equal(flooding.allows(transportLimits.idleFramesBurstMin), false);
});

test('while a client reads nothing, its connection starts no requests beyond what its output may hold', async (context) => {
  let startedCount = 0;
  const onStart = () => {
    startedCount += 1;
  };
  const { raw } = await start(context, [large(onStart)]);
  const requestCount = 20_000;
  const client = requestLarge(raw(), requestCount);
  let before = -1;
  while (before !== startedCount || startedCount === 0) {
    before = startedCount;
    await sleep(300);
  }
  assert.ok(startedCount * largeBytes < 4 * transportLimits.connectionOutputBytesMax, `${startedCount} answers`);
  client.readOn();
  const last = await client.next(FrameType.data, ({ streamId }) => streamId === 2 * requestCount - 1);
  assert.ok(last !== undefined, 'all are answered when the client reads');
});

test('what all clients leave unread in sockets counts together, and is forgotten when they close', async (context) => {
  const { raw, harness } = await start(context, [large()]);
  const clients = Array.from({ length: 40 }, () => requestLarge(raw(), 1_000));
  await waitFor('many unread bytes', () => harness.unread.bytes > transportLimits.unreadBytesMax);
  await sleep(500);
  const boundBytes = transportLimits.unreadBytesMax + clients.length * 2 * transportLimits.connectionOutputBytesMark;
  assert.ok(harness.unread.bytes < boundBytes, `${harness.unread.bytes} bytes`);
  for (const client of clients) client.close();
  await waitFor('no unread bytes', () => harness.unread.bytes === 0);
});

test('a connection that broke a limit is closed soon, also if its client does not read', async (context) => {
  const { raw, harness } = await start(context);
  const client = raw();
  client.stopReading();
  client.start();
  // Acknowledgements fill the buffers of the operating system.
  const settings = Buffer.concat(new Array(4_000).fill(frame(FrameType.settings)));
  for (let count = 0; count < 10; count += 1) client.send(settings);
  await waitFor('an excessive load', () => /carry no request/.test(harness.log.join('\n')));
  await waitFor('the end of the connection', () => harness.connections.count === 0);
});

test('a status text that quotes a long path is cut', async (context) => {
  const { harness } = await start(context);
  const { statusMessage } = await call(harness.client(), `/${'ü'.repeat(2_000)}/method`, framed('x'));
  assert.match(decodeURIComponent(statusMessage), /^unknown service ü{900,1100}\.\.\. \(\d+ more characters\)$/);
});

test('headers of a stream that depends on itself end the connection', async (context) => {
  const { raw } = await start(context);
  const client = raw().start();
  client.send(open(1, Buffer.concat([uint32(1), Buffer.of(0), echoHeaders]), Flag.priority));
  assert.equal(await client.failure(), ErrorCode.protocolError);
});

test('a frame with 2,730 window sizes is charged for every stream that it changes', async (context) => {
  const { raw } = await start(context);
  const client = raw().start();
  client.send(...Array.from({ length: 1_000 }, (_, index) => open(2 * index + 1)));
  const sizes = Array.from({ length: 2_730 }, (_, index) => setting(Setting.initialWindowSize, 60_000 + (index % 2)));
  client.send(frame(FrameType.settings, { payload: Buffer.concat(sizes) }));
  assert.equal(await client.failure(), ErrorCode.enhanceYourCalm);
});

test('replies earn budget for the window updates of their client', async (context) => {
  const { raw } = await start(context);
  const client = raw().start(setting(Setting.initialWindowSize, 100_000));
  for (let index = 0; index < many; index += 1) {
    const streamId = 2 * index + 1;
    const update = frame(FrameType.windowUpdate, { payload: uint32(6) });
    client.send(open(streamId), data(streamId, framed('x'), Flag.endStream), update, update);
    if (index % 500 === 0) await client.next(FrameType.data, (answer) => answer.streamId === streamId);
  }
  assert.ok(await client.next(FrameType.data, (answer) => answer.streamId === 2 * many - 1));
});

test('messages larger than a window get more window when their connection has memory, and all complete', async (context) => {
  const { raw, harness } = await start(context);
  const client = raw().start().send(acknowledgement);
  const message = framed(Buffer.alloc(1_000_000, 'x'));
  const streamIds = Array.from({ length: 40 }, (_, index) => 2 * index + 1);
  const firstBytes = transportLimits.streamWindowBytes;
  const sent = new Map(streamIds.map((streamId) => [streamId, firstBytes]));
  for (const streamId of streamIds) client.send(open(streamId), data(streamId, message.subarray(0, firstBytes)));
  while (harness.held.bytes < streamIds.length * firstBytes) await sleep(1);
  await sleep(50);
  const bound = streamIds.length * 2 * firstBytes + 2 * transportLimits.connectionReservedBytesMax;
  let answered = 0;
  while (answered < streamIds.length) {
    const update = await client.next(FrameType.windowUpdate, ({ streamId }) => streamId > 0);
    assert.ok(update !== undefined);
    const { streamId } = update;
    const from = sent.get(streamId) ?? 0;
    const end = Math.min(message.length, from + update.payload.readUInt32BE(0));
    sent.set(streamId, end);
    for (let at = from; at < end; at += 16_384) {
      const until = Math.min(end, at + 16_384);
      client.send(data(streamId, message.subarray(at, until), until === message.length ? Flag.endStream : 0));
    }
    assert.ok(harness.held.bytes <= bound, `${harness.held.bytes} bytes are held`);
    if (from < end && end === message.length) answered += 1;
  }
  client.close();
  while (harness.held.bytes > 0) await sleep(1);
});

test('a large request keeps its memory until it is answered, and others wait for it', async (context) => {
  const answers: (() => void)[] = [];
  const slow: Method = {
    path: '/test.Test/Slow',
    kind: 'unary',
    handle: () => new Promise((resolve) => answers.push(() => resolve(Buffer.alloc(100_000)))),
  };
  const { raw } = await start(context, [slow]);
  const client = raw().start().send(acknowledgement);
  const headers = Buffer.concat([
    Buffer.of(0x83, 0x86),
    field(':path', slow.path),
    field('content-type', 'application/grpc'),
  ]);
  const message = framed(Buffer.alloc(1_000_000, 'x'));
  const first = message.subarray(0, transportLimits.streamWindowBytes);
  const isOfStream = ({ streamId }: { readonly streamId: number }) => streamId > 0;
  const sendRest = (streamId: number) => {
    for (let at = first.length; at < message.length; at += 16_384) {
      const isEnd = at + 16_384 >= message.length;
      client.send(data(streamId, message.subarray(at, at + 16_384), isEnd ? Flag.endStream : 0));
    }
  };
  const fitting = Math.floor(transportLimits.connectionReservedBytesMax / (message.length - first.length));
  for (let index = 0; index < 2 * fitting; index += 1)
    client.send(open(2 * index + 1, headers), data(2 * index + 1, first));
  for (let count = 0; count < fitting; count += 1) {
    const update = await client.next(FrameType.windowUpdate, isOfStream);
    sendRest(update?.streamId ?? 0);
  }
  while (answers.length < fitting) await sleep(1);
  const next = client.next(FrameType.windowUpdate, isOfStream);
  assert.equal(await Promise.race([next, sleep(50, 'none')]), 'none');
  // A client that does not read the replies does not stop its own requests.
  for (const answer of answers) answer();
  assert.equal((await next)?.streamId, 2 * fitting + 1);
});

test('a connection that makes a handler keep much of its messages is closed, and everything is released', async (context) => {
  const keeping: Method = {
    path: '/test.Test/Keep',
    kind: 'bidirectional',
    async handle({ incoming, keep }) {
      for await (const length of incoming((message) => message.length)) keep(length);
    },
  };
  const { raw, harness } = await start(context, [keeping]);
  const client = raw().start().send(acknowledgement);
  const headers = Buffer.concat([
    Buffer.of(0x83, 0x86),
    field(':path', keeping.path),
    field('content-type', 'application/grpc'),
  ]);
  client.send(open(1, headers));
  const message = framed(Buffer.alloc(10_000));
  const isOfStream = ({ streamId }: { readonly streamId: number }) => streamId === 1;
  let count = 0;
  do {
    client.send(data(1, message));
    count += 1;
  } while ((await client.next(FrameType.windowUpdate, isOfStream)) !== undefined);
  assert.ok(Math.abs(count - transportLimits.connectionHeldBytesMax / 10_000) < 5, `after ${count} messages`);
  assert.equal(await client.failure(), ErrorCode.enhanceYourCalm);
  assert.equal(harness.held.bytes, 0);
});

test("a stream may use the protocol's default window until its client acknowledges ours", async (context) => {
  const { raw } = await start(context);
  const client = raw().start();
  const message = framed(Buffer.alloc(65_000));
  client.send(open(1));
  for (let at = 0; at < message.length; at += 16_384) client.send(data(1, message.subarray(at, at + 16_384)));
  client.send(acknowledgement, data(1, Buffer.alloc(0), Flag.endStream));
  assert.equal((await client.next(FrameType.data))?.streamId, 1);
});

test('messages that their handler does not read are held as received, up to a window', async (context) => {
  const { raw, harness } = await start(context);
  const client = raw().start().send(acknowledgement);
  const empty = Buffer.alloc(16_380);
  client.send(open(1, deafHeaders), data(1, empty));
  while (harness.held.bytes < empty.length) await sleep(1);
  client.send(data(1, empty));
  const reset = await client.next(FrameType.rstStream);
  assert.deepEqual([reset?.streamId, reset?.payload.readUInt32BE(0)], [1, ErrorCode.flowControlError]);
  while (harness.held.bytes > 0) await sleep(1);
});

test('a single byte of a message does not keep its whole input buffer', async (context) => {
  const { raw, harness } = await start(context);
  const client = raw().start().send(acknowledgement);
  client.send(open(1), data(1, Buffer.concat([framed(Buffer.alloc(100)).subarray(0, 7)])));
  while (harness.held.bytes < 7) await sleep(1);
  assert.ok(harness.held.bytes < 2 * transportLimits.streamBytes + 1_000);
});

test('a connection that opens streams without end is closed before they use much memory', async (context) => {
  const { raw, harness } = await start(context);
  const client = raw().start();
  const count = Math.ceil(transportLimits.connectionHeldBytesMax / transportLimits.streamBytes);
  for (let index = 0; index < count; index += 1_000) {
    client.send(...Array.from({ length: 1_000 }, (_, at) => open(2 * (index + at) + 1)));
    await sleep(0);
  }
  assert.equal(await client.failure(), ErrorCode.enhanceYourCalm);
  assert.match(harness.log.join('\n'), /too much memory/);
  while (harness.held.bytes > 0) await sleep(1);
});

const lengths: readonly (readonly string[])[] = [['0x10'], ['1e3'], [' '], ['-1'], ['5', '6'], ['1 ']];
for (const values of lengths) {
  test(`a content-length of ${JSON.stringify(values)} is malformed`, async (context) => {
    const { raw } = await start(context);
    const fields = values.map((value) => field('content-length', value));
    const client = raw().start();
    client.send(open(1, Buffer.concat([echoHeaders, ...fields])));
    const reset = await client.next(FrameType.rstStream);
    assert.equal(reset?.payload.readUInt32BE(0), ErrorCode.protocolError);
  });
}

test('headers that end the stream but announce a body are malformed', async (context) => {
  const { raw } = await start(context);
  const client = raw().start();
  client.send(open(1, Buffer.concat([echoHeaders, field('content-length', '5')]), Flag.endStream));
  assert.equal((await client.next(FrameType.rstStream))?.payload.readUInt32BE(0), ErrorCode.protocolError);
});

const characters = {
  'a line feed in a value': ['x', 'a\nb'],
  'a zero in a value': ['x', 'a\0'],
  'a space in a name': ['x y', 'z'],
};
for (const [name, [fieldName = '', value = '']] of Object.entries(characters)) {
  test(`a header with ${name} is malformed`, async (context) => {
    const { raw } = await start(context);
    const client = raw().start();
    client.send(open(1, Buffer.concat([echoHeaders, field(fieldName, value)])));
    assert.equal((await client.next(FrameType.rstStream))?.payload.readUInt32BE(0), ErrorCode.protocolError);
  });
}

test('a malformed header is malformed again when it comes from the table, and its name makes others malformed', async (context) => {
  const { raw } = await start(context);
  const client = raw().start();
  // A literal that enters the table, the entry itself, and a literal with the name of the entry.
  const literal = field('x y', 'z');
  literal[0] = 0x40;
  const blocks = [literal, Buffer.of(0xbe), Buffer.concat([Buffer.of(0x0f, 0x2f, 1), Buffer.from('a')])];
  for (const [index, block] of blocks.entries()) {
    client.send(open(2 * index + 1, Buffer.concat([echoHeaders, block])));
    assert.equal((await client.next(FrameType.rstStream))?.payload.readUInt32BE(0), ErrorCode.protocolError);
  }
});

test('a connection whose messages decompress to hundreds of times their size is closed', async (context) => {
  const { raw } = await start(context);
  const client = raw().start();
  const packed = gzipSync(Buffer.alloc(1_000_000));
  const message = framed(packed);
  message[0] = 1;
  const headers = Buffer.concat([echoHeaders, field('grpc-encoding', 'gzip')]);
  for (let index = 0; index < 40; index += 1) {
    client.send(open(2 * index + 1, headers), data(2 * index + 1, message, Flag.endStream));
  }
  assert.equal(await client.failure(), ErrorCode.enhanceYourCalm);
});
