import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed, numberFromEnvironment, Random } from '../parity/random.ts';
import { DRIVERS, onePerDialect } from '../support/index.ts';
import { checkRecording } from '../support/linearizability/check-recording.ts';
import { killInTurns, restartDatabase } from '../support/linearizability/disturbances.ts';
import { placesOf, restartablePlaces } from '../support/linearizability/place.ts';
import { recordAndCheck } from '../support/linearizability/record-and-check.ts';
import { replyFaults } from '../support/linearizability/reply-faults.ts';
import { watchFaults } from '../support/linearizability/watch-faults.ts';

const seed = chosenSeed();
/** How many times longer than by default. */
const factor = numberFromEnvironment('TINE_TEST_FACTOR', 1);
const repeat = `TINE_TEST_SEED=${seed} TINE_TEST_FACTOR=${factor}`;
/** Runs with disturbances. */
const longDrivers = onePerDialect(DRIVERS);

for (const place of placesOf(3)) {
  const name = `${place.driver.name}, servers: ${place.instanceCount}`;

  test(`${name}: replies to many clients and watch events are linearizable, and planted faults are found`, async (context) => {
    const recording = await recordAndCheck(context, repeat, { place, seed, durationMs: 5_000 * factor });
    for (const [index, fault] of [...replyFaults, ...watchFaults].entries()) {
      const faulty = fault.plant(recording, new Random(seed + index));
      assert.ok(faulty, `${fault.name}: no place for it in the run; ${repeat}`);
      assert.notEqual(checkRecording(faulty).length, 0, `${fault.name}: not found; ${repeat}`);
    }
  });
}

for (const place of [...placesOf(2, longDrivers), ...placesOf(3, longDrivers)]) {
  const name = `${place.driver.name}, servers: ${place.instanceCount}`;

  test(`${name}: replies are linearizable while servers are killed`, async (context) => {
    const recording = await recordAndCheck(context, repeat, {
      place,
      seed,
      durationMs: 7_000 * factor,
      disturb: killInTurns,
    });
    assert.ok(recording.watches.every(({ messages }) => messages.length > 0));
  });
}

for (const { name, open } of restartablePlaces(3, longDrivers)) {
  test(`${name}, servers: 3: replies are linearizable while the database is stopped and killed`, async (context) => {
    const place = await open(context);
    await recordAndCheck(context, repeat, { place, seed, durationMs: 7_000 * factor, disturb: restartDatabase });
  });
}
