import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed, numberFromEnvironment } from '../parity/random.ts';
import { startAttacked } from '../support/hostile/attacked-server.ts';
import { fuzzers } from '../support/hostile/fuzzers.ts';
import { underAttack } from '../support/hostile/under-attack.ts';
import { ANY_DRIVER } from '../support/index.ts';

const seed = chosenSeed();
/** 100: 10^6 frames and messages, 10^5 bodies and WebSocket frames. */
const factor = numberFromEnvironment('TINE_TEST_FACTOR', 1);

/** For all items of the factor, on a busy machine. */
const secondsMax = 30 * factor;
/** Some of the frames request a megabyte. Ten times as many items must not need more. */
const memoryMebibytesMax = 300;

for (const driver of ANY_DRIVER) {
  for (const { fuzzer, itemCount } of fuzzers) {
    test(`${driver.name}: ${fuzzer.name}: other clients are served and the server has no fault while one client ${fuzzer.does}`, async (context) => {
      const repeat = `TINE_TEST_SEED=${seed} TINE_TEST_FACTOR=${factor}`;
      context.diagnostic(repeat);
      const fuzz = { seed, itemCount: itemCount * factor };
      const server = await startAttacked(driver, fuzzer);
      try {
        const { tally, isAlive, during, after, memory } = await underAttack(server, fuzzer, {
          seconds: secondsMax,
          fuzz,
        });
        context.diagnostic(`${JSON.stringify(tally)}, ${memory.aboveRestMebibytes.toFixed(0)} MiB more than at rest`);
        const said = `${server.log().slice(-4_000)}\n${repeat}`;
        assert.ok(isAlive, `the server ended: ${said}`);
        assert.doesNotMatch(server.log(), /this is a bug|because of a bug|unhandled/i, said);
        assert.ok(tally.items >= fuzz.itemCount, `${tally.items} of ${fuzz.itemCount} were sent; ${repeat}`);
        assert.equal(during.errorCount + after.errorCount, 0, `${during.firstError ?? after.firstError}; ${said}`);
        assert.ok(
          memory.aboveRestMebibytes <= memoryMebibytesMax,
          `${memory.aboveRestMebibytes.toFixed(0)} MiB more than at rest; ${repeat}`,
        );
      } finally {
        await server.remove();
      }
    });
  }
}
