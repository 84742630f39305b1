import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FileReader } from '../../../src/bbolt/file-reader.ts';
import { type Element, FileMeasure, FileWriter } from '../../../src/bbolt/file-writer.ts';
import { fnv1a } from '../../../src/bbolt/fnv1a.ts';
import { elementSpan } from '../../../src/bbolt/page-writer.ts';
import { TreeMeasure } from '../../../src/bbolt/tree-measure.ts';
import { temporaryDirectory } from '../../support/index.ts';

/** Elements in the order of their keys; `valueBytes` by allocated. */
function elementsOf(count: number, valueBytes: (index: number) => number): readonly Element[] {
  return Array.from({ length: count }, (_, index) => {
    const key = Buffer.from(`key-${String(index).padStart(9, '0')}`);
    return [key, Buffer.alloc(valueBytes(index), index % 251)] as const;
  });
}

function written(buckets: ReadonlyMap<string, readonly Element[]>): Buffer {
  const measure = new FileMeasure();
  for (const [name, elements] of buckets) measure.bucket(name, elements);
  const file = new FileWriter(measure.finish());
  const chunks: Buffer[] = [];
  for (const [name, elements] of buckets) chunks.push(...file.bucket(name, elements));
  return Buffer.concat([...chunks, ...file.finish()]);
}

function readBack(bytes: Buffer): ReadonlyMap<string, readonly Element[]> {
  const path = join(temporaryDirectory(), 'file.db');
  writeFileSync(path, bytes);
  return FileReader.use(path, (file) => {
    const found = new Map<string, readonly Element[]>();
    for (const [name, bucket] of file.buckets()) found.set(name, [...file.elements(bucket)]);
    return found;
  });
}

test('FNV-1a of known texts is correct', () => {
  assert.equal(fnv1a(Buffer.alloc(0)), 0xcbf29ce484222325n);
  assert.equal(fnv1a(Buffer.from('foobar')), 0x85944171f73967e8n);
});

const shapes: readonly (readonly [what: string, elements: readonly Element[]])[] = [
  ['no elements', []],
  ['one element', elementsOf(1, () => 3)],
  ['as many elements as fit inline', elementsOf(9, () => 60)],
  ['a few more elements than fit inline', elementsOf(12, () => 60)],
  ['one full page', elementsOf(50, () => 50)],
  ['two levels', elementsOf(3_000, (index) => index % 40)],
  ['three levels', elementsOf(20_000, (index) => 300 + (index % 5))],
  ['values that take several pages', elementsOf(40, (index) => (index % 3) * 9_000)],
  ['one value that is larger than a chunk', elementsOf(3, () => 1_500_000)],
];

for (const [what, elements] of shapes) {
  test(`a bucket with ${what} is read back unchanged`, () => {
    const buckets = new Map([
      ['a', elementsOf(2, () => 1)],
      ['key', elements],
      ['z', []],
    ]);
    const bytes = written(buckets);
    assert.equal(bytes.length % 4096, 0);
    assert.deepEqual(readBack(bytes), buckets);
  });
}

test('many buckets whose names fill several pages are read back unchanged', () => {
  const names = Array.from({ length: 60 }, (_, index) => `bucket-${String(index).padStart(3, '0')}`);
  const buckets = new Map(names.map((name, index) => [name, elementsOf(index % 9, () => 90)]));
  assert.deepEqual(readBack(written(buckets)), buckets);
});

test('a tree uses as many pages as measured, for elements of any length', () => {
  for (const count of [0, 1, 2, 100, 101, 102, 5_000]) {
    const tree = new TreeMeasure();
    const elements = elementsOf(count, (index) => (index * 7_919) % 6_000);
    for (const [key, value] of elements) tree.add(key.length, value.length);
    const measure = new FileMeasure();
    measure.tree('key', tree);
    const pageCount = measure.finish();
    const file = new FileWriter(pageCount);
    const log = file.tree('key');
    for (const [key, value] of elements) log.add(elementSpan(key, value));
    log.finish();
    assert.equal(Buffer.concat([...file.takeFull(), ...file.finish()]).length, pageCount * 4096);
  }
});

test('elements measured larger than they are still fill the measured pages', () => {
  const roomOf = ([key, value]: Element, index: number) => ({
    keyBytes: key.length + 1,
    valueBytes: value.length + (index % 9),
  });
  for (const count of [1, 100, 5_000]) {
    const elements = elementsOf(count, (index) => (index * 7_919) % 6_000);
    const tree = new TreeMeasure();
    for (const [index, element] of elements.entries()) {
      const { keyBytes, valueBytes } = roomOf(element, index);
      tree.add(keyBytes, valueBytes);
    }
    const measure = new FileMeasure();
    measure.tree('key', tree);
    const file = new FileWriter(measure.finish());
    const log = file.tree('key');
    for (const [index, element] of elements.entries()) log.add(elementSpan(...element), roomOf(element, index));
    log.finish();
    assert.deepEqual(readBack(Buffer.concat([...file.takeFull(), ...file.finish()])).get('key'), elements);
  }
});

test('an element larger than its measured size is refused', () => {
  const file = new FileWriter(5);
  const log = file.tree('key');
  assert.throws(
    () => log.add(elementSpan(Buffer.from('key'), Buffer.from('value')), { keyBytes: 3, valueBytes: 4 }),
    /an element has at most the measured bytes/,
  );
});

test('the newer of the two meta pages is used, or the other one if it is damaged', () => {
  const bytes = written(new Map([['key', elementsOf(5, () => 5)]]));
  for (const page of [0, 1]) {
    const damaged = Buffer.from(bytes);
    damaged[page * 4096 + 20] = 0;
    assert.equal(readBack(damaged).get('key')?.length, 5);
  }
  const neither = Buffer.from(bytes);
  for (const page of [0, 1]) neither[page * 4096 + 20] = 0;
  assert.throws(() => readBack(neither), /it is not an etcd snapshot, or its first pages are damaged/);
});
