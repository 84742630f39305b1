import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heap, type HeapNode } from '../../../../src/store/queues/heap.ts';
import { Random } from '../../../parity/random.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`a heap returns its nodes by key, and nodes of one key in order (TINE_TEST_SEED=${seed})`, () => {
  const random = new Random(seed);
  const heap = new Heap<HeapNode>();
  const nodes = Array.from({ length: 50 }, (): HeapNode => ({ key: 0, sequence: 0, index: -1 }));
  /** The nodes of the heap, in the order in which they were set. */
  let expected: HeapNode[] = [];
  for (let step = 0; step < 20_000; step += 1) {
    const node = nodes[random.below(nodes.length)] as HeapNode;
    if (random.below(3) > 0) {
      heap.set(node, random.below(20));
      expected = [...expected.filter((each) => each !== node), node];
    } else if (random.below(2) > 0) {
      heap.delete(node);
      expected = expected.filter((each) => each !== node);
    } else if (node.index !== -1) {
      heap.delete(node);
      heap.restore(node);
    }
    assert.equal(heap.size, expected.length);
    assert.equal(heap.first, expected.toSorted((one, other) => one.key - other.key)[0]);
  }
});
