import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { remoteLimits } from '../../../../src/drivers/remote/remote-limits.ts';
import { whileAnswering } from '../../../../src/drivers/remote/while-answering.ts';
import { DriverError } from '../../../../src/errors.ts';

const stepMs = 250;

/** Work that ends when the test ends it, on a host whose probes the test answers. */
function running(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let nowMs = 1_000;
  context.mock.method(performance, 'now', () => nowMs);
  const probes: (() => void)[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  let signal: AbortSignal | undefined;
  const result = whileAnswering(
    () => new Promise((answer) => probes.push(answer)),
    (given) => {
      signal = given;
      return promise;
    },
  );
  result.catch(() => {});
  const pass = async (ms: number, each: () => void = () => {}): Promise<void> => {
    for (let left = ms; left > 0; left -= stepMs) {
      nowMs += stepMs;
      context.mock.timers.tick(stepMs);
      each();
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    }
  };
  const answerAll = (): void => {
    for (const answer of probes.splice(0)) answer();
  };
  return { result, probes, pass, answerAll, end: resolve, isAborted: () => signal?.aborted === true };
}

const { prepareCheckIntervalMs, probeMsMax, probeGraceMs } = remoteLimits;

test('work that ends soon sends no probe', async (context) => {
  const { result, probes, pass, end } = running(context);
  await pass(prepareCheckIntervalMs - stepMs);
  end('done');
  assert.equal(await result, 'done');
  await pass(60_000);
  assert.equal(probes.length, 0);
});

test('work for half an hour on a host that answers is not abandoned', async (context) => {
  const { result, pass, answerAll, end, isAborted } = running(context);
  await pass(1_800_000, answerAll);
  assert.equal(isAborted(), false);
  end('done');
  assert.equal(await result, 'done');
});

test('work on a host that does not answer is abandoned within seconds', async (context) => {
  const { result, pass, isAborted } = running(context);
  await pass(prepareCheckIntervalMs + probeMsMax);
  assert.equal(isAborted(), true);
  await assert.rejects(result, new DriverError('lost', 'the database does not answer'));
});

test('work that began before a short silence of the network is abandoned: its connection may be dead', async (context) => {
  const { result, probes, pass, isAborted } = running(context);
  await pass(prepareCheckIntervalMs);
  assert.equal(probes.length, 1, 'the probe that the network loses');
  await pass(prepareCheckIntervalMs);
  probes[1]?.();
  await pass(probeGraceMs + stepMs);
  assert.equal(isAborted(), true);
  await assert.rejects(result, /does not answer/);
});

test('an error of the work is passed on', async () => {
  await assert.rejects(
    whileAnswering(
      async () => {},
      async () => {
        throw new Error('refused');
      },
    ),
    /refused/,
  );
});
