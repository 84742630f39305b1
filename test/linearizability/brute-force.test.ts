import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenSeed, Random } from '../parity/random.ts';
import { isLinearizableByBruteForce } from '../support/linearizability/brute-force.ts';
import { registerHistories, setHistories } from '../support/linearizability/partition.ts';
import type { Interval } from '../support/linearizability/recording.ts';
import { registerModel } from '../support/linearizability/register-model.ts';
import { type Model, search } from '../support/linearizability/search.ts';
import { setModel } from '../support/linearizability/set-model.ts';
import { simulatedRun } from '../support/linearizability/simulated-run.ts';
import { unclaimedRevisions } from '../support/linearizability/unclaimed-revisions.ts';

/** 720 orders; one more would be 5,040. */
const operationCountMax = 6;
const runCount = 800;
const seed = chosenSeed();
const repeat = `TINE_TEST_SEED=${seed}`;

test('the search agrees with trying all permutations on small histories, correct and incorrect', (context) => {
  context.diagnostic(repeat);
  const random = new Random(seed);
  const tally = { linearizable: 0, violation: 0 };
  const compare = <State, Operation extends Interval & { readonly reply: unknown }>(
    history: readonly Operation[],
    model: Model<State, Operation>,
  ) => {
    if (history.length < 2 || history.length > operationCountMax) return;
    for (const variant of [history, withTimesExchanged(history, random), withRepliesExchanged(history, random)]) {
      const { kind } = search(variant, model);
      const expected = isLinearizableByBruteForce(variant, model) ? 'linearizable' : 'violation';
      assert.equal(kind, expected, `${JSON.stringify(variant, undefined, 1)}\n${repeat}`);
      tally[expected] += 1;
    }
  };
  for (let run = 0; run < runCount; run += 1) {
    const { operations } = simulatedRun({ seed: seed + run, operationCount: 14, clientCount: 4, doubtPercent: 15 });
    const unclaimed = unclaimedRevisions(operations);
    for (const history of registerHistories(operations).values()) compare(history, registerModel(unclaimed));
    for (const history of setHistories(operations).values()) compare(history, setModel(unclaimed));
  }
  const total = tally.linearizable + tally.violation;
  context.diagnostic(`${tally.linearizable} linearizable, ${tally.violation} not`);
  assert.ok(Math.min(tally.linearizable, tally.violation) > total / 5, 'neither is rare');
});

/** Two operations with exchanged times: replies that came too late or too early. */
function withTimesExchanged<Operation extends Interval>(history: readonly Operation[], random: Random): Operation[] {
  const certain = history.filter(({ returned }) => Number.isFinite(returned));
  if (certain.length < 2) return [...history];
  const [one, other] = [random.pick(certain), random.pick(certain)];
  return history.map((operation) => {
    const timed = operation === one ? other : operation === other ? one : operation;
    return { ...operation, called: timed.called, returned: timed.returned };
  });
}

/** Two operations with each other's replies. */
function withRepliesExchanged<Operation extends { readonly reply: unknown }>(
  history: readonly Operation[],
  random: Random,
): Operation[] {
  const certain = history.filter(({ reply }) => reply !== undefined);
  if (certain.length < 2) return [...history];
  const [one, other] = [random.pick(certain), random.pick(certain)];
  return history.map((operation) => {
    const told = operation === one ? other : operation === other ? one : operation;
    return { ...operation, reply: told.reply };
  });
}
