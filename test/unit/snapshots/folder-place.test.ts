import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FolderPlace } from '../../../src/snapshots/folder-place.ts';
import { SnapshotError } from '../../../src/snapshots/snapshot-error.ts';
import { snapshotNameText } from '../../../src/snapshots/snapshot-name.ts';
import { temporaryDirectory } from '../../support/index.ts';

const name = { prefix: 'tine-snapshot', clusterId: 7n, atMs: 1_000, revision: 3 };
const content = Buffer.from('content');
const whole = Buffer.concat([content, createHash('sha256').update(content).digest()]);

async function* pieces(...all: readonly (Buffer | Error)[]): AsyncGenerator<Buffer> {
  for (const each of all) {
    if (each instanceof Error) throw each;
    yield each;
  }
}

const newPlace = (): FolderPlace => new FolderPlace(join(temporaryDirectory(), 'snapshots'));

test('a written snapshot is listed with what its name contains', async () => {
  const place = newPlace();
  assert.deepEqual(await place.list(), []);
  const written = await place.write(name, { bytes: whole.length, chunks: pieces(whole) });
  assert.deepEqual(await place.list(), [written]);
  assert.deepEqual(written, {
    ...name,
    name: snapshotNameText(name),
    bytes: whole.length,
    place: 'folder',
    location: join(place.name, snapshotNameText(name)),
  });
  await place.remove(written);
  assert.deepEqual(await place.list(), []);
});

test('files of other programs and folders with the name of a snapshot are not listed', async () => {
  const place = newPlace();
  mkdirSync(join(place.name, snapshotNameText(name)), { recursive: true });
  writeFileSync(join(place.name, 'backup.db'), '');
  assert.deepEqual(await place.list(), []);
});

test('a disk that becomes full, a wrong content and a lost claim leave no file', async () => {
  const place = newPlace();
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const isLine = (error: unknown) =>
    error instanceof SnapshotError && error.isLasting && /no space left .*--snapshot-dir$/.test(error.message);
  await assert.rejects(place.write(name, { bytes: 1, chunks: pieces(content, full) }), isLine);
  await assert.rejects(place.write(name, { bytes: 1, chunks: pieces(content) }), /SHA-256 does not match/);
  const confirm = () => Promise.reject(new Error('the claim was lost'));
  await assert.rejects(place.write(name, { bytes: 1, chunks: pieces(whole), confirm }), /the claim was lost/);
  assert.deepEqual(readdirSync(place.name), []);
});

test('a snapshot that does not fit is refused before it is written', async () => {
  const place = newPlace();
  const writing = place.write(name, { bytes: 2 ** 60, chunks: pieces(new Error('not read')) });
  await assert.rejects(writing, /a snapshot of \d+\.\d TiB does not fit into the free .*--snapshot-retention/);
});

test('unfinished files are deleted by prefix, by cluster and by age', async () => {
  const place = newPlace();
  mkdirSync(place.name);
  const parts = [name, { ...name, clusterId: 8n }, { ...name, prefix: 'on-demand' }].map(
    (each) => `${snapshotNameText(each)}.part`,
  );
  const [own = '', other = '', onDemand = ''] = parts;
  for (const part of [...parts, 'backup.db.part']) writeFileSync(join(place.name, part), '');
  await place.removeParts(name, { idleMs: 0 });
  assert.deepEqual(readdirSync(place.name).toSorted(), ['backup.db.part', other, onDemand].toSorted());
  await place.removeParts({ prefix: 'on-demand' }, { idleMs: 60_000 });
  assert.ok(readdirSync(place.name).includes(onDemand), 'it may still be written');
  utimesSync(join(place.name, onDemand), 1, 1);
  await place.removeParts({ prefix: 'on-demand' }, { idleMs: 60_000 });
  assert.deepEqual(readdirSync(place.name).toSorted(), ['backup.db.part', other].toSorted());
  assert.ok(!readdirSync(place.name).includes(own));
});
