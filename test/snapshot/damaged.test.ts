import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileReader } from '../../src/bbolt/file-reader.ts';
import { FileMeasure, FileWriter } from '../../src/bbolt/file-writer.ts';
import { StartError } from '../../src/errors.ts';
import { BackendFile } from '../../src/transfer/snapshot/backend-file.ts';
import { inspect, type SnapshotSummary } from '../../src/transfer/snapshot/inspect.ts';
import { saveSnapshot } from '../../src/transfer/snapshot/save.ts';
import { chosenSeed, Random } from '../parity/random.ts';
import { onePerDialect, runTine, sqlite, TINE_DRIVERS, temporaryDirectory, withoutLog } from '../support/index.ts';
import { compact, grant, put, remove, testDatabase, writeTineDatabase } from '../transfer/databases.ts';

/** A snapshot with a log of several levels, long values, leases, and its SHA-256. */
let whole: Buffer | undefined;

async function wholeSnapshot(context: TestContext): Promise<Buffer> {
  const source = await testDatabase(context, sqlite);
  const puts = Array.from({ length: 600 }, (_, index) => put(`/k/${index % 90}`, 'v'.repeat((index * 7) % 900), 9n));
  await writeTineDatabase(source, [
    ...Array.from({ length: 60 }, (_, index) => grant(BigInt(index + 1), 600)),
    ...puts,
    put('/long', 'x'.repeat(30_000)),
    remove('/k/1'),
    ...compact(300),
  ]);
  const path = join(temporaryDirectory(), 'whole.db');
  await saveSnapshot(path, source.access, '3.7.0');
  return readFileSync(path);
}

const checksumBytes = 32;

/** The result of reading the snapshot. Any error in the bytes is reported in one line. */
function reading(path: string, bytes: Buffer): SnapshotSummary | string {
  writeFileSync(path, bytes);
  try {
    return FileReader.use(path, (file) => {
      const summary = inspect(file);
      // A restore reads these parts afterwards.
      const backend = new BackendFile(file);
      for (const _part of [backend.rows(), backend.leases(), backend.users(), backend.roles()])
        for (const _each of _part);
      return summary;
    });
  } catch (error) {
    assert.ok(error instanceof StartError, String((error as Error).stack));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
}

test('a snapshot with a SHA-256 is refused wherever it is changed or cut', async (context) => {
  whole ??= await wholeSnapshot(context);
  const seed = chosenSeed();
  context.diagnostic(`TINE_TEST_SEED=${seed}`);
  const random = new Random(seed);
  const path = join(temporaryDirectory(), 'damaged.db');
  assert.equal(typeof reading(path, whole), 'object', 'it is sound as it is');
  for (let count = 0; count < 200; count += 1) {
    const bytes: Buffer = Buffer.from(whole);
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    assert.equal(typeof reading(path, bytes), 'string', `the byte at ${at} is another one`);
  }
  for (let missing = 1; missing < checksumBytes; missing += 1)
    assert.equal(typeof reading(path, whole.subarray(0, -missing)), 'string', `${missing} bytes are missing`);
  for (let count = 0; count < 100; count += 1) {
    const end = random.below(whole.length - checksumBytes);
    assert.equal(typeof reading(path, whole.subarray(0, end)), 'string', `it is cut off at ${end}`);
  }
});

test('a snapshot without a SHA-256 is read or refused and never crashes the reader', async (context) => {
  whole ??= await wholeSnapshot(context);
  const seed = chosenSeed();
  context.diagnostic(`TINE_TEST_SEED=${seed}`);
  const random = new Random(seed);
  const path = join(temporaryDirectory(), 'damaged.db');
  const pages = whole.subarray(0, whole.length - checksumBytes);
  let refusedCount = 0;
  for (let count = 0; count < 700; count += 1) {
    const bytes = Buffer.from(pages);
    // Bytes of the structure: heads of pages, of elements, of messages.
    const pageStart = random.below(bytes.length / 4096) * 4096;
    const at = pageStart + random.below(random.pick([16, 200, 4096]));
    bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
    if (typeof reading(path, bytes) === 'string') refusedCount += 1;
  }
  assert.ok(refusedCount > 150, `${refusedCount} were refused`);
  for (let count = 0; count < 100; count += 1) {
    const end = random.below(pages.length);
    assert.equal(typeof reading(path, pages.subarray(0, end)), 'string', `it is cut off at ${end}`);
  }
  // A page in the place of another one is detected by ids and order.
  for (let count = 0; count < 200; count += 1) {
    const bytes: Buffer = Buffer.from(pages);
    const [from, to]: readonly [number, number] = [
      2 + random.below(bytes.length / 4096 - 2),
      2 + random.below(bytes.length / 4096 - 2),
    ];
    pages.copy(bytes, to * 4096, from * 4096, from * 4096 + 4096);
    // The pages on which a long value continues have no head.
    if (from !== to && heads(pages).includes(to * 4096))
      assert.equal(typeof reading(path, bytes), 'string', `page ${from} stands at ${to}`);
  }
});

test('pages that refer to themselves are refused', async (context) => {
  whole ??= await wholeSnapshot(context);
  const path = join(temporaryDirectory(), 'damaged.db');
  const pages = whole.subarray(0, whole.length - checksumBytes);
  let branchCount = 0;
  for (let start = 2 * 4096; start < pages.length; start += 4096) {
    if (pages.readUInt16LE(start + 8) !== 1) continue;
    branchCount += 1;
    for (const id of [BigInt(start / 4096), 0n, 1n, 2n, 2n ** 40n, 2n ** 64n - 1n]) {
      const bytes = Buffer.from(pages);
      bytes.writeBigUInt64LE(id, start + 16 + 8);
      assert.match(
        String(reading(path, bytes)),
        /is used twice|is neither branch nor leaf|it refers to page|not in order/,
      );
    }
  }
  assert.ok(branchCount > 0);
});

test('a snapshot of a newer etcd is refused, and the error has the version', () => {
  const path = join(temporaryDirectory(), 'newer.db');
  assert.match(
    String(reading(path, backendOf('3.8.0'))),
    /it was written by etcd 3\.8, and this tine reads files up to 3\.7; use a newer tine$/,
  );
  assert.match(String(reading(path, backendOf('4.0.0'))), /it was written by etcd 4\.0/);
  assert.equal(typeof reading(path, backendOf('3.6.0')), 'object');
});

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: a damaged snapshot leaves no database behind`, async (context) => {
    whole ??= await wholeSnapshot(context);
    const target = await testDatabase(context, driver);
    const path = join(temporaryDirectory(), 'damaged.db');
    const pages = Buffer.from(whole.subarray(0, whole.length - checksumBytes));
    // The last leaf: everything before it is sound.
    const lastLeaf = heads(pages).findLast(
      (start) => pages.readUInt16LE(start + 8) === 2 && start + 4096 < pages.length,
    );
    pages.writeUInt32LE(0xfffff, (lastLeaf ?? 0) + 16 + 12);
    for (const bytes of [pages, whole.subarray(0, whole.length - 5_000)]) {
      writeFileSync(path, bytes);
      const { status, stderr } = runTine(['snapshot', 'restore', path, '--endpoint', target.endpoint]);
      assert.equal(status, 1);
      assert.match(
        withoutLog(stderr),
        /^(reading all of the snapshot\n)?tine: [^\n]+ (it is damaged|it is truncated)[^\n]+\n$/,
      );
      assert.equal(await target.access.exists(), false);
    }
  });
}

/** The positions at which branches and leaves begin. */
function heads(pages: Buffer): readonly number[] {
  const starts = Array.from({ length: pages.length / 4096 }, (_, index) => index * 4096);
  return starts.filter((start) => {
    const isOwnId = pages.readBigUInt64LE(start) === BigInt(start / 4096);
    return start >= 3 * 4096 && isOwnId && [1, 2].includes(pages.readUInt16LE(start + 8));
  });
}

/** A file that contains only a version. */
function backendOf(storageVersion: string): Buffer {
  const metaElements = [[Buffer.from('storageVersion'), Buffer.from(storageVersion)]] as const;
  const measure = new FileMeasure();
  measure.bucket('key', []);
  measure.bucket('meta', metaElements);
  const file = new FileWriter(measure.finish());
  const chunks = [...file.bucket('key', []), ...file.bucket('meta', metaElements), ...file.finish()];
  const bytes = Buffer.concat(chunks);
  return Buffer.concat([bytes, createHash('sha256').update(bytes).digest()]);
}
