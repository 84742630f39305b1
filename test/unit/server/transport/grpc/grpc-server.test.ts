import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { DriverError, EtcdError, StatusCode } from '../../../../../src/errors.ts';
import type { Call, Method } from '../../../../../src/server/transport/grpc/method.ts';
import { WireError } from '../../../../../src/wire/wire-error.ts';
import { call, collect, echo, framed, messageBytesMax, messagesOf, open, startHarness } from '../grpc-harness.ts';

test('a unary call is answered with its message and status OK', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const session = client();
  for (const text of ['first', '', 'third']) {
    const reply = await call(session, echo.path, framed(text));
    assert.equal(reply.headers[':status'], 200);
    assert.equal(reply.headers['content-type'], 'application/grpc');
    assert.deepEqual(reply.messages.map(String), [text]);
    assert.equal(reply.trailers?.['grpc-status'], '0');
  }
});

test('concurrent calls on one connection each get their own reply', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const session = client();
  const replies = await Promise.all(
    Array.from({ length: 500 }, (_, index) => call(session, echo.path, framed(`message ${index}`))),
  );
  for (const [index, reply] of replies.entries()) assert.deepEqual(reply.messages.map(String), [`message ${index}`]);
});

test('a message that arrives byte by byte is the same message', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const stream = open(client(), echo.path);
  for (const byte of framed('slow')) {
    stream.write(Buffer.of(byte));
    await sleep(1);
  }
  stream.end();
  const reply = await collect(stream);
  assert.deepEqual(reply.messages.map(String), ['slow']);
});

test('a large message works in both directions', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const message = Buffer.alloc(messageBytesMax, 'x');
  const reply = await call(client(), echo.path, framed(message));
  assert.equal(reply.status, StatusCode.ok);
  assert.ok(reply.messages[0]?.equals(message));
});

test('a reply of 100 MiB in pieces arrives complete and delays no other call', async (context) => {
  const piece = Buffer.alloc(1024 * 1024, 'y');
  const large: Method = {
    path: '/test.Test/Large',
    kind: 'unary',
    handle: async () => Array.from({ length: 100 }, () => piece),
  };
  const { client } = await startHarness(context, [large, echo]);
  const session = client();
  let bytes = 0;
  const stream = open(session, large.path);
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  stream.end(framed(''));
  const small = await call(session, echo.path, framed('small'));
  assert.deepEqual(small.messages.map(String), ['small']);
  await once(stream, 'close');
  assert.equal(bytes, 5 + 100 * piece.length);
});

test("a request that is not a gRPC call is refused in grpc-go's words", async (context) => {
  const { client } = await startHarness(context, [echo]);
  const session = client();
  const cases = [
    { path: '/test.Test/Nothing', headers: {}, status: 12, text: 'unknown method Nothing for service test.Test' },
    { path: '/test.Other/Echo', headers: {}, status: 12, text: 'unknown service test.Other' },
    { path: 'nothing', headers: {}, status: 12, text: 'malformed method name: "nothing"' },
    {
      path: echo.path,
      headers: { 'content-type': 'application/json' },
      status: 3,
      text: 'invalid gRPC request content-type "application/json"',
      httpStatus: 415,
    },
    {
      path: echo.path,
      headers: { ':method': 'PUT' },
      status: 13,
      text: 'Received a HEADERS frame with :method "PUT" which should be POST',
      httpStatus: 405,
    },
    {
      path: echo.path,
      headers: { 'grpc-timeout': '5x' },
      status: 13,
      text: 'malformed grpc-timeout: "5x"',
      httpStatus: 400,
    },
    {
      path: echo.path,
      headers: { 'grpc-encoding': 'snappy' },
      status: 12,
      text: 'grpc: Decompressor is not installed for grpc-encoding "snappy"',
    },
  ];
  for (const { path, headers, status, text, httpStatus = 200 } of cases) {
    const reply = await call(session, path, framed('x'), headers);
    assert.deepEqual(
      { status: reply.status, text: reply.statusMessage, http: reply.headers[':status'], trailers: reply.trailers },
      { status, text, http: httpStatus, trailers: undefined },
    );
  }
  assert.equal((await call(session, echo.path, framed('x'))).status, StatusCode.ok);
});

test('an unknown encoding is refused with the list of supported ones', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const reply = await call(client(), echo.path, framed('x'), { 'grpc-encoding': 'zstd' });
  assert.equal(reply.headers['grpc-accept-encoding'], 'identity,gzip');
});

test('content types with a subtype or parameters are accepted', async (context) => {
  const { client } = await startHarness(context, [echo]);
  for (const type of ['application/grpc+proto', 'application/grpc;charset=utf-8']) {
    const reply = await call(client(), echo.path, framed('x'), { 'content-type': type });
    assert.equal(reply.status, StatusCode.ok);
  }
});

test('a compressed request is decompressed, within the size limit', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const session = client();
  const gzip = { 'grpc-encoding': 'gzip' };
  const small = await call(session, echo.path, framed(gzipSync('packed'), { compressed: true }), gzip);
  assert.deepEqual(small.messages.map(String), ['packed']);
  const plain = await call(session, echo.path, framed('plain'), gzip);
  assert.deepEqual(plain.messages.map(String), ['plain']);
  const bomb = gzipSync(Buffer.alloc(messageBytesMax + 1));
  const tooLarge = await call(session, echo.path, framed(bomb, { compressed: true }), gzip);
  assert.equal(tooLarge.status, StatusCode.resourceExhausted);
  const garbage = await call(session, echo.path, framed('garbage', { compressed: true }), gzip);
  assert.equal(garbage.status, StatusCode.internal);
  const unsaid = await call(session, echo.path, framed(gzipSync('x'), { compressed: true }));
  assert.equal(unsaid.status, StatusCode.internal);
});

test('a message over the limit is refused as soon as its length is known', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const stream = open(client(), echo.path);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(messageBytesMax + 1, 1);
  stream.write(prefix);
  const reply = await collect(stream);
  assert.equal(reply.status, StatusCode.resourceExhausted);
  assert.equal(
    reply.statusMessage,
    `grpc: received message larger than max (${messageBytesMax + 1} vs. ${messageBytesMax})`,
  );
});

test('a truncated or missing request is an error', async (context) => {
  const { client } = await startHarness(context, [echo]);
  const session = client();
  const short = await call(session, echo.path, framed('whole').subarray(0, 7));
  assert.deepEqual([short.status, short.statusMessage], [StatusCode.internal, 'unexpected EOF']);
  const none = await call(session, echo.path, Buffer.alloc(0));
  assert.equal(none.status, StatusCode.internal);
});

test('errors are returned as codes and texts, with any characters', async (context) => {
  let error: unknown;
  const failing: Method = {
    path: '/test.Test/Fail',
    kind: 'unary',
    handle: () => Promise.reject(error),
  };
  const { client, log } = await startHarness(context, [failing]);
  const session = client();
  const cases = [
    [new EtcdError(StatusCode.notFound, 'no "ünïcode" 100%'), StatusCode.notFound, 'no "%C3%BCn%C3%AFcode" 100%25'],
    [
      new WireError('cut off'),
      StatusCode.internal,
      'grpc: error unmarshalling request: proto: cannot parse invalid wire-format data',
    ],
    [new DriverError('busy', 'SELECT secret'), StatusCode.unavailable, 'etcdserver: request timed out'],
    [new DriverError('full', 'disk'), StatusCode.resourceExhausted, 'etcdserver: mvcc: database space exceeded'],
    [new TypeError('a bug'), StatusCode.internal, 'etcdserver: internal error'],
  ] as const;
  for (const [each, status, text] of cases) {
    error = each;
    const reply = await call(session, failing.path, framed(''));
    assert.deepEqual([reply.status, reply.statusMessage], [status, text]);
  }
  assert.ok(log.some((line) => line.includes('TypeError: a bug')));
});

test('a handler that throws synchronously is answered too', async (context) => {
  const throwing: Method = {
    path: '/test.Test/Throw',
    kind: 'unary',
    handle() {
      throw new EtcdError(StatusCode.invalidArgument, 'at once');
    },
  };
  const { client } = await startHarness(context, [throwing]);
  const reply = await call(client(), throwing.path, framed(''));
  assert.deepEqual([reply.status, reply.statusMessage], [StatusCode.invalidArgument, 'at once']);
});

test('a deadline ends a call and aborts its handler', async (context) => {
  const aborted = Promise.withResolvers<void>();
  const slow: Method = {
    path: '/test.Test/Slow',
    kind: 'unary',
    handle(_request, { signal }) {
      signal.addEventListener('abort', () => aborted.resolve());
      return new Promise(() => undefined);
    },
  };
  const { client, methods } = await startHarness(context, [slow]);
  const reply = await call(client(), slow.path, framed(''), { 'grpc-timeout': '100m' });
  assert.deepEqual([reply.status, reply.statusMessage], [StatusCode.deadlineExceeded, 'context deadline exceeded']);
  await aborted.promise;
  assert.equal(methods.metrics[0]?.handled[StatusCode.deadlineExceeded], 1);
});

test('a reset and a lost connection abort the calls', async (context) => {
  const calls: Call[] = [];
  const started = new EventTarget();
  const waiting: Method = {
    path: '/test.Test/Wait',
    kind: 'unary',
    handle(_request, theCall) {
      calls.push(theCall);
      started.dispatchEvent(new Event('call'));
      return new Promise((_resolve, reject) =>
        theCall.signal.addEventListener('abort', () => reject(theCall.signal.reason)),
      );
    },
  };
  const { client, methods } = await startHarness(context, [waiting]);
  for (const end of ['reset', 'destroy'] as const) {
    const session = client();
    const stream = open(session, waiting.path);
    const isStarted = once(started, 'call');
    stream.end(framed(''));
    await isStarted;
    const signal = calls.at(-1)?.signal;
    assert.equal(signal?.aborted, false);
    const aborted = once(signal as AbortSignal, 'abort');
    if (end === 'reset') stream.close(8);
    else session.destroy();
    await aborted;
  }
  assert.equal(methods.metrics[0]?.handled[StatusCode.canceled], 2);
});

test('a bidirectional call sends while it receives, and ends when its handler ends', async (context) => {
  const chat: Method = {
    path: '/test.Test/Chat',
    kind: 'bidirectional',
    async handle(stream) {
      for await (const message of stream.incoming(Buffer.from)) stream.send([message, Buffer.from('!')]);
    },
  };
  const { client } = await startHarness(context, [chat]);
  const stream = open(client(), chat.path);
  stream.write(framed('one'));
  const [first] = (await once(stream, 'data')) as [Buffer];
  assert.deepEqual(messagesOf(first).map(String), ['one', '!']);
  stream.end(framed('two'));
  const reply = await collect(stream);
  assert.deepEqual(reply.messages.map(String), ['two', '!']);
  assert.equal(reply.trailers?.['grpc-status'], '0');
});

test('a slow handler applies backpressure to its client', async (context) => {
  const go = Promise.withResolvers<void>();
  let received = 0;
  const slow: Method = {
    path: '/test.Test/SlowReader',
    kind: 'bidirectional',
    async handle(stream) {
      await go.promise;
      for await (const { length } of stream.incoming(Buffer.from)) received += length;
    },
  };
  const { client } = await startHarness(context, [slow, echo]);
  const session = client();
  const stream = open(session, slow.path);
  const message = framed(Buffer.alloc(64 * 1024));
  let isBlocked = false;
  for (let sent = 0; sent < 200 && !isBlocked; sent += 1) {
    if (stream.write(message)) continue;
    isBlocked = (await Promise.race([once(stream, 'drain'), sleep(300, 'blocked')])) === 'blocked';
  }
  assert.ok(isBlocked, 'the client could send 12 MiB to a handler that reads nothing');
  // The connection stays open.
  assert.equal((await call(session, echo.path, framed('x'))).status, StatusCode.ok);
  go.resolve();
  stream.end();
  const reply = await collect(stream);
  assert.equal(reply.status, StatusCode.ok);
  assert.ok(received > 0 && received % (64 * 1024) === 0);
});

test('a slow client applies backpressure to its handler', async (context) => {
  const blocked = Promise.withResolvers<number>();
  const flood: Method = {
    path: '/test.Test/Flood',
    kind: 'serverStream',
    async handle(_request, stream) {
      const message = Buffer.alloc(256 * 1024);
      let sent = 0;
      while (stream.send([message])) sent += 1;
      blocked.resolve(sent);
      await stream.drained();
      assert.ok(stream.pendingBytes <= 1024 * 1024);
      await stream.drained(16 * 1024);
      assert.ok(stream.pendingBytes <= 16 * 1024);
    },
  };
  const { client } = await startHarness(context, [flood]);
  const stream = open(client(), flood.path);
  stream.pause();
  stream.end(framed(''));
  const sent = await blocked.promise;
  assert.ok(sent > 3 && sent < 100, `${sent} messages were sent to a client that reads none`);
  stream.resume();
  const reply = await collect(stream);
  assert.equal(reply.messages.length, sent + 1);
});

test('metadata is available to handlers', async (context) => {
  const reading: Method = {
    path: '/test.Test/Read',
    kind: 'unary',
    handle: async (_request, theCall) =>
      Buffer.from(`${theCall.metadata('token')} ${theCall.metadata('none')} ${theCall.peer}`),
  };
  const { client } = await startHarness(context, [reading]);
  const reply = await call(client(), reading.path, framed(''), { token: 'abc', 'data-bin': '////' });
  assert.match(String(reply.messages[0]), /^abc undefined 127\.0\.0\.1:\d+$/);
});

test('stopping ends open-ended calls at once and completes the others', async (context) => {
  const finish = Promise.withResolvers<void>();
  const watching: Method = {
    path: '/test.Test/Watch',
    kind: 'bidirectional',
    handle: (_stream, { signal }) => once(signal, 'abort').then(() => undefined),
  };
  const working: Method = {
    path: '/test.Test/Work',
    kind: 'unary',
    async handle() {
      await finish.promise;
      return Buffer.from('done');
    },
  };
  const { client, grpc, http2 } = await startHarness(context, [watching, working]);
  const session = client();
  const watch = open(session, watching.path);
  const work = call(session, working.path, framed(''));
  watch.write(framed('x'));
  await sleep(50);
  http2.close();
  const stopped = grpc.stop();
  const watched = await collect(watch);
  assert.deepEqual([watched.status, watched.statusMessage], [StatusCode.unavailable, 'etcdserver: server stopped']);
  finish.resolve();
  assert.deepEqual((await work).messages.map(String), ['done']);
  await stopped;
  await http2.whenEmpty();
});

test('incomplete messages are counted until their calls end', async (context) => {
  const { client, held } = await startHarness(context, [echo]);
  const stream = open(client(), echo.path);
  const message = framed(Buffer.alloc(100_000));
  stream.write(message.subarray(0, 60_000));
  while (held.bytes < 60_000) await sleep(1);
  stream.end(message.subarray(60_000));
  await collect(stream);
  while (held.bytes > 0) await sleep(1);
  const cut = open(client(), echo.path);
  cut.write(message.subarray(0, 60_000));
  while (held.bytes < 60_000) await sleep(1);
  cut.close(8);
  while (held.bytes > 0) await sleep(1);
});
