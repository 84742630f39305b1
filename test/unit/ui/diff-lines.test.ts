import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diffLines, type LinePair } from '../../../ui/value/diff-lines.ts';

/** `=a`, `-a`, `+a` or `-a+b` for each pair. */
function short(pairs: readonly LinePair[]): string[] {
  return pairs.map(({ before, after, isEqual }) =>
    isEqual
      ? `=${before?.text}`
      : `${before === undefined ? '' : `-${before.text}`}${after === undefined ? '' : `+${after.text}`}`,
  );
}

/** The number of equal lines in the longest common subsequence, by its definition. */
function longestCommon(left: readonly string[], right: readonly string[]): number {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let x = 1; x <= left.length; x += 1) {
    for (let y = 1; y <= right.length; y += 1) {
      const same = left[x - 1] === right[y - 1];
      const row = lengths[x] as number[];
      row[y] = same ? (lengths[x - 1]?.[y - 1] ?? 0) + 1 : Math.max(lengths[x - 1]?.[y] ?? 0, row[y - 1] ?? 0);
    }
  }
  return lengths[left.length]?.[right.length] ?? 0;
}

describe('the diff of lines', () => {
  test('a changed line stands beside its old text', () => {
    assert.deepEqual(short(diffLines('a\nb\nc\n', 'a\nx\nc\n')), ['=a', '-b+x', '=c']);
  });

  test('added and removed lines stand alone', () => {
    assert.deepEqual(short(diffLines('a\nb', 'a\nb\nc')), ['=a', '=b', '+c']);
    assert.deepEqual(short(diffLines('a\nb', 'b')), ['-a', '=b']);
    assert.deepEqual(short(diffLines('', 'b')), ['+b']);
    assert.deepEqual(short(diffLines('', '')), []);
  });

  test('lines have their numbers on both sides', () => {
    const pairs = diffLines('x\na', 'a\ny');
    const numbers = pairs.map(({ before, after }) => [before?.number, after?.number]);
    assert.deepEqual(numbers, [
      [1, undefined],
      [2, 1],
      [undefined, 2],
    ]);
  });

  test('random texts: both sides are complete, and as many lines as possible are equal', () => {
    const seed = Number(process.env.TINE_TEST_SEED ?? Date.now() % 1_000_000);
    let state = seed;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((state / 2_147_483_648) * below);
    };
    for (let round = 0; round < 500; round += 1) {
      const texts = [0, 1].map(() => Array.from({ length: random(12) }, () => 'abcd'[random(4)] ?? ''));
      const [left = [], right = []] = texts;
      const pairs = diffLines(left.join('\n'), right.join('\n'));
      const context = `seed ${seed}: TINE_TEST_SEED repeats it; ${JSON.stringify(texts)}`;
      assert.deepEqual(
        pairs.flatMap(({ before }) => before?.text ?? []),
        left,
        context,
      );
      assert.deepEqual(
        pairs.flatMap(({ after }) => after?.text ?? []),
        right,
        context,
      );
      assert.equal(pairs.filter(({ isEqual }) => isEqual).length, longestCommon(left, right), context);
    }
  });

  test('texts of 20,000 different lines are shown as replaced within a second', () => {
    const text = (name: string) => Array.from({ length: 20_000 }, (_, index) => `${name} ${index}`).join('\n');
    const startMs = performance.now();
    const pairs = diffLines(`first\n${text('a')}\nlast`, `first\n${text('b')}\nlast`);
    assert.ok(performance.now() - startMs < 1_000);
    assert.equal(pairs.length, 20_002);
    assert.equal(pairs.filter(({ isEqual }) => isEqual).length, 2);
  });
});
