import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadSchema } from '../../../scripts/codec/schema.ts';
import { DRIVERS, failureOf, repositoryRoot, suite, TINE_DRIVERS, waitFor, within } from '../../support/index.ts';
import { askReflection } from '../../support/reflection.ts';

const protoDirectory = join(repositoryRoot, 'proto');

for (const driver of DRIVERS) {
  const shared = suite(driver);

  const get = (path: string, init: RequestInit = {}) => fetch(`${shared.server.url}${path}`, init);

  test(`${driver.name}: the gRPC health service reports the server as serving`, async () => {
    assert.equal((await shared.client.healthCheck({})).status, 'SERVING');
    assert.equal((await shared.client.healthCheck({ service: '' })).status, 'SERVING');
  });

  test(`${driver.name}: the gRPC health service returns an error for an unknown service`, async () => {
    assert.equal((await failureOf(shared.client.healthCheck({ service: 'no.such.Service' }))).code, 'NOT_FOUND');
  });

  test(`${driver.name}: the gRPC health service lists the server as its only service`, async () => {
    const { statuses } = (await shared.client.call('grpc.health.v1.Health', 'List', {})) as {
      readonly statuses: Readonly<Record<string, { readonly status: string }>>;
    };
    assert.deepEqual(statuses, { '': { status: 'SERVING' } });
  });

  test(`${driver.name}: GET /health returns the same as etcd`, async () => {
    for (const path of ['/health', '/health?serializable=true', '/health?exclude=NOSPACE']) {
      const reply = await get(path);
      assert.equal(reply.status, 200);
      assert.deepEqual(await reply.json(), { health: 'true', reason: '' });
    }
  });

  test(`${driver.name}: GET /livez and /readyz return ok`, async () => {
    for (const path of ['/livez', '/readyz']) {
      const reply = await get(path);
      assert.equal(reply.status, 200);
      assert.equal((await reply.text()).trim(), 'ok');
    }
  });

  test(`${driver.name}: GET /livez and /readyz list their checks with ?verbose`, async () => {
    for (const path of ['/livez?verbose', '/readyz?verbose']) {
      const reply = await get(path);
      assert.equal(reply.status, 200);
      const lines = (await reply.text()).trim().split('\n');
      assert.equal(lines.at(-1), 'ok');
      assert.ok(lines.length > 1);
      for (const line of lines.slice(0, -1)) assert.match(line, /^\[\+\][a-z_]+ ok$/);
    }
  });

  test(`${driver.name}: GET /version returns etcd's versions`, async () => {
    const reply = await get('/version');
    assert.equal(reply.headers.get('content-type'), 'application/json');
    const version = (await reply.json()) as Record<string, string>;
    const { version: status } = await shared.client.status({});
    assert.equal(version.etcdserver, status);
    assert.match(version.etcdcluster ?? '', /^3\.\d+\.\d+$/);
  });

  test(`${driver.name}: GET /metrics is in Prometheus' text format, with etcd's names for the same meanings`, async () => {
    await shared.client.put({ key: shared.prefix(), value: 'x' });
    // There is no leader while the database does not answer within a second.
    const text = await waitFor('a leader', async () => {
      const reply = await get('/metrics');
      assert.match(reply.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
      const found = await reply.text();
      return /^etcd_server_has_leader 1$/m.test(found) && found;
    });
    assert.match(text, /^process_resident_memory_bytes /m);
    assert.match(text, /^etcd_mvcc_db_total_size_in_bytes \d/m);
    for (const line of text.trimEnd().split('\n')) {
      assert.match(line, /^$|^(# (HELP|TYPE) |[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? [^ ]+$)/);
    }
  });

  test(`${driver.name}: an unknown path returns 404 and a wrong method 405`, async () => {
    for (const path of ['/', '/nothing']) {
      const reply = await get(path);
      assert.equal(reply.status, 404);
      assert.match(await reply.text(), /404 page not found/);
    }
    for (const path of ['/health', '/version']) {
      const reply = await get(path, { method: 'POST' });
      assert.equal(reply.status, 405);
      assert.equal(reply.headers.get('allow'), 'GET');
    }
  });

  test(`${driver.name}: HTTP and gRPC are served on one port, also concurrently`, async () => {
    const calls = Array.from({ length: 40 }, async (_, index) => {
      if (index % 2 === 0) return (await get('/health')).status;
      return (await shared.client.put({ key: `${shared.prefix()}${index}` })).header.revision;
    });
    for (const answer of await Promise.all(calls)) assert.ok(answer > 0);
  });
}

for (const driver of TINE_DRIVERS) {
  const shared = suite(driver);

  test(`${driver.name}: gRPC reflection lists and describes the services`, async () => {
    const { list_services_response: list } = await askReflection(shared.server.address, { list_services: '*' });
    const names = list?.service.map(({ name }) => name) ?? [];
    for (const name of ['KV', 'Watch', 'Lease', 'Cluster', 'Maintenance']) {
      assert.ok(names.includes(`etcdserverpb.${name}`), `${name} in ${names.join(' ')}`);
    }
    assert.ok(names.includes('grpc.health.v1.Health'));
    const { file_descriptor_response: file } = await askReflection(shared.server.address, {
      file_containing_symbol: 'etcdserverpb.KV',
    });
    assert.ok((file?.file_descriptor_proto.length ?? 0) > 0);
  });

  test(`${driver.name}: every method of proto/ is served`, async () => {
    const services = loadSchema(protoDirectory).flatMap((file) => file.services);
    const paths = services.flatMap(({ fullName, methodsArray }) =>
      methodsArray.map(({ name }) => `/${fullName.slice(1)}/${name}`),
    );
    assert.ok(paths.length > 40);
    for (const path of paths) {
      // A served method cannot read this message, and ends at once.
      const { code } = await failureOf(shared.client.callBytes(path, Buffer.of(0x07)));
      assert.equal(code, 'INTERNAL', path);
    }
  });

  test(`${driver.name}: a watch on the health service receives the state at once`, async () => {
    const session = connect(shared.server.url);
    try {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/grpc.health.v1.Health/Watch',
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.write(Buffer.from([0, 0, 0, 0, 0]));
      const message = await within(5_000, 'the state', new Promise<Buffer>((resolve) => stream.once('data', resolve)));
      assert.deepEqual(message.subarray(5), Buffer.from([0x08, 0x01]), 'SERVING');
      stream.close();
    } finally {
      session.close();
    }
  });
}
