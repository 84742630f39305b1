import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { PartSums } from '../../../src/snapshots/bucket/part-sums.ts';
import { verifyFile } from '../../../src/snapshots/verify-file.ts';
import { writeWholeFile } from '../../../src/snapshots/whole-file.ts';
import { withSum } from '../../../src/snapshots/with-sum.ts';
import { temporaryDirectory } from '../../support/index.ts';

async function* pieces(...all: readonly (Buffer | Error)[]): AsyncGenerator<Buffer> {
  for (const each of all) {
    if (each instanceof Error) throw each;
    yield each;
  }
}

test('a file has its temporary name until it is whole, and only its owner may read it', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'whole');
  await writeWholeFile(`${path}.part`, pieces(Buffer.from('a'), Buffer.from('bc')), async (part) => {
    assert.deepEqual(readdirSync(directory), ['whole.part']);
    assert.equal(readFileSync(part, 'utf8'), 'abc');
    return path;
  });
  assert.deepEqual(readdirSync(directory), ['whole']);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file whose content ends with an error, or that is not confirmed, leaves nothing', async () => {
  const directory = temporaryDirectory();
  const part = join(directory, 'whole.part');
  const broken = pieces(Buffer.from('a'), new Error('broken'));
  await assert.rejects(
    writeWholeFile(part, broken, async () => 'never'),
    /broken/,
  );
  await assert.rejects(
    writeWholeFile(part, pieces(Buffer.from('a')), async () => Promise.reject(new Error('not confirmed'))),
    /not confirmed/,
  );
  assert.deepEqual(readdirSync(directory), []);
});

test('an unfinished file of an earlier run is replaced, with the right mode', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'whole');
  writeFileSync(`${path}.part`, 'a longer content', { mode: 0o644 });
  await writeWholeFile(`${path}.part`, pieces(Buffer.from('abc')), async () => path);
  assert.equal(readFileSync(path, 'utf8'), 'abc');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('of two processes that write one file, the file of neither is renamed half written', async () => {
  const path = join(temporaryDirectory(), 'whole');
  const written = Promise.withResolvers<void>();
  const resumed = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Buffer> {
    yield Buffer.from('be');
    written.resolve();
    await resumed.promise;
    yield Buffer.from('gun later');
  }
  const begun: Promise<void>[] = [];
  const first = writeWholeFile(`${path}.part`, pieces(Buffer.from('begun first')), async () => {
    begun.push(writeWholeFile(`${path}.part`, slow(), async () => path));
    await written.promise;
    return path;
  });
  await assert.rejects(first, /another process writes this file; run one at a time/);
  resumed.resolve();
  await Promise.all(begun);
  assert.equal(readFileSync(path, 'utf8'), 'begun later');
});

/** The sizes of contents around the pieces in which a file is read back. */
const sizes = [1, 31, 32, 33, 262_112, 262_111, 262_143, 262_144, 262_145, 600_000];

test('a file with the right SHA-256 is accepted in every size, and all its bytes are passed on', async () => {
  const path = join(temporaryDirectory(), 'file');
  for (const size of sizes) {
    const content = randomBytes(size);
    const parts: Buffer[] = [];
    for await (const part of withSum(pieces(content))) parts.push(part);
    writeFileSync(path, Buffer.concat(parts));
    const seen = createHash('sha256');
    const { bytes, sum } = await verifyFile(path, (piece) => seen.update(piece));
    assert.equal(bytes, size + 32, `${size}`);
    assert.deepEqual(sum, createHash('sha256').update(content).digest());
    assert.deepEqual(seen.digest(), createHash('sha256').update(Buffer.concat(parts)).digest());
  }
});

test('a file with a wrong bit anywhere, a missing end, or no content is refused', async () => {
  const path = join(temporaryDirectory(), 'file');
  const content = randomBytes(300_000);
  const whole = Buffer.concat([content, createHash('sha256').update(content).digest()]);
  for (const at of [0, 262_144, 299_999, 300_000, 300_031]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    writeFileSync(path, damaged);
    await assert.rejects(verifyFile(path), /SHA-256 does not match/, `byte ${at}`);
  }
  for (const end of [0, 32, 299_999, 300_031]) {
    writeFileSync(path, whole.subarray(0, end));
    await assert.rejects(verifyFile(path), /SHA-256 does not match/, `${end} bytes`);
  }
});

test('the sums of parts do not depend on the pieces in which they are added', () => {
  const content = randomBytes(1_000);
  const part = (start: number) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(content.subarray(start, start + 400)));
    return sum;
  };
  const ofParts = Buffer.alloc(4);
  ofParts.writeUInt32BE(crc32(Buffer.concat([part(0), part(400), part(800)])));
  const whole = Buffer.alloc(4);
  whole.writeUInt32BE(crc32(content));
  for (const pieceBytes of [1, 7, 400, 401, 999, 1_000]) {
    const sums = new PartSums(400);
    for (let at = 0; at < content.length; at += pieceBytes) sums.add(content.subarray(at, at + pieceBytes));
    assert.deepEqual(sums.finish(), { whole: whole.toString('base64'), ofParts: `${ofParts.toString('base64')}-3` });
  }
});
