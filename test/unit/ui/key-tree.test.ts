import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOfText } from '../../../ui/bytes.ts';
import { KeyTree } from '../../../ui/keys/key-tree.ts';
import type { RangeReply } from '../../../ui/messages.ts';
import { waitFor } from '../../support/wait.ts';

interface RangeRequest {
  readonly key: string;
  readonly range_end: string;
  readonly limit?: number;
  readonly count_only?: boolean;
}

/** A store of sorted keys, and the number of keys that it has returned. */
function storeOf(names: readonly string[]) {
  const keys = names.map((name) => Buffer.from(name)).sort(Buffer.compare);
  const uses = { requests: 0, keys: 0 };
  const range = async (request: object): Promise<RangeReply> => {
    const { key, range_end, limit, count_only } = request as RangeRequest;
    const start = Buffer.from(key, 'base64');
    const end = Buffer.from(range_end, 'base64');
    const isOpen = end.equals(Buffer.of(0));
    const found = keys.filter((each) => each.compare(start) >= 0 && (isOpen || each.compare(end) < 0));
    uses.requests += 1;
    if (count_only) return { header: {}, count: String(found.length) };
    const kvs = found.slice(0, limit).map((each) => ({ key: each.toString('base64') }));
    uses.keys += kvs.length;
    return { header: {}, kvs, count: String(found.length), more: kvs.length < found.length };
  };
  return { range, uses };
}

async function loaded(prefix: string, { range }: ReturnType<typeof storeOf>): Promise<KeyTree> {
  const tree = new KeyTree(bytesOfText(prefix), { range, onChange: () => {} });
  tree.start();
  await settled(tree);
  return tree;
}

function settled(tree: KeyTree): Promise<unknown> {
  return waitFor('the tree', async () => tree.rows.every((row) => row.kind !== 'rest' || row.state !== 'loading'));
}

function shown(tree: KeyTree): string[] {
  return tree.rows.map((row) => `${' '.repeat(row.depth)}${row.kind === 'rest' ? `<${row.state}>` : row.label}`);
}

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(6, '0')}`);

describe('the tree of keys', () => {
  test('a folder that is alone is opened with its parent', async () => {
    const tree = await loaded('', storeOf(['/registry/pods/a', '/registry/pods/b', '/registry/nodes/n']));
    await settled(tree);
    assert.deepEqual(shown(tree), ['/', ' registry/', '  nodes/', '  pods/']);
  });

  test('a key with the name of a folder, and a key that is the prefix itself, stand beside it', async () => {
    const tree = await loaded('/a', storeOf(['/a', '/a/b', '/ab', '/a-']));
    assert.deepEqual(shown(tree), ['(the prefix itself)', '-', '/', 'b']);
  });

  test('a folder of many keys is passed in one step', async () => {
    const store = storeOf([...numbered('/x/big/', 20_000), '/x/later', ...numbered('/x/other/', 5_000), '/x/z']);
    const tree = await loaded('/x/', store);
    assert.deepEqual(shown(tree), ['big/', 'later', 'other/', 'z']);
    assert.ok(store.uses.keys <= 1_000, `${store.uses.keys} keys were read`);
  });

  test('many keys side by side are read in pages, when their end is visible', async () => {
    const store = storeOf(numbered('/x/', 5_000));
    const tree = await loaded('/x/', store);
    assert.equal(shown(tree).at(-1), '<more>');
    assert.ok(tree.rows.length <= 1_201);
    for (let page = 0; page < 20 && shown(tree).at(-1) === '<more>'; page += 1) {
      tree.load(tree.root);
      await settled(tree);
    }
    assert.deepEqual(
      tree.rows.map((row) => (row.kind === 'key' ? row.label : '')),
      numbered('', 5_000),
    );
  });

  test('a closed folder keeps its children, and a refresh reads what is open again', async () => {
    const store = storeOf(['/a/1', '/b/2']);
    const tree = await loaded('/', store);
    const [first] = tree.rows;
    assert.ok(first?.kind === 'folder');
    tree.open(first.id);
    await settled(tree);
    assert.deepEqual(shown(tree), ['a/', ' 1', 'b/']);
    const { requests } = store.uses;
    tree.close(first.id);
    tree.open(first.id);
    assert.equal(store.uses.requests, requests);
    tree.refresh();
    await settled(tree);
    assert.deepEqual(shown(tree), ['a/', ' 1', 'b/']);
    assert.equal(store.uses.requests, requests + 2);
  });

  test('a count is read once', async () => {
    const store = storeOf(numbered('/a/', 7));
    const tree = await loaded('/', store);
    await waitFor('the count', async () => tree.count(tree.root) === '7');
    const { requests } = store.uses;
    assert.equal(tree.count(tree.root), '7');
    assert.equal(store.uses.requests, requests);
  });

  test('of many folders, the last ones that became visible are counted first', async () => {
    const store = storeOf(numbered('/', 500).map((name) => `${name}/x`));
    const counted: string[] = [];
    const range = async (request: object) => {
      const { count_only, key } = request as RangeRequest;
      if (count_only) counted.push(Buffer.from(key, 'base64').toString());
      return await store.range(request);
    };
    const tree = new KeyTree(bytesOfText('/'), { range, onChange: () => {} });
    const folders = numbered('/', 500).map((name) => `${name}/`);
    for (const folder of folders) tree.count(folder);
    await waitFor('the counts', async () => tree.count('/000450/') === '1');
    assert.deepEqual(counted.slice(2, 5), ['/000499/', '/000498/', '/000497/']);
    assert.ok(counted.length <= 103, `${counted.length} counts were read`);
    assert.equal(tree.count('/000100/'), undefined);
    await waitFor('a count that is visible again', async () => tree.count('/000100/') === '1');
  });

  test('a failed request is shown in its place, and may be repeated', async () => {
    const store = storeOf(['/a/1', '/b/2']);
    let isFailing = true;
    const range = (request: object) => (isFailing ? Promise.reject(new Error('no')) : store.range(request));
    const tree = new KeyTree(bytesOfText('/'), { range, onChange: () => {} });
    tree.start();
    await settled(tree);
    assert.equal(tree.error?.message, 'no');
    assert.deepEqual(shown(tree), ['<failed>']);
    isFailing = false;
    tree.load(tree.root);
    await settled(tree);
    assert.deepEqual(shown(tree), ['a/', 'b/']);
  });
});
