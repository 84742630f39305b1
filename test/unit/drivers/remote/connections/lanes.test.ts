import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Lane, Lanes, laneNames } from '../../../../../src/drivers/remote/connections/lanes.ts';
import { remoteLimits } from '../../../../../src/drivers/remote/remote-limits.ts';

const never = Number.MAX_SAFE_INTEGER / 2;
const refusal = new Error('too many connections');

/** Lanes with this number of connections, and the work that entered them, in order. */
function watched(context: TestContext, countMax: number) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 1_000;
  context.mock.method(performance, 'now', () => nowMs);
  const lanes = new Lanes(countMax);
  const entered: Lane[] = [];
  const failures: string[] = [];
  const enter = (lane: Lane, count = 1) => {
    for (let index = 0; index < count; index += 1) {
      const entering = lanes.enter(lane, never);
      if (entering === undefined) entered.push(lane);
      else
        entering.then(
          () => entered.push(lane),
          (error: Error) => failures.push(error.message),
        );
    }
  };
  const leave = async (lane: Lane) => {
    lanes.leave(lane);
    await settled();
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { lanes, entered, failures, enter, leave, pass };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

function count(entered: readonly Lane[]): Record<Lane, number> {
  const of = (lane: Lane) => entered.filter((each) => each === lane).length;
  return { write: of('write'), quick: of('quick'), bulk: of('bulk') };
}

for (const countMax of [1, 2, 3, 4, 5, 6, 8, 100]) {
  test(`with ${countMax} connections all are used, no more are opened, and no lane waits forever`, async (context) => {
    const { lanes, entered, enter, leave } = watched(context, countMax);
    for (const lane of laneNames) enter(lane, 200);
    assert.equal(entered.length, countMax);
    for (let index = 0; index < 600; index += 1) {
      await leave(entered[index] as Lane);
      const { usage } = lanes;
      assert.ok(usage.write.used + usage.quick.used + usage.bulk.used <= countMax);
    }
    assert.deepEqual(count(entered), { write: 200, quick: 200, bulk: 200 });
    // Each lane had its turn within two rounds.
    assert.ok(laneNames.every((lane) => entered.slice(0, countMax + 2 * laneNames.length).includes(lane)));
  });
}

for (const countMax of [2, 3, 4, 5, 6, 8]) {
  test(`with ${countMax} connections lists leave one for a write, and writes one for a list`, (context) => {
    const lists = watched(context, countMax);
    lists.enter('bulk', 100);
    lists.enter('quick', 100);
    assert.ok(lists.entered.length < countMax);
    lists.enter('write');
    assert.equal(count(lists.entered).write, 1);
    context.mock.restoreAll();
    context.mock.timers.reset();
    const writes = watched(context, countMax);
    writes.enter('write', 100);
    assert.ok(writes.entered.length < countMax);
    writes.enter('bulk');
    assert.equal(count(writes.entered).bulk, 1);
  });
}

test('a lane borrows connections that other lanes have no share in', (context) => {
  const { entered, enter } = watched(context, 8);
  enter('bulk', 100);
  assert.equal(entered.length, 4);
});

test('when the server refuses another connection, the open ones are shared, and another is tried after a second', async (context) => {
  const { lanes, entered, enter, leave, pass } = watched(context, 8);
  enter('write', 2);
  enter('quick', 2);
  // The server has refused one of the four connections.
  lanes.leave('quick');
  lanes.refused(3, refusal);
  enter('bulk', 10);
  assert.equal(entered.length, 4);
  await leave('quick');
  assert.deepEqual(entered.slice(4), ['bulk']);
  pass(remoteLimits.refusalPauseMs);
  enter('quick', 5);
  assert.equal(entered.length, 6, 'one more is tried');
  lanes.opened(4);
  await settled();
  assert.equal(entered.length, 7, 'it was granted, and another is tried');
});

test("a request that waits too long is refused at its deadline with the server's reason", async (context) => {
  const { lanes } = watched(context, 2);
  assert.equal(lanes.enter('write', never), undefined);
  const waiting = lanes.enter('write', 1_500);
  const refused = assert.rejects(async () => waiting, /^DriverError: all 2 connections are in use$/);
  context.mock.timers.tick(500);
  await refused;
  lanes.refused(1, refusal);
  const other = lanes.enter('quick', 1_500);
  const refusedToo = assert.rejects(async () => other, /grants no more connections: too many connections/);
  context.mock.timers.tick(500);
  await refusedToo;
  assert.deepEqual(
    laneNames.map((lane) => lanes.usage[lane].waiting),
    [0, 0, 0],
  );
});

test('one connection can be taken away for separate work and given back', async (context) => {
  const { lanes, entered, enter, leave } = watched(context, 2);
  enter('write');
  enter('bulk');
  let isFree = false;
  const reserved = lanes.reserve().then(() => {
    isFree = true;
  });
  await assert.rejects(lanes.reserve(), /no connection is free for other work/);
  await settled();
  assert.equal(isFree, false);
  await leave('bulk');
  await reserved;
  enter('quick');
  assert.equal(entered.length, 2);
  lanes.unreserve();
  await settled();
  assert.deepEqual(entered, ['write', 'bulk', 'quick']);
});
