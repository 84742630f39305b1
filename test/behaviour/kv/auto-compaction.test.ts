import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, failureOf, ownServer, waitFor } from '../../support/index.ts';

for (const driver of DRIVERS) {
  test(`${driver.name}: periodic auto-compaction compacts revisions older than the retention`, async (context) => {
    const settings = ['--auto-compaction-mode', 'periodic', '--auto-compaction-retention', '1s'];
    const { client } = await ownServer(context, { driver, arguments: settings });
    const { revision } = (await client.put({ key: 'k', value: 'old' })).header;
    await client.put({ key: 'k', value: 'new' });
    const isForgotten = async () => (await client.range({ key: 'k', revision }).catch(() => undefined)) === undefined;
    await waitFor('the compaction', isForgotten, { intervalMs: 100, timeoutMs: 15_000 });
    assert.deepEqual(await failureOf(client.range({ key: 'k', revision })), {
      code: 'OUT_OF_RANGE',
      details: 'etcdserver: mvcc: required revision has been compacted',
    });
    assert.equal((await client.range({ key: 'k' })).kvs[0]?.value.toString(), 'new');
  });

  test(`${driver.name}: without auto-compaction all history is kept`, async (context) => {
    const { client } = await ownServer(context, { driver });
    const { revision } = (await client.put({ key: 'k', value: 'old' })).header;
    for (let index = 0; index < 200; index += 1) await client.put({ key: 'k', value: `${index}` });
    assert.equal((await client.range({ key: 'k', revision })).kvs[0]?.value.toString(), 'old');
  });
}
