import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed, Random } from '../parity/random.ts';
import { checkLinearizable } from '../support/linearizability/check-linearizable.ts';
import { assertCorrect, checkRecording } from '../support/linearizability/check-recording.ts';
import { replyFaults } from '../support/linearizability/reply-faults.ts';
import { simulatedRun } from '../support/linearizability/simulated-run.ts';
import { watchFaults } from '../support/linearizability/watch-faults.ts';

const runCount = 20;
const seed = chosenSeed();

/** Runs with few and with many clients, and with none to dozens of operations in doubt. */
const runs = Array.from({ length: runCount }, (_, run) => ({
  seed: seed + run,
  recording: simulatedRun({
    seed: seed + run,
    operationCount: 400,
    clientCount: 3 + (run % 10),
    doubtPercent: run % 11,
  }),
  repeat: `TINE_TEST_SEED=${seed}, run ${run}`,
}));

test('simulated runs of a correct store pass all checks', () => {
  for (const { recording, repeat } of runs) assertCorrect(recording, repeat);
});

for (const fault of [...replyFaults, ...watchFaults]) {
  test(`the checks find a planted fault: ${fault.name}`, (context) => {
    let plantedCount = 0;
    for (const run of runs) {
      const faulty = fault.plant(run.recording, new Random(run.seed));
      if (faulty === undefined) continue;
      plantedCount += 1;
      assert.notEqual(checkRecording(faulty).length, 0, run.repeat);
      if (fault.showsInOrder) assert.notEqual(checkLinearizable(faulty.operations).length, 0, run.repeat);
    }
    context.diagnostic(`planted in ${plantedCount} of ${runCount} runs, TINE_TEST_SEED=${seed}`);
    assert.ok(plantedCount > runCount / 2, `planted in ${plantedCount} of ${runCount} runs`);
  });
}
