import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createNetServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { MetricsDetail } from '../../../../src/config/config.ts';
import { DriverError, StartError } from '../../../../src/errors.ts';
import { createLogger } from '../../../../src/logger.ts';
import type { Alarm } from '../../../../src/mvcc/operations.ts';
import { httpEndpoints } from '../../../../src/server/endpoints/http-endpoints.ts';
import { Metrics } from '../../../../src/server/metrics/metrics.ts';
import { Turns } from '../../../../src/server/transport/budget/turns.ts';
import { Connections } from '../../../../src/server/transport/connections/connections.ts';
import { listen } from '../../../../src/server/transport/connections/listener.ts';
import { MethodMetrics } from '../../../../src/server/transport/grpc/method-metrics.ts';
import { transportLimits } from '../../../../src/server/transport/transport-limits.ts';
import { http1Listener } from '../../../../src/server/transport/web/http1-exchange.ts';
import type { Store } from '../../../../src/store/store.ts';
import { freePort } from '../../../support/free-port.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { nothingCounted } from '../store-statistics.ts';
import { echo } from '../transport/grpc-harness.ts';

const head = { id: 7, revision: 7, compactRevision: 3, authState: 2 };
const logger = createLogger('error', { write: () => undefined });

async function start(
  context: TestContext,
  {
    isAway = false,
    alarms = [],
    detail = 'basic',
  }: { isAway?: boolean; alarms?: readonly Alarm[]; detail?: MetricsDetail } = {},
) {
  const away = () => Promise.reject(new DriverError('lost', 'SELECT secret'));
  // Only the parts of a store that the endpoints use.
  const store = {
    latestHead: head,
    knownMembers: [{ id: 0x1234n, name: 'one', clientUrls: [] }],
    knownLeader: 0x1234n,
    alarms: isAway ? away : async () => ({ head, alarms }),
    size: isAway ? away : async () => ({ bytes: 8192, inUseBytes: 4096 }),
    leaseCount: isAway ? away : async () => 5,
    keyCount: isAway ? away : async () => 6,
    statistics: async () => nothingCounted(),
  } as Pick<
    Store,
    'latestHead' | 'knownMembers' | 'knownLeader' | 'alarms' | 'size' | 'leaseCount' | 'keyCount' | 'statistics'
  > as Store;
  const method = new MethodMetrics(echo);
  method.started += 2;
  method.end(0, 0.7);
  method.end(5, 30);
  const metrics = new Metrics({
    store,
    methods: [method],
    identity: { memberId: 0x1234n, clusterId: 1n, raftTerm: 2 },
    etcdVersion: '3.7.1',
    tineVersion: '0.0.1',
    databaseKind: 'sqlite',
    detail,
    quotaBytes: Number.POSITIVE_INFINITY,
    stalls: { count: 0, ms: 0 },
    clockJumps: { count: 0 },
    snapshots: undefined,
    droppedSpans: undefined,
    connectionCount: () => 4,
    watches: () => ({
      streams: 1,
      watchers: 2,
      watchersBehind: 0,
      eventsSent: 9,
      eventLogBytes: 10,
      eventsEvicted: 0,
      fellBehind: 0,
      lag: { ids: 0, ms: 0 },
      revision: 7,
    }),
  });
  const server = createServer(http1Listener(httpEndpoints({ store, logger, metrics, emulatedEtcdVersion: '3.7.1' })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
  };
}

test('an alarm makes /health false unless it is excluded, and CORRUPT makes /readyz fail', async (context) => {
  const noSpace = { memberId: 5n, number: 1 };
  const get = await start(context, { alarms: [noSpace] });
  const unhealthy = { status: 503, type: 'text/plain; charset=utf-8' };
  assert.deepEqual(await get('/health'), { ...unhealthy, body: '{"health":"false","reason":"ALARM NOSPACE"}\n' });
  assert.equal((await get('/health?exclude=CORRUPT')).status, 503);
  assert.equal((await get('/health?exclude=CORRUPT&exclude=NOSPACE')).body, '{"health":"true","reason":""}');
  assert.equal((await get('/readyz')).status, 200);

  const getCorrupt = await start(context, { alarms: [noSpace, { memberId: 5n, number: 2 }] });
  assert.match((await getCorrupt('/health?exclude=NOSPACE')).body, /"ALARM CORRUPT"/);
  assert.deepEqual(await getCorrupt('/readyz/data_corruption'), {
    ...unhealthy,
    body: '[-]data_corruption failed: alarm activated: CORRUPT\n\n',
  });
  assert.equal((await getCorrupt('/livez')).status, 200);

  const getUnknown = await start(context, { alarms: [{ memberId: 5n, number: 7 }] });
  assert.match((await getUnknown('/health')).body, /"ALARM UNKNOWN"/);
});

test('health, checks and version are as in etcd', async (context) => {
  const get = await start(context);
  assert.deepEqual(await get('/health'), {
    status: 200,
    type: 'text/plain; charset=utf-8',
    body: '{"health":"true","reason":""}',
  });
  assert.equal((await get('/livez')).body, 'ok\n');
  assert.equal((await get('/readyz')).body, 'ok\n');
  assert.equal((await get('/livez?verbose')).body, '[+]serializable_read ok\nok\n');
  assert.match(
    (await get('/readyz?verbose&exclude=non_learner')).body,
    /^\[\+\]data_corruption ok\n\[\+\]linearizable_read ok\n\[\+\]serializable_read ok\nok\n$/,
  );
  assert.equal((await get('/readyz/linearizable_read')).body, 'ok\n');
  const version = await get('/version');
  assert.equal(version.type, 'application/json');
  assert.equal(version.body, '{"etcdserver":"3.7.1","etcdcluster":"3.7.0","storage":"3.7.0"}');
});

test('an unreachable database is unhealthy, and the reply has no details', async (context) => {
  const get = await start(context, { isAway: true });
  const health = await get('/health');
  assert.equal(health.status, 503);
  assert.deepEqual(JSON.parse(health.body), { health: 'false', reason: 'RANGE ERROR:the database does not answer' });
  const ready = await get('/readyz');
  assert.equal(ready.status, 503);
  assert.match(ready.body, /^\[\+\]data_corruption ok\n\[-\]linearizable_read failed: the database does not answer\n/);
  assert.equal((await get('/livez')).status, 200, 'a process started anew would not find it either');
  assert.equal((await get('/health?serializable=true')).status, 200, 'what kubeadm asks before it starts etcd anew');
  assert.equal((await get('/health?serializable=false')).status, 503);
  assert.equal((await get('/readyz?exclude=linearizable_read&exclude=serializable_read')).status, 200);
  assert.equal((await get('/readyz/linearizable_read?exclude=linearizable_read')).status, 503);
  assert.equal((await get('/readyz/non_learner')).status, 200);
  assert.equal((await get('/metrics')).status, 200);
});

test('unknown paths return 404 and wrong methods 405', async (context) => {
  const get = await start(context);
  assert.equal((await get('/')).status, 404);
  assert.equal((await get('/v2/keys')).status, 404);
  assert.equal((await get('//')).status, 404);
  assert.equal((await get('/health', 'POST')).status, 405);
  assert.equal((await get('/metrics', 'POST')).status, 200);
});

test('metrics count the calls', async (context) => {
  const get = await start(context, { detail: 'extensive' });
  const { body, type } = await get('/metrics');
  assert.match(type ?? '', /^text\/plain/);
  const labels = 'grpc_method="Echo",grpc_service="test.Test",grpc_type="unary"';
  for (const line of [
    `grpc_server_started_total{${labels}} 2`,
    `grpc_server_handled_total{grpc_code="OK",${labels}} 1`,
    `grpc_server_handled_total{grpc_code="NotFound",${labels}} 1`,
    `grpc_server_handling_seconds_bucket{${labels},le="0.001"} 1`,
    `grpc_server_handling_seconds_bucket{${labels},le="+Inf"} 2`,
    `grpc_server_handling_seconds_count{${labels}} 2`,
    'etcd_server_has_leader 1',
    'etcd_mvcc_db_total_size_in_bytes 8192',
    'etcd_mvcc_db_total_size_in_use_in_bytes 4096',
    'etcd_debugging_mvcc_current_revision 7',
    'etcd_debugging_mvcc_watcher_total 2',
    'tine_client_connections 4',
    'etcd_server_proposals_pending 5',
    'etcd_server_quota_backend_bytes +Inf',
    'etcd_server_id{server_id="1234"} 1',
    'tine_leases 5',
    'etcd_debugging_mvcc_keys_total 6',
    'tine_statement_duration_seconds_sum{statement="head"} 0.5',
    'tine_statement_duration_seconds_count{statement="head"} 4',
  ]) {
    assert.ok(body.split('\n').includes(line), line);
  }
  assert.match(body, /^process_cpu_seconds_total/m);
});

test('metrics omit latencies of methods by default, as in etcd', async (context) => {
  const basic = await (await start(context))('/metrics');
  assert.doesNotMatch(basic.body, /grpc_server_handling_seconds/);
  assert.match(basic.body, /^grpc_server_msg_received_total\{/m);
});

test('metrics during an outage of the database show the outage and the last known values', async (context) => {
  const { status, body } = await (await start(context, { isAway: true }))('/metrics');
  assert.equal(status, 200);
  for (const line of ['tine_database_up 0', 'etcd_server_has_leader 0', 'etcd_server_is_leader 1', 'tine_leases 0']) {
    assert.ok(body.split('\n').includes(line), line);
  }
});

const nobody = { onConnection: () => undefined, onRefused: () => undefined };

test('a port in use is reported in one line', async () => {
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0, isSecure: false } as const;
  const first = await listen(address, nobody);
  const port = first.address.kind === 'tcp' ? first.address.port : 0;
  await assert.rejects(
    () => listen({ ...address, port }, nobody),
    (error) =>
      error instanceof StartError &&
      error.message ===
        `cannot listen on 127.0.0.1:${port}: another program listens there; stop it, or choose another address`,
  );
  first.close();
  await assert.rejects(() => listen({ ...address, host: '192.0.2.1' }, nobody), /does not have this address/);
});

test('a port that another server is about to listen on is refused', async () => {
  const port = await freePort();
  const address = { kind: 'tcp', host: '127.0.0.1', port, isSecure: false } as const;
  const other = createNetServer().listen(`\0tine listens on 127.0.0.1 ${port}`);
  await once(other, 'listening');
  await assert.rejects(() => listen(address, nobody), /another program listens there/);
  other.close();
  await once(other, 'close');
  const listener = await listen(address, nobody);
  await assert.rejects(() => listen(address, nobody), /another program listens there/);
  listener.close();
});

test('many connections are accepted in one turn of the event loop', async (context) => {
  const address = { kind: 'tcp', host: '127.0.0.1', port: 0, isSecure: false } as const;
  const accepted: Socket[] = [];
  const listener = await listen(address, { ...nobody, onConnection: (socket) => accepted.push(socket) });
  const port = listener.address.kind === 'tcp' ? listener.address.port : 0;
  const clients = Array.from({ length: 320 }, () => connect(port, '127.0.0.1'));
  context.after(() => {
    for (const socket of [...clients, ...accepted]) socket.destroy();
    listener.close();
  });
  let turns = 0;
  for (; accepted.length < clients.length; turns += 1) await new Promise(setImmediate);
  assert.ok(turns < 100, `${turns} turns`);
});

test('a socket file left by a dead process is reused, and one in use is not', async () => {
  const path = `${temporaryDirectory()}/tine.sock`;
  const address = { kind: 'unix', path, isSecure: false } as const;
  const abandoned = createNetServer().listen(path);
  await once(abandoned, 'listening');
  await assert.rejects(() => listen(address, nobody), /another program listens there/);
  // A killed process leaves the socket file. A process that closes its listener removes the file,
  // if the file is still in its place.
  const received = Promise.withResolvers<Socket>();
  renameSync(path, `${path}.kept`);
  abandoned.close();
  await once(abandoned, 'close');
  renameSync(`${path}.kept`, path);
  const listener = await listen(address, { ...nobody, onConnection: received.resolve });
  assert.deepEqual(listener.address, address);
  connect(path).end();
  (await received.promise).destroy();
  listener.close();
});

test('a path where no socket can be created is refused with the reason', async () => {
  const directory = temporaryDirectory();
  const listenAt = (path: string) => listen({ kind: 'unix', path, isSecure: false }, nobody);
  writeFileSync(`${directory}/file`, 'kept');
  await assert.rejects(() => listenAt(`${directory}/file`), /: it exists and is not a socket; remove it/);
  assert.equal(readFileSync(`${directory}/file`, 'utf8'), 'kept');
  await assert.rejects(() => listenAt(directory), /: it exists and is not a socket/);
  await assert.rejects(() => listenAt(`${directory}/missing/tine.sock`), /: the directory does not exist/);
});

test('the first bytes of a connection decide its protocol, however they arrive', async (context) => {
  const spoken: string[] = [];
  const handled = new EventTarget();
  const take = (protocol: string) => (socket: Socket) => {
    socket.once('data', (chunk: Buffer) => {
      spoken.push(`${protocol} ${chunk.toString('latin1')}`);
      socket.destroy();
      handled.dispatchEvent(new Event('one'));
    });
  };
  const turns = new Turns({ roundMs: transportLimits.turnRoundMs });
  const connections = new Connections({ logger, turns, webTurns: turns });
  const protocols = { http1: take('http1'), http2: take('http2'), tls: take('tls') };
  const server = createNetServer((socket) => connections.add(socket, protocols)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
  for (const parts of [
    ['GET / HTTP/1.1\r\n'],
    ['P', 'UT / HTTP/1.1'],
    ['\x16', '\x03\x01'],
    [preface],
    [preface.slice(0, 3), preface.slice(3)],
  ]) {
    const isHandled = once(handled, 'one');
    const socket = connect(port, '127.0.0.1').setNoDelay();
    socket.on('error', () => undefined);
    for (const part of parts) {
      socket.write(part);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await isHandled;
  }
  assert.deepEqual(spoken, [
    'http1 GET / HTTP/1.1\r\n',
    'http1 PUT / HTTP/1.1',
    'tls \x16',
    `http2 ${preface}`,
    `http2 ${preface}`,
  ]);
});
