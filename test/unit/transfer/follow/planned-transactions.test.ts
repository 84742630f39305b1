import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Planned, plan, planGap, requestOf } from '../../../../src/transfer/follow/planned-transactions.ts';
import { type Compare, CompareTarget, TxnRequest } from '../../../../src/wire/generated/etcdserverpb/kv.ts';
import { type Event, EventType } from '../../../../src/wire/generated/mvccpb/kv.ts';

function event(type: EventType, key: string, revision: number, version = 0): Event {
  const kv = { key: Buffer.from(key), value: Buffer.from('v'), modRevision: revision, createRevision: 1, version };
  return { type, kv: { ...kv, lease: 0n }, prevKv: undefined };
}

const put = (key: string, revision: number, version: number) => event(EventType.PUT, key, revision, version);
const remove = (key: string, revision: number) => event(EventType.DELETE, key, revision);

/** The operations and compares of a request, as short texts. */
function shown(each: Planned, before?: Planned) {
  const { compare, success } = TxnRequest.decode(TxnRequest.encode(requestOf(each, before)));
  const target = (one: Compare) => (one.target === CompareTarget.MOD ? 'mod' : 'version');
  return {
    compares: compare.map((one) => `${target(one)} ${Buffer.from(one.key)} = ${one.targetUnion?.value}`),
    operations: success.map(({ request }) => {
      const key = request?.case === 'requestPut' || request?.case === 'requestDeleteRange' ? request.value.key : [];
      return `${request?.case === 'requestPut' ? 'put' : 'delete'} ${Buffer.from(key)}`;
    }),
  };
}

test('a transaction writes only if its keys have the versions before, and if the one before has its revision', () => {
  const page = [
    { revision: 6, events: [put('a', 6, 3), remove('b', 6)] },
    { revision: 7, events: [put('c', 7, 1)] },
  ];
  const [first, second, ...more] = plan(page, { revision: 5, hasGapKey: false });
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual(more, []);
  assert.deepEqual(shown(first), { compares: ['version a = 2'], operations: ['put a', 'delete b'] });
  assert.deepEqual(shown(second, first), { compares: ['mod a = 6', 'version c = 0'], operations: ['put c'] });
});

test('a gap is filled with a key that the next revision deletes', () => {
  const page = [{ revision: 8, events: [remove('a', 8)] }];
  const planned = [...plan(page, { revision: 5, hasGapKey: false })];
  assert.deepEqual(
    planned.map((each) => [each.revision, ...shown(each).operations]),
    [
      [6, 'put tine_copy_gap'],
      [7, 'put tine_copy_gap'],
      [8, 'delete a', 'delete tine_copy_gap'],
    ],
  );
  assert.equal(planned.at(-1)?.writtenKey, undefined);
  assert.deepEqual([...planGap(5, 5)], []);
  const [next] = plan([{ revision: 6, events: [put('a', 6, 1)] }], { revision: 5, hasGapKey: true });
  assert.ok(next !== undefined);
  assert.deepEqual(shown(next).operations, ['put a', 'delete tine_copy_gap']);
});
