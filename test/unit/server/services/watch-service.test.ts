import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdError } from '../../../../src/errors.ts';
import type { ServiceContext } from '../../../../src/server/services/service-context.ts';
import { watchService } from '../../../../src/server/services/watch-service.ts';
import type { Call } from '../../../../src/server/transport/grpc/method.ts';
import { WatchRequest } from '../../../../src/wire/generated/etcdserverpb/watch.ts';
import { FakeStream } from '../../watch/fake-stream.ts';
import { settle, until, watching } from '../../watch/watching.ts';

test('a watch that is refused because too many reads wait is canceled with this reason', async (context) => {
  const { hub } = watching(context);
  const read = async () => {
    throw etcdError('tooManyRequests');
  };
  const [method] = watchService({ access: { read }, store: {} } as unknown as ServiceContext, hub);
  assert.ok(method?.kind === 'bidirectional');
  const stream = new FakeStream();
  const ended = new AbortController();
  async function* requests() {
    yield WatchRequest.encode({ requestUnion: { case: 'createRequest', value: { key: Buffer.from('k') } } });
  }
  const messages = {
    incoming: (parse: (bytes: Uint8Array) => unknown) => parsed(requests(), parse),
    send: (pieces: readonly (readonly Uint8Array[])[]) => stream.send(pieces),
    keep: (bytes: number) => stream.keep(bytes),
    drained: (bytesMax: number) => stream.drained(bytesMax),
    pendingBytes: 0,
  };
  const handled = method.handle(messages as never, { signal: ended.signal } as unknown as Call);
  await until('the watch is answered', () => stream.responses.length === 1);
  const [response] = stream.responses;
  assert.deepEqual(
    [response?.created, response?.canceled, response?.cancelReason],
    [true, true, 'rpc error: code = ResourceExhausted desc = etcdserver: too many requests'],
  );
  ended.abort();
  await handled;
});

test('the requests of a client that does not read its responses wait', async (context) => {
  const { hub } = watching(context);
  const services = { access: { read: async () => undefined }, store: {} } as unknown as ServiceContext;
  const [method] = watchService(services, hub);
  assert.ok(method?.kind === 'bidirectional');
  const stream = new FakeStream();
  stream.isSlow = true;
  let taken = 0;
  async function* requests() {
    for (; taken < 10_000; taken += 1) {
      const value = { key: Buffer.from('k'), watchId: BigInt(taken + 1) };
      yield WatchRequest.encode({ requestUnion: { case: 'createRequest', value } });
    }
  }
  const ended = new AbortController();
  const messages = {
    incoming: (parse: (bytes: Uint8Array) => unknown) => parsed(requests(), parse),
    send: (pieces: readonly (readonly Uint8Array[])[]) => stream.send(pieces),
    keep: (bytes: number) => stream.keep(bytes),
    drained: () => stream.drained(1_000),
    get pendingBytes() {
      return stream.pendingBytes;
    },
  };
  const handled = method.handle(messages as never, { signal: ended.signal } as unknown as Call);
  await until('the stream is full', () => stream.pendingBytes > 1_000);
  await settle();
  assert.ok(taken < 100, `${taken} requests were taken`);
  stream.takeAll();
  await until('all are served', () => stream.responses.length === 10_000);
  ended.abort();
  await handled;
});

async function* parsed(messages: AsyncIterable<Uint8Array>, parse: (bytes: Uint8Array) => unknown) {
  for await (const message of messages) yield parse(message);
}
