import { test } from 'node:test';
import { type Arena, compareOverScript } from '../parity/comparison.ts';
import { chosenSeed, numberFromEnvironment, Random } from '../parity/random.ts';
import { generateScript } from '../parity/script.ts';
import { noRules } from '../parity/version-differences.ts';
import { GrpcTarget } from '../parity/wire.ts';
import { DRIVERS, type Driver, Server } from '../support/index.ts';
import { ModelTarget } from './model-target.ts';

const runCountDefault = 6;
const stepCountDefault = 600;

const seed = chosenSeed();
const runCount = numberFromEnvironment('TINE_TEST_RUNS', runCountDefault);
const stepCount = numberFromEnvironment('TINE_TEST_STEPS', stepCountDefault);

for (const driver of DRIVERS) {
  for (let run = 0; run < runCount; run += 1) {
    const runSeed = seed + run;
    const hasRestart = runSeed % 2 === 1;
    test(`${driver.name}: random requests are answered as the model of etcd answers them, run ${run + 1}`, async (context) => {
      const repeat = `TINE_TEST_SEED=${runSeed} TINE_TEST_RUNS=1 TINE_TEST_STEPS=${stepCount}`;
      context.diagnostic(repeat);
      const script = generateScript(new Random(runSeed), stepCount);
      // What was there before a kill is there after it.
      const withRestart = hasRestart ? script.toSpliced(Math.floor(script.length / 2), 0, { kind: 'restart' }) : script;
      await compareOverScript(withRestart, repeat, () => openArena(driver));
    });
  }
}

async function openArena(driver: Driver): Promise<Arena> {
  const server = await Server.start({ driver });
  const oracle = new ModelTarget();
  const actual = new GrpcTarget(driver.name, server.address);
  const restartActual = async () => {
    await server.kill();
    await server.start();
    actual.reconnect();
  };
  return {
    contestants: { oracle, expected: oracle, actual, rules: noRules, restartActual },
    close: async () => {
      actual.close();
      await server.remove();
    },
  };
}
