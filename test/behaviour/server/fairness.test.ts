/**
 * One client cannot delay the others: requests take turns, and cancelled requests are not started.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { limits } from '../../../src/limits.ts';
import { ErrorCode, Flag, FrameType, Setting } from '../../../src/server/transport/http2/protocol.ts';
import { DRIVERS, EtcdClient, prefixEnd, suite, waitFor, withPrefix } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';
import { onThisMachine } from '../../support/slowness.ts';
import { framed } from '../../unit/server/transport/grpc-harness.ts';
import { field, frame, RawClient, setting, uint32 } from '../../unit/server/transport/http2/raw-client.ts';

const keyCount = 1_000;
/** Without other clients a reply takes some milliseconds. */
const answerMsMax = 1_000;

function lengthPrefixed(field: number, bytes: string | Buffer): Buffer {
  const value = Buffer.from(bytes);
  assert.ok(value.length < 128);
  return Buffer.concat([Buffer.of((field << 3) | 2, value.length), value]);
}

/** The frames of a unary call. */
function call(streamId: number, path: string, message: Buffer): Buffer {
  const headers = Buffer.concat([
    // :method POST, :scheme http
    Buffer.of(0x83, 0x86),
    field(':path', path),
    field('content-type', 'application/grpc'),
    field('te', 'trailers'),
  ]);
  return Buffer.concat([
    frame(FrameType.headers, { flags: Flag.endHeaders, streamId, payload: headers }),
    frame(FrameType.data, { flags: Flag.endStream, streamId, payload: framed(message) }),
  ]);
}

function list(streamId: number, prefix: string): Buffer {
  const request = Buffer.concat([lengthPrefixed(1, prefix), lengthPrefixed(2, prefixEnd(prefix))]);
  return call(streamId, '/etcdserverpb.KV/Range', request);
}

function put(streamId: number, key: string): Buffer {
  return call(streamId, '/etcdserverpb.KV/Put', Buffer.concat([lengthPrefixed(1, key), lengthPrefixed(2, 'value')]));
}

function reset(streamId: number): Buffer {
  return frame(FrameType.rstStream, { streamId, payload: uint32(ErrorCode.cancel) });
}

/** Streams of a client from `first` on. */
function streamIds(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => 2 * (first + index) + 1);
}

for (const driver of DRIVERS) {
  const large = '/large/';
  const shared = suite(driver, {
    prepare: async ({ client }) => {
      for (let start = 0; start < keyCount; start += 100) {
        const success = Array.from({ length: 100 }, (_, index) => ({
          request_put: { key: `${large}${start + index}`, value: 'x'.repeat(100) },
        }));
        await client.txn({ success });
      }
    },
  });

  /** A client that reads no replies: the windows of its streams are 0. */
  function hostile(context: TestContext): RawClient {
    const client = new RawClient(shared.server.port).start(setting(Setting.initialWindowSize, 0));
    context.after(() => client.close());
    return client;
  }

  /** The slowest of some requests of a well-behaved client, in milliseconds. */
  async function slowestAnswerMs(context: TestContext): Promise<number> {
    const client = new EtcdClient(shared.server.address);
    context.after(() => client.close());
    const key = shared.prefix();
    let slowestMs = 0;
    for (let round = 0; round < 5; round += 1) {
      for (const ask of [
        () => client.put({ key: `${key}${round}`, value: 'a' }),
        () => client.range({ key: `${key}${round}` }),
        () => client.range(withPrefix(key)),
      ]) {
        const startMs = performance.now();
        await ask();
        slowestMs = Math.max(slowestMs, performance.now() - startMs);
      }
    }
    return slowestMs;
  }

  async function metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const samples = (await scrape(shared.server)).get(name)?.samples ?? [];
    const matching = samples.filter((sample) =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return matching.reduce((sum, { value }) => sum + value, 0);
  }

  test(`${driver.name}: reset list requests are not executed and delay no other client`, async (context) => {
    const count = 2_500;
    const client = hostile(context);
    const droppedBefore = await metric('tine_reads_dropped_total');
    for (let round = 0; round < 3; round += 1) {
      const ids = streamIds(count, round * count);
      client.send(...ids.map((id) => list(id, large)));
      client.send(frame(FrameType.ping, { payload: Buffer.from(`round ${round} `) }));
      await client.next(FrameType.ping);
      client.send(...ids.map(reset));
      const slowestMs = await slowestAnswerMs(context);
      assert.ok(slowestMs < onThisMachine(answerMsMax), `an answer took ${slowestMs} ms`);
    }
    await waitFor('no read waits', async () => (await metric('tine_read_queue_reads')) === 0);
    const dropped = (await metric('tine_reads_dropped_total')) - droppedBefore;
    assert.ok(dropped > 2.5 * count, `${dropped} of ${3 * count} lists were dropped`);
  });

  test(`${driver.name}: when too many lists wait, lists of the client with the most waiting are refused and other clients are served`, async (context) => {
    // One connection alone may not have this many requests.
    const clients = Array.from({ length: 3 }, () => hostile(context));
    const refusedBefore = await metric('tine_reads_refused_total');
    const ids = streamIds(Math.floor(limits.listsWaitingMax * 0.45));
    for (let start = 0; start < ids.length; start += 1_000) {
      for (const client of clients) client.send(...ids.slice(start, start + 1_000).map((id) => list(id, large)));
    }
    await waitFor('reads are refused', async () => (await metric('tine_reads_refused_total')) > refusedBefore);
    assert.ok((await metric('tine_read_queue_reads', { kind: 'list' })) > limits.listsWaitingMax / 2);
    const slowestMs = await slowestAnswerMs(context);
    assert.ok(slowestMs < onThisMachine(answerMsMax), `an answer took ${slowestMs} ms`);
    for (const client of clients) client.close();
    await waitFor('no read waits', async () => (await metric('tine_read_queue_reads')) === 0);
  });

  test(`${driver.name}: a put that is cancelled while it waits is not executed`, async (context) => {
    const prefix = shared.prefix();
    const client = hostile(context);
    const count = 50;
    const droppedBefore = await metric('tine_writes_dropped_total');
    for (let round = 0; round < count; round += 1) {
      const [first, second] = streamIds(2, 2 * round) as [number, number];
      // Both puts arrive together: the first may run at once, the second waits for the end of the
      // turn. A server that is paused between them may run the second before it reads the reset.
      client.send(put(first, `${prefix}kept/${round}`), put(second, `${prefix}lost/${round}`), reset(second));
      const key = `${prefix}kept/${round}`;
      await waitFor(key, async () => (await shared.client.range({ key })).kvs.length === 1);
    }
    const { kvs } = await shared.client.range(withPrefix(prefix));
    const executed = kvs.filter(({ key }) => key.toString().startsWith(`${prefix}lost/`)).length;
    const dropped = (await metric('tine_writes_dropped_total')) - droppedBefore;
    assert.equal(dropped + executed, count);
    assert.ok(executed < count / 4, `${executed} of ${count} cancelled puts were executed`);
  });

  test(`${driver.name}: writes of different clients take turns`, async (context) => {
    const client = hostile(context);
    const prefix = shared.prefix();
    const count = 5_000;
    client.send(...streamIds(count).map((id) => put(id, `${prefix}${id}`)));
    const slowestMs = await slowestAnswerMs(context);
    assert.ok(slowestMs < onThisMachine(answerMsMax), `an answer took ${slowestMs} ms`);
    await waitFor('all puts are done', async () => {
      const found = await shared.client.range({ ...withPrefix(prefix), count_only: true });
      // The other client has written keys too.
      return Number(found.count) >= count;
    });
  });
}
