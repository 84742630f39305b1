import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FILE_DRIVERS, ownServer, sqlite, waitFor } from '../support/index.ts';

const mebibyte = 1024 * 1024;

async function fileServer(context: TestContext) {
  const own = await ownServer(context, { driver: sqlite });
  const path = join(own.server.dataDirectory, 'state.db');
  const bytesOf = (file: string) => (existsSync(file) ? statSync(file).size : 0);
  return { ...own, fileBytes: () => bytesOf(path), walBytes: () => bytesOf(`${path}-wal`) };
}

/** 20 keys, each written `rounds` times with 50 KB. */
async function overwrite(client: Awaited<ReturnType<typeof fileServer>>['client'], rounds: number): Promise<number> {
  const value = Buffer.alloc(50_000, 'x');
  let revision = 0;
  for (let round = 0; round < rounds; round += 1) {
    const puts = Array.from({ length: 20 }, (_, index) => client.put({ key: `k/${index}`, value }));
    for (const { header } of await Promise.all(puts)) revision = Math.max(revision, header.revision);
  }
  return revision;
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: the write-ahead log stays bounded during writes`, async (context) => {
    const { client, walBytes } = await fileServer(context);
    let most = 0;
    for (let index = 0; index < 20; index += 1) {
      await overwrite(client, 5);
      most = Math.max(most, walBytes());
    }
    assert.ok(most < 64 * mebibyte, `the log grew to ${Math.round(most / mebibyte)} MiB over 100 MB of writes`);
  });

  test(`${driver.name}: a compaction frees space in the file`, async (context) => {
    const { client, fileBytes } = await fileServer(context);
    const revision = await overwrite(client, 60);
    await client.compact({ revision, physical: true });
    await waitFor('the file to shrink', () => fileBytes() < 20 * mebibyte, { timeoutMs: 30_000, intervalMs: 100 });
    assert.equal((await client.range({ key: 'k/0' })).kvs[0]?.value.length, 50_000);
  });

  test(`${driver.name}: repeating a load after a compaction does not grow the file`, async (context) => {
    const { client, fileBytes } = await fileServer(context);
    const sizes: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const revision = await overwrite(client, 30);
      sizes.push(fileBytes());
      await client.compact({ revision, physical: true });
    }
    const [first, ...later] = sizes as [number, ...number[]];
    const slack = 16 * mebibyte;
    for (const size of later)
      assert.ok(size < first + slack, sizes.map((bytes) => Math.round(bytes / mebibyte)).join(', '));
  });
}
