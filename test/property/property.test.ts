import { test } from 'node:test';
import { type Arena, compareOverScript } from '../parity/comparison.ts';
import { chosenSeed, numberFromEnvironment, Random } from '../parity/random.ts';
import { generateScript } from '../parity/script.ts';
import type { Step } from '../parity/step.ts';
import { GrpcTarget } from '../parity/wire.ts';
import { DRIVERS, type Driver, onePerDialect, Server, TINE_DRIVERS } from '../support/index.ts';
import { AlternatingTarget } from './alternating-target.ts';
import { ModelTarget } from './model-target.ts';

const runCountDefault = 1;
const stepCountDefault = 300;

const seed = chosenSeed();
const runCount = numberFromEnvironment('TINE_TEST_RUNS', runCountDefault);
const stepCount = numberFromEnvironment('TINE_TEST_STEPS', stepCountDefault);

for (const driver of onePerDialect(DRIVERS)) {
  for (let run = 0; run < runCount; run += 1) {
    test(`${driver.name}: replies to random requests equal the model's, run ${run + 1}`, async (context) => {
      const { script, repeat } = scriptOf(seed + run);
      context.diagnostic(repeat);
      // Everything that was stored before a kill is stored after it.
      const withRestart = script.toSpliced(Math.floor(script.length / 2), 0, { kind: 'restart' });
      await compareOverScript(withRestart, repeat, () => openArena(driver));
    });
  }
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: two servers on one database, used in turn, reply like one server`, async (context) => {
    const { script, repeat } = scriptOf(seed);
    context.diagnostic(repeat);
    await compareOverScript(script, repeat, () => openArenaOfTwo(driver));
  });
}

function scriptOf(scriptSeed: number): { script: readonly Step[]; repeat: string } {
  const repeat = `TINE_TEST_SEED=${scriptSeed} TINE_TEST_RUNS=1 TINE_TEST_STEPS=${stepCount}`;
  return { script: generateScript(new Random(scriptSeed), stepCount), repeat };
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
    contestants: { oracle, expected: oracle, actual, restartActual, actualKnowsAll: async () => {} },
    close: async () => {
      actual.close();
      await server.remove();
    },
  };
}

async function openArenaOfTwo(driver: Driver): Promise<Arena> {
  const first = await Server.start({ driver });
  const second = await Server.start({ driver, dataDirectory: first.dataDirectory });
  const oracle = new ModelTarget();
  const targets = [first, second].map((server) => new GrpcTarget(`${driver.name} on ${server.port}`, server.address));
  const actual = new AlternatingTarget(targets);
  const restartActual = async () => {
    throw new Error('a script for two servers restarts none');
  };
  return {
    contestants: {
      oracle,
      expected: oracle,
      actual,
      restartActual,
      actualKnowsAll: () => actual.untilAllKnow(),
    },
    close: async () => {
      actual.close();
      await second.remove();
      await first.remove();
    },
  };
}
