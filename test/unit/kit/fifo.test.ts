import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fifo } from '../../../src/kit/fifo.ts';
import { seededRandom } from '../wire/random.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`a list behaves like an array, also when thousands of items pass through it (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const fifo = new Fifo<number>();
  const model: number[] = [];
  for (let step = 0; step < 50_000; step += 1) {
    // The list grows to thousands of items, then shrinks, and so on.
    const isGrowing = Math.floor(step / 5_000) % 2 === 0;
    const draw = random();
    if (draw < (isGrowing ? 0.8 : 0.1)) {
      fifo.push(step);
      model.push(step);
    } else if (draw < 0.85) {
      fifo.unshift(-step - 1);
      model.unshift(-step - 1);
    } else if (draw < 0.95 || isGrowing) {
      assert.equal(fifo.shift(), model.shift());
    } else {
      assert.equal(fifo.pop(), model.pop());
    }
    if (!isGrowing) assert.equal(fifo.shift(), model.shift());
    assert.deepEqual([fifo.length, fifo.first], [model.length, model[0]]);
  }
});
