/**
 * A Postgres primary with a standby that confirms its commits, under three instances that have both
 * addresses.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed, numberFromEnvironment, Random } from '../parity/random.ts';
import { sleep, TINE_DRIVERS } from '../support/index.ts';
import { checkRecording } from '../support/linearizability/check-recording.ts';
import { killInTurns } from '../support/linearizability/disturbances.ts';
import type { Disturbance } from '../support/linearizability/live-run.ts';
import { recordAndCheck } from '../support/linearizability/record-and-check.ts';
import { replyFaults } from '../support/linearizability/reply-faults.ts';
import { watchFaults } from '../support/linearizability/watch-faults.ts';
import { PostgresPair } from '../support/postgres-pair.ts';

const firstSeed = chosenSeed();
const runCount = numberFromEnvironment('TINE_TEST_RUNS', 1);
/** How many times longer than by default. */
const factor = numberFromEnvironment('TINE_TEST_FACTOR', 1);
const instanceCount = 3;

if (TINE_DRIVERS.some(({ name }) => name === 'postgres')) {
  for (let seed = firstSeed; seed < firstSeed + runCount; seed += 1) testPair(seed);
}

function testPair(seed: number): void {
  const repeat = `TINE_TEST_SEED=${seed} TINE_TEST_FACTOR=${factor}`;

  test(`postgres pair, servers: 3: when a primary is killed and its standby promoted, no acknowledged write is lost (${seed})`, async (context) => {
    const pair = await PostgresPair.start();
    context.after(() => pair.remove());
    let failoverCount = 0;
    const failOver: Disturbance = async ({ random, isOver }) => {
      for (;;) {
        await sleep(random.between(1_000, 2_500));
        if (isOver()) return;
        await pair.killPrimary();
        await pair.promote();
        failoverCount += 1;
        await sleep(random.between(1_000, 4_000));
        // In half of the cases the old primary first returns alone for a while, as a primary that
        // missed the failover.
        if (random.chance(50)) {
          await pair.startReplaced();
          await sleep(random.between(500, 1_500));
          await pair.killReplaced();
        }
        await pair.rejoin();
      }
    };
    const place = { driver: pair.driver, instanceCount };
    const durationMs = 12_000 * factor;
    const recording = await recordAndCheck(context, repeat, { place, seed, durationMs, disturb: failOver });
    context.diagnostic(`${failoverCount} times another primary`);
    assert.ok(failoverCount > 0);
    for (const [index, fault] of [...replyFaults, ...watchFaults].entries()) {
      const faulty = fault.plant(recording, new Random(seed + index));
      if (faulty !== undefined)
        assert.notEqual(checkRecording(faulty).length, 0, `${fault.name}: not found; ${repeat}`);
    }
  });

  test(`postgres pair, servers: 3: replies are linearizable while servers are killed (${seed})`, async (context) => {
    const pair = await PostgresPair.start();
    context.after(() => pair.remove());
    const place = { driver: pair.driver, instanceCount };
    await recordAndCheck(context, repeat, { place, seed, durationMs: 7_000 * factor, disturb: killInTurns });
  });
}
