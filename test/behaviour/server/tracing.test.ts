import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { tracingLimits } from '../../../src/tracing/tracing-limits.ts';
import { metricValue } from '../../support/exposition.ts';
import {
  type Driver,
  EtcdClient,
  etcd,
  FILE_DRIVERS,
  freePort,
  ownServer,
  runTine,
  type Server,
  sleep,
  TINE_DRIVERS,
  waitFor,
} from '../../support/index.ts';
import { type ReceivedSpan, TraceReceiver } from '../../support/otlp/trace-receiver.ts';
import { scrape } from '../../support/scrape.ts';

/** A server that sends its traces to a receiver. */
async function tracedServer(context: TestContext, driver: Driver, more: readonly string[] = []) {
  const receiver = await TraceReceiver.start(context);
  const { server, client } = await ownServer(context, {
    driver,
    arguments: ['--enable-distributed-tracing', '--distributed-tracing-address', receiver.address, ...more],
  });
  return { receiver, server, client };
}

/** A trace of a caller: its id, the id of its span, and a client whose calls belong to it. */
function caller(context: TestContext, address: string, { sampled }: { readonly sampled: boolean }) {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  const traceparent = `00-${traceId}-${spanId}-0${sampled ? 1 : 0}`;
  const client = new EtcdClient(address, { traceparent });
  context.after(() => client.close());
  return { traceId, spanId, traceparent, client };
}

async function droppedSpans(server: Server, reason: string): Promise<number> {
  return metricValue(await scrape(server), 'tine_trace_spans_dropped_total', { reason }) ?? Number.NaN;
}

const allRequests = ['--distributed-tracing-sampling-rate', '1000000'];

/** Whether a span lies within another one, up to the rounding of times. */
function liesWithin(inner: ReceivedSpan, outer: ReceivedSpan): boolean {
  const roundingNs = 1_000n;
  return inner.startNs + roundingNs >= outer.startNs && inner.endNs <= outer.endNs + roundingNs;
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: the trace of a put has its caller's id, and spans for the call, the queue, the batch, each statement and the commit`, async (context) => {
    const { receiver, server } = await tracedServer(context, driver, ['--distributed-tracing-instance-id', 'one']);
    const { traceId, spanId, client } = caller(context, server.address, { sampled: true });
    // The second put is planned from memory where the database is a server.
    for (const value of ['s3cret-1', 's3cret-2']) await client.put({ key: '/registry/a', value });
    await waitFor(
      'the calls',
      () => receiver.trace(traceId).filter(({ parentId }) => parentId === spanId).length === 2,
    );
    const spans = receiver.trace(traceId);
    const childrenOf = (parent: ReceivedSpan) => spans.filter(({ parentId }) => parentId === parent.spanId);

    for (const call of spans.filter(({ parentId }) => parentId === spanId)) {
      assert.equal(call.name, 'etcdserverpb.KV/Put');
      assert.equal(call.kind, 'SPAN_KIND_SERVER');
      const { 'network.peer.port': port, ...attributes } = call.attributes;
      assert.ok(Number(port) > 0);
      assert.deepEqual(attributes, {
        'network.peer.address': '127.0.0.1',
        'rpc.system.name': 'grpc',
        'rpc.method': 'etcdserverpb.KV/Put',
        'rpc.response.status_code': 'OK',
        'server.address': '127.0.0.1',
        'server.port': server.port,
      });
      const { 'service.version': version, ...resource } = call.resource;
      assert.match(String(version), /^\d+\.\d+\.\d+/);
      assert.deepEqual(resource, { 'service.name': 'etcd', 'service.instance.id': 'one' });
      assert.deepEqual(
        childrenOf(call).map(({ name }) => name),
        ['queue', 'batch'],
      );
      const [queue, batch] = childrenOf(call) as [ReceivedSpan, ReceivedSpan];
      assert.equal(batch.attributes['tine.batch.requests'], 1);
      assert.ok(liesWithin(queue, call) && liesWithin(batch, call));
      const steps = childrenOf(batch);
      for (const step of steps) {
        assert.match(step.name, /^[a-z_]+$/);
        assert.equal(step.attributes['tine.statement'], step.name);
        assert.ok(liesWithin(step, batch), `${step.name} lies within its batch`);
      }
      assert.ok(steps.some(({ name }) => name.includes('insert')));
      // A guarded write of Postgres is one statement, which commits too.
      assert.ok(steps.some(({ name }) => name === 'commit' || name.startsWith('guarded_')));
    }
    const text = JSON.stringify(receiver.spans, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
    assert.doesNotMatch(text, /s3cret|registry/);
  });

  test(`${driver.name}: of a batch, one trace has the statements, and the batches in the other traces link to it`, async (context) => {
    const { receiver, client } = await tracedServer(context, driver, allRequests);
    const count = 200;
    await Promise.all(Array.from({ length: count }, (_, index) => client.put({ key: `/many/${index}` })));
    const named = (name: string) => receiver.spans.filter((span) => span.name === name);
    await waitFor('all calls', () => named('etcdserverpb.KV/Put').length === count && named('batch').length >= count);

    const batches = named('batch');
    assert.equal(batches.length, count);
    assert.equal(new Set(batches.map(({ traceId }) => traceId)).size, count);
    const leaders = batches.filter(({ links }) => links.length === 0);
    assert.ok(leaders.length < count / 2, `${leaders.length} batches`);
    for (const leader of leaders) {
      const followers = batches.filter(({ links }) => links[0]?.spanId === leader.spanId);
      assert.equal(followers.length + 1, leader.attributes['tine.batch.requests']);
      assert.ok(followers.every(({ links }) => links[0]?.traceId === leader.traceId));
      const steps = receiver.spans.filter(({ parentId }) => parentId === leader.spanId);
      assert.ok(steps.some(({ name }) => name.includes('insert')));
      for (const step of steps) assert.ok(liesWithin(step, leader), `${step.name} lies within its batch`);
    }
  });
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: a get, a list and a failed call have their traces`, async (context) => {
    const { receiver, server } = await tracedServer(context, driver);
    const { traceId, client } = caller(context, server.address, { sampled: true });
    await client.range({ key: '/a' });
    await client.range({ key: '/', range_end: '0' });
    await client.rangeStream({ key: '/', range_end: '0' });
    await assert.rejects(client.range({ key: '/a', revision: 1_000 }));
    await assert.rejects(client.call('etcdserverpb.KV', 'Compact', { revision: 1_000 }));
    await waitFor(
      'the calls',
      () => receiver.trace(traceId).filter(({ kind }) => kind === 'SPAN_KIND_SERVER').length === 5,
    );
    const spans = receiver.trace(traceId);
    const calls = spans.filter(({ kind }) => kind === 'SPAN_KIND_SERVER');
    assert.deepEqual(
      calls.map(({ name, attributes }) => [name, attributes['rpc.response.status_code']]),
      [
        ['etcdserverpb.KV/Range', 'OK'],
        ['etcdserverpb.KV/Range', 'OK'],
        ['etcdserverpb.KV/RangeStream', 'OK'],
        ['etcdserverpb.KV/Range', 'OUT_OF_RANGE'],
        ['etcdserverpb.KV/Compact', 'OUT_OF_RANGE'],
      ],
    );
    // As with otelgrpc, a mistake of the client is no fault of the server.
    assert.ok(calls.every(({ status }) => status === 'STATUS_CODE_UNSET'));
    const childrenOf = (call: ReceivedSpan | undefined) =>
      spans.filter(({ parentId }) => parentId === call?.spanId).map(({ name }) => name);
    assert.deepEqual(childrenOf(calls[0]), ['queue', 'read']);
    assert.deepEqual(childrenOf(calls[1]), ['read']);
    assert.deepEqual(childrenOf(calls[2]), ['read']);
  });

  test(`${driver.name}: the span of a call has the attributes that etcd gives it`, async (context) => {
    const callsOf = async (target: Driver) => {
      const { receiver, server } = await tracedServer(context, target);
      const { traceId, client } = caller(context, server.address, { sampled: true });
      await client.put({ key: 'a' });
      await assert.rejects(client.range({ key: 'a', revision: 1_000 }));
      await assert.rejects(client.put({ key: '' }));
      await assert.rejects(client.call('etcdserverpb.Lease', 'LeaseRevoke', { ID: 1 }));
      const calls = () => receiver.trace(traceId).filter(({ kind }) => kind === 'SPAN_KIND_SERVER');
      await waitFor('the calls', () => calls().length === 4, { timeoutMs: 20_000 });
      return calls().map(({ name, status, attributes }) => {
        const { 'server.port': port, 'network.peer.address': _, 'network.peer.port': __, ...others } = attributes;
        assert.equal(port, server.port);
        return { name, status, others };
      });
    };
    assert.deepEqual(await callsOf(driver), await callsOf(etcd));
  });

  test(`${driver.name}: a watch has spans while it lasts, at most ten deliveries a second, and its call at its end`, async (context) => {
    const { receiver, server, client: other } = await tracedServer(context, driver);
    const { traceId, spanId, client } = caller(context, server.address, { sampled: true });
    const watch = client.watch();
    await watch.create({ key: '/w/', range_end: '/w0' });
    for (let index = 0; index < 100; index += 1) await other.put({ key: `/w/${index}` });
    await waitFor('the deliveries', () => receiver.trace(traceId).some(({ name }) => name === 'watch responses'));
    const named = (name: string) => receiver.trace(traceId).filter((span) => span.name === name);
    assert.equal(named('watch').length, 1);
    assert.equal(named('etcdserverpb.Watch/Watch').length, 0);
    watch.close();
    await waitFor('the end of the call', () => named('etcdserverpb.Watch/Watch').length === 1);
    const [call] = named('etcdserverpb.Watch/Watch');
    assert.equal(call?.parentId, spanId);
    assert.equal(call?.attributes['rpc.response.status_code'], 'CANCELLED');
    const deliveries = named('watch responses');
    const seconds = Number((call as ReceivedSpan).endNs - (call as ReceivedSpan).startNs) / 1e9;
    assert.ok(deliveries.length <= 10 * (seconds + 1), `${deliveries.length} in ${seconds} s`);
    assert.ok(deliveries.every(({ parentId }) => parentId === call?.spanId));
  });

  test(`${driver.name}: the JSON gateway passes the trace of its caller on`, async (context) => {
    const { receiver, server } = await tracedServer(context, driver);
    const { traceId, spanId, traceparent } = caller(context, server.address, { sampled: true });
    const body = JSON.stringify({ key: 'YQ==', value: 'Yg==' });
    const reply = await fetch(`${server.url}/v3/kv/put`, { method: 'POST', body, headers: { traceparent } });
    assert.equal(reply.status, 200);
    await waitFor('the call', () => receiver.trace(traceId).some(({ name }) => name === 'etcdserverpb.KV/Put'));
    assert.ok(receiver.trace(traceId).some(({ parentId }) => parentId === spanId));
  });

  test(`${driver.name}: without a rate, only callers decide; with the full rate, all calls are traced but those of callers against it`, async (context) => {
    for (const { rate, traced } of [
      { rate: [], traced: false },
      { rate: ['--distributed-tracing-sampling-rate', '0'], traced: false },
      { rate: allRequests, traced: true },
    ]) {
      const { receiver, server, client } = await tracedServer(context, driver, rate);
      await client.put({ key: '/without-a-caller' });
      await caller(context, server.address, { sampled: false }).client.put({ key: '/unsampled' });
      const last = caller(context, server.address, { sampled: true });
      await last.client.put({ key: '/sampled' });
      await server.stop();
      const calls = receiver.spans.filter(({ name }) => name === 'etcdserverpb.KV/Put');
      assert.equal(calls.length, traced ? 2 : 1, `${rate}`);
      assert.equal(calls.at(-1)?.traceId, last.traceId);
    }
  });

  test(`${driver.name}: spans that wait are sent at a stop`, async (context) => {
    const { receiver, server, client } = await tracedServer(context, driver, allRequests);
    await client.put({ key: 'a' });
    await server.stop();
    assert.ok(receiver.spans.some(({ name }) => name === 'etcdserverpb.KV/Put'));
  });

  test(`${driver.name}: without a collector, requests are served, one line says so, and a stop is quick`, async (context) => {
    const address = `127.0.0.1:${await freePort()}`;
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--enable-distributed-tracing', '--distributed-tracing-address', address, ...allRequests],
    });
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(Array.from({ length: 500 }, (_, index) => client.put({ key: `${round}-${index}` })));
      await sleep(1_100);
    }
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('cannot send traces to the collector'));
    assert.equal(lines.length, 1, server.log());
    const { level, address: told, advice } = JSON.parse(lines[0] as string);
    assert.deepEqual([level, told], ['warn', address]);
    assert.match(advice, /--distributed-tracing-address/);
    assert.ok((await droppedSpans(server, 'collector')) > 0);
    assert.equal(await droppedSpans(server, 'queue'), 0);
    const startMs = performance.now();
    await server.stop();
    assert.ok(performance.now() - startMs < 5_000);
  });

  test(`${driver.name}: spans beyond the queue of a collector that does not answer are counted and logged once`, async (context) => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const sockets = new Set<Socket>();
    silent.on('connection', (socket) => sockets.add(socket));
    context.after(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--enable-distributed-tracing', '--distributed-tracing-address', address, ...allRequests],
    });
    // Each put has three spans or more.
    await Promise.all(
      Array.from({ length: tracingLimits.waitingSpansMax }, (_, index) => client.put({ key: `${index}` })),
    );
    assert.ok((await droppedSpans(server, 'queue')) > tracingLimits.waitingSpansMax);
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('too many spans wait for the collector'));
    assert.equal(lines.length, 1);
    assert.match(lines[0] as string, /--distributed-tracing-sampling-rate/);
  });

  test(`${driver.name}: a wrong address or rate is an error at the start, if tracing is on`, () => {
    const refused = (flag: string, message: RegExp) => {
      const { status, stderr } = runTine(['--enable-distributed-tracing', flag]);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
    };
    for (const address of ['collector', 'http://collector:4317', 'collector:0', 'collector:65536', ':4317', '']) {
      refused(
        `--distributed-tracing-address=${address}`,
        /^tine: --distributed-tracing-address: ".*" is not HOST:PORT/,
      );
    }
    for (const rate of ['1000001', '-1', '1.5', 'all']) {
      refused(`--distributed-tracing-sampling-rate=${rate}`, /^tine: --distributed-tracing-sampling-rate: "/);
    }
    refused('--experimental-distributed-tracing-sampling-rate=-1', /is not a whole number from 0 to 1000000/);
  });
}
