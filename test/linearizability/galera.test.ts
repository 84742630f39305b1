import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed, numberFromEnvironment, Random } from '../parity/random.ts';
import { type GaleraCluster, sharedCluster } from '../support/galera-cluster.ts';
import { galeraAt, sleep, TINE_DRIVERS, waitFor } from '../support/index.ts';
import { checkRecording } from '../support/linearizability/check-recording.ts';
import { killInTurns } from '../support/linearizability/disturbances.ts';
import type { Disturbance } from '../support/linearizability/live-run.ts';
import type { Place } from '../support/linearizability/place.ts';
import { recordAndCheck } from '../support/linearizability/record-and-check.ts';
import { replyFaults } from '../support/linearizability/reply-faults.ts';
import { watchFaults } from '../support/linearizability/watch-faults.ts';

const firstSeed = chosenSeed();
const runCount = numberFromEnvironment('TINE_TEST_RUNS', 1);
/** How many times longer than by default. */
const factor = numberFromEnvironment('TINE_TEST_FACTOR', 1);

/**
 * The cluster takes two seconds to detect a missing node, and the node some seconds to come back.
 */
const faultPauseMs = 2_000;
const absenceMs = 4_000;
const healTimeoutMs = 30_000;

if (TINE_DRIVERS.some(({ name }) => name === 'mariadb')) testGalera();

function testGalera(): void {
  const running = sharedCluster();
  const place = (): Place => ({
    driver: galeraAt(running(), 0),
    driverOf: (instance) => galeraAt(running(), instance),
    instanceCount: 3,
  });

  /** Removes one node after the other and brings it back. */
  const awayInTurns =
    (leave: (node: GaleraCluster['nodes'][number]) => Promise<void>, comeBack: typeof leave): Disturbance =>
    async ({ random, isOver }) => {
      for (;;) {
        await sleep(random.between(faultPauseMs / 2, faultPauseMs));
        if (isOver()) return;
        const node = random.pick(running().nodes);
        await leave(node);
        await sleep(absenceMs);
        await comeBack(node);
        await waitFor('the node to be back', async () => (await node.state()) === 'Synced', {
          timeoutMs: healTimeoutMs,
        });
      }
    };

  const cases: readonly (readonly [name: string, durationMs: number, disturb: Disturbance | undefined])[] = [
    ['killed instances', 7_000, killInTurns],
    [
      'nodes that are killed and rejoin',
      16_000,
      awayInTurns(
        (node) => node.kill(),
        (node) => node.start(),
      ),
    ],
    [
      'nodes that are isolated and reconnected',
      16_000,
      awayInTurns(
        (node) => node.isolate(true),
        (node) => node.isolate(false),
      ),
    ],
    [
      'nodes that freeze and resume',
      16_000,
      awayInTurns(
        async (node) => node.freeze(true),
        async (node) => node.freeze(false),
      ),
    ],
  ];

  for (let seed = firstSeed; seed < firstSeed + runCount; seed += 1) {
    const repeat = `TINE_TEST_SEED=${seed} TINE_TEST_FACTOR=${factor}`;

    test(`galera, each instance on its own node: replies to clients are linearizable, and planted faults are found (${seed})`, async (context) => {
      const recording = await recordAndCheck(context, repeat, { place: place(), seed, durationMs: 5_000 * factor });
      for (const [index, fault] of [...replyFaults, ...watchFaults].entries()) {
        const faulty = fault.plant(recording, new Random(seed + index));
        assert.ok(faulty, `${fault.name}: no place for it in the run; ${repeat}`);
        assert.notEqual(checkRecording(faulty).length, 0, `${fault.name}: not found; ${repeat}`);
      }
    });

    for (const [name, durationMs, disturb] of cases) {
      test(`galera, each instance on its own node: replies are linearizable with ${name} (${seed})`, async (context) => {
        const options = { place: place(), seed, durationMs: durationMs * factor, ...(disturb && { disturb }) };
        await recordAndCheck(context, repeat, options);
      });
    }
  }
}
