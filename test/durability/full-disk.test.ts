import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FILE_DRIVERS, ownServer, RpcError, runTine, withPrefix } from '../support/index.ts';

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: a full disk fails writes, keeps reads and watches, and loses nothing that was acknowledged`, async (context) => {
    const { server, client } = await ownServer(context, { driver, fileBytesMax: 4_000_000 });
    const watch = client.watch();
    await watch.create(withPrefix('k/'));
    const acknowledged: string[] = [];
    const refusals = new Set<string>();
    for (let index = 0; index < 120; index += 1) {
      const key = `k/${String(index).padStart(3, '0')}`;
      try {
        await client.put({ key, value: Buffer.alloc(100_000, 'x') });
        acknowledged.push(key);
      } catch (error) {
        assert.ok(error instanceof RpcError, String(error));
        refusals.add(error.code);
      }
    }
    assert.ok(acknowledged.length > 0 && acknowledged.length < 120, `${acknowledged.length} of 120 fitted`);
    for (const code of refusals) assert.ok(['UNAVAILABLE', 'RESOURCE_EXHAUSTED'].includes(code), code);
    const seen = (await watch.events(acknowledged.length)).map(({ kv }) => kv.key.toString());
    assert.deepEqual(seen, acknowledged);
    const { kvs } = await client.range({ ...withPrefix('k/'), keys_only: true });
    assert.deepEqual(
      kvs.map(({ key }) => key.toString()),
      acknowledged,
    );
    await server.kill();

    assert.equal(runTine(['check', `${server.dataDirectory}/state.db`]).status, 0);
    const roomy = await ownServer(context, { driver, dataDirectory: server.dataDirectory });
    const after = await roomy.client.range({ ...withPrefix('k/'), keys_only: true });
    assert.deepEqual(
      after.kvs.map(({ key }) => key.toString()),
      acknowledged,
    );
    const { header } = await roomy.client.put({ key: 'k/after' });
    assert.equal(header.revision, after.header.revision + 1);
  });
}
