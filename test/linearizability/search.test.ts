import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkLinearizable } from '../support/linearizability/check-linearizable.ts';
import {
  add,
  doubtful,
  elements,
  from,
  get,
  members,
  pair,
  put,
  remove,
  saw,
  swap,
  wrote,
} from '../support/linearizability/hand-written.ts';
import { registerHistories } from '../support/linearizability/partition.ts';
import type { Operation } from '../support/linearizability/recording.ts';
import { registerModel } from '../support/linearizability/register-model.ts';
import { search } from '../support/linearizability/search.ts';
import { unclaimedRevisions } from '../support/linearizability/unclaimed-revisions.ts';

interface Example {
  readonly name: string;
  readonly operations: readonly Operation[];
}

const linearizable: readonly Example[] = [
  { name: 'an empty history', operations: [] },
  {
    name: 'sequential operations',
    operations: [
      from(1, 2, put('x'), wrote(2)),
      from(3, 4, get, saw(2, pair('x', 2))),
      from(5, 6, remove, wrote(3, pair('x', 2))),
      from(7, 8, get, saw(3)),
      from(9, 10, remove, saw(3)),
      from(11, 12, put('y'), wrote(4)),
    ],
  },
  {
    name: 'reads during a write that return the old or the new value',
    operations: [
      from(1, 10, put('x'), wrote(2)),
      from(2, 3, get, saw(1)),
      from(4, 5, get, saw(2, pair('x', 2))),
      from(6, 7, get, saw(2, pair('x', 2))),
    ],
  },
  {
    name: 'concurrent writes in the order of their revisions instead of their calls',
    operations: [
      from(1, 10, put('x'), wrote(3, pair('y', 2))),
      from(2, 9, put('y'), wrote(2)),
      from(11, 12, get, saw(3, pair('x', 3, 2, 2))),
    ],
  },
  {
    name: 'two concurrent swaps of which one succeeds',
    operations: [
      from(1, 5, swap(0, 'x'), wrote(2)),
      from(2, 6, swap(0, 'y'), saw(2, pair('x', 2))),
      from(7, 8, swap(2, 'z'), wrote(3, pair('x', 2))),
    ],
  },
  {
    name: 'a write in doubt that never took effect',
    operations: [doubtful(1, put('x')), from(2, 3, get, saw(1)), from(4, 5, put('y'), wrote(2))],
  },
  {
    name: 'a write in doubt that took effect late',
    operations: [
      doubtful(1, put('x')),
      from(2, 3, get, saw(1)),
      from(4, 5, put('y'), wrote(2)),
      from(6, 7, get, saw(3, pair('x', 3, 2, 2))),
    ],
  },
  {
    name: 'writes in doubt whose number follows from the version of an acknowledged write',
    operations: [
      doubtful(1, put('x')),
      doubtful(2, put('y')),
      from(3, 4, put('z'), wrote(9, pair('x', 5, 2, 3))),
      from(5, 6, get, saw(9, pair('z', 9, 3, 3))),
    ],
  },
  {
    name: 'a swap and a delete in doubt that both took effect',
    operations: [
      from(1, 2, put('x'), wrote(2)),
      doubtful(3, remove),
      doubtful(4, swap(2, 'y')),
      from(5, 6, get, saw(3, pair('y', 3, 2, 2))),
      from(7, 8, get, saw(4)),
    ],
  },
  {
    name: 'a set that grows',
    operations: [
      from(1, 6, add('p'), wrote(3)),
      from(2, 7, add('q'), wrote(2)),
      from(3, 4, members, saw(2, ...elements(['q', 2]))),
      from(8, 9, add('p'), saw(3, ...elements(['p', 3]))),
      doubtful(10, add('r')),
      from(11, 12, members, saw(4, ...elements(['p', 3], ['q', 2], ['r', 4]))),
    ],
  },
];

const impossible: readonly Example[] = [
  {
    name: 'a read of the value before an acknowledged write',
    operations: [from(1, 2, put('x'), wrote(2)), from(3, 4, get, saw(2))],
  },
  {
    name: 'a read of an older value than an earlier read returned',
    operations: [from(1, 10, put('x'), wrote(2)), from(2, 3, get, saw(2, pair('x', 2))), from(4, 5, get, saw(2))],
  },
  { name: 'a value that no operation wrote', operations: [from(1, 2, get, saw(2, pair('x', 2)))] },
  {
    name: 'a write seen before its call',
    operations: [from(1, 2, get, saw(2, pair('x', 2))), from(3, 4, put('x'), wrote(2))],
  },
  {
    name: 'a lost update: the version skips a write',
    operations: [
      from(1, 2, put('x'), wrote(2)),
      from(3, 4, put('y'), wrote(3, pair('x', 2))),
      from(5, 6, put('z'), wrote(4, pair('x', 2))),
    ],
  },
  {
    name: 'two swaps from one revision',
    operations: [from(1, 5, swap(0, 'x'), wrote(2)), from(2, 6, swap(0, 'y'), wrote(3))],
  },
  {
    name: 'a failed swap although its compare held',
    operations: [from(1, 2, put('x'), wrote(2)), from(3, 4, swap(2, 'y'), saw(2, pair('x', 2)))],
  },
  {
    name: 'a delete without effect although the key existed',
    operations: [from(1, 2, put('x'), wrote(2)), from(3, 4, remove, saw(2, pair('x', 2)))],
  },
  {
    name: 'a write in doubt that took effect before its call',
    operations: [from(1, 2, get, saw(2, pair('x', 2))), doubtful(3, put('x'))],
  },
  {
    name: 'a write in doubt that took effect twice',
    operations: [
      doubtful(1, put('x')),
      from(2, 3, get, saw(2, pair('x', 2))),
      from(4, 5, put('y'), wrote(3, pair('x', 2))),
      from(6, 7, get, saw(4, pair('x', 4, 3, 2))),
    ],
  },
  {
    name: 'a swap in doubt that took effect although its compare failed',
    operations: [
      from(1, 2, put('x'), wrote(2)),
      from(3, 4, put('y'), wrote(3, pair('x', 2))),
      doubtful(5, swap(2, 'z')),
      from(6, 7, get, saw(4, pair('z', 4, 3, 2))),
    ],
  },
  {
    name: 'a header whose revision goes back',
    operations: [
      from(1, 2, put('x'), wrote(5)),
      from(3, 4, get, saw(7, pair('x', 5))),
      from(5, 6, get, saw(6, pair('x', 5))),
    ],
  },
  {
    name: 'two adds of one element',
    operations: [from(1, 5, add('p'), wrote(2)), from(2, 6, add('p'), wrote(3))],
  },
  {
    name: 'a set without an added element',
    operations: [
      from(1, 2, add('p'), wrote(2)),
      from(3, 4, add('q'), wrote(3)),
      from(5, 6, members, saw(3, ...elements(['q', 3]))),
    ],
  },
  {
    name: 'two reads of a set that disagree on which add was first',
    operations: [
      from(1, 10, add('p'), wrote(3)),
      from(2, 11, add('q'), wrote(2)),
      from(3, 8, members, saw(2, ...elements(['p', 3]))),
      from(4, 9, members, saw(2, ...elements(['q', 2]))),
    ],
  },
];

describe('the search finds an order for', () => {
  for (const { name, operations } of linearizable) {
    test(name, () => assert.deepEqual(checkLinearizable(operations), []));
  }
});

describe('the search finds no order for', () => {
  for (const { name, operations } of impossible) {
    test(name, () => assert.equal(checkLinearizable(operations).length, 1));
  }
});

test('a found order contains every certain operation once and explains the final state', () => {
  for (const { operations } of linearizable) {
    for (const history of registerHistories(operations).values()) {
      const verdict = search(history, registerModel(unclaimedRevisions(operations)));
      assert.equal(verdict.kind, 'linearizable');
      const certain = history.filter(({ reply }) => reply !== undefined);
      assert.equal(new Set(verdict.order).size, verdict.order.length);
      assert.ok(certain.every((operation) => verdict.order.includes(operation)));
    }
  }
});

test('a search that exceeds its limits is reported as a violation', () => {
  const operations = linearizable.at(-1)?.operations ?? [];
  const [violation] = checkLinearizable(operations, { configurationCountMax: 2, durationMsMax: 5_000 });
  assert.match(
    violation?.what ?? '',
    /undecided whether its 6 operations are linearizable: more than 2 configurations/,
  );
  const [late] = checkLinearizable(operations, { configurationCountMax: 1_000, durationMsMax: 0 });
  assert.match(late?.what ?? '', /more than 0 ms/);
});

test('a violation shows the contradicting operations and none after them', () => {
  const [violation] = checkLinearizable([
    from(1, 2, put('x'), wrote(2)),
    from(3, 4, get, saw(2, pair('x', 2))),
    from(5, 6, put('y'), wrote(3, pair('x', 2))),
    from(7, 8, get, saw(3, pair('x', 2))),
    from(9, 10, put('z'), wrote(4, pair('y', 3, 2, 2))),
  ]);
  assert.deepEqual(violation, {
    what: 'k: no order of its operations explains their replies',
    excerpt: [
      'the longest order that does ends with',
      '  client 1 through a  [     1.0 ..     2.0 ms]  put k = "x"  ->  revision 2, before: nothing',
      '  client 5 through a  [     5.0 ..     6.0 ms]  put k = "y"  ->  revision 3, before: "x" (created 2, modified 2, version 1)',
      'then it is "y" (created 2, modified 3, version 2) at revision 3, where none of these can follow',
      '  client 7 through a  [     7.0 ..     8.0 ms]  get k  ->  revision 3, there: "x" (created 2, modified 2, version 1)',
    ],
  });
});
