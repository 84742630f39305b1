import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startAttacked } from '../support/hostile/attacked-server.ts';
import type { Attack, AttackBounds } from '../support/hostile/attacker.ts';
import { attacks } from '../support/hostile/attacks.ts';
import type { GoodFigures } from '../support/hostile/good-client.ts';
import { type Outcome, underAttack } from '../support/hostile/under-attack.ts';
import { type Driver, onePerDialect, TINE_DRIVERS } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

/** Ten seconds each are `npm run bench:hostile`, beside etcd. */
const attackSeconds = 1.5;

const boundsDefault: AttackBounds = { p99MsMax: 50, newConnectionP99MsMax: 50, memoryMebibytesMax: 150 };

/** Files and connections that a server may have more than before: of its database, and the good client's last ones. */
const descriptorsMoreMax = 20;

/** Attacks that go on to the database run on each of them. What the others meet is the same on all. */
const reachingTheDatabase = ['list and reset', 'puts'];

for (const driver of onePerDialect(TINE_DRIVERS)) {
  const isFirst = driver === TINE_DRIVERS[0];
  for (const attack of attacks.filter(({ name }) => isFirst || reachingTheDatabase.includes(name))) {
    test(`${driver.name}: ${attack.name}: a client that ${attack.does} does not stop the others`, (context) =>
      attackOne(context, driver, attack));
  }
}

async function attackOne(context: TestContext, driver: Driver, attack: Attack): Promise<void> {
  const server = await startAttacked(driver, attack);
  try {
    const outcome = await underAttack(server, attack, { seconds: attackSeconds });
    context.diagnostic(lineOf(outcome));
    check(outcome, { ...boundsDefault, ...attack.bounds });
    assert.doesNotMatch(server.log(), /this is a bug|fault of this server|unhandled/i, 'the log names no fault');
  } finally {
    await server.remove();
  }
}

function check(outcome: Outcome, bounds: AttackBounds): void {
  const { during, after, memory, descriptors } = outcome;
  assert.ok(outcome.isAlive, 'the server lives');
  assert.ok(outcome.tally.bytes + outcome.tally.connections > 0, 'there was an attack');
  checkFigures('during the attack', during, bounds);
  checkFigures('after the attack', after, boundsDefault);
  assert.ok(
    memory.aboveRestMebibytes <= bounds.memoryMebibytesMax,
    `${memory.aboveRestMebibytes.toFixed(0)} MiB more than at rest, at most ${bounds.memoryMebibytesMax} may be`,
  );
  assert.ok(
    descriptors.after <= descriptors.rest + descriptorsMoreMax,
    `${descriptors.after} open files and connections, ${descriptors.rest} before`,
  );
}

function checkFigures(when: string, { latencies, errorCount, firstError }: GoodFigures, bounds: AttackBounds): void {
  assert.equal(errorCount, 0, `${when} the good client met ${firstError}`);
  for (const operation of ['get', 'put', 'newConnection'] as const) {
    const { count, p99Ms } = latencies[operation];
    const boundMs = onThisMachine(operation === 'newConnection' ? bounds.newConnectionP99MsMax : bounds.p99MsMax);
    assert.ok(count > 0, `${when} the good client made a ${operation}`);
    assert.ok(
      p99Ms <= boundMs,
      `${when} a ${operation} took ${p99Ms.toFixed(0)} ms (p99), at most ${boundMs.toFixed(0)} may be`,
    );
  }
}

function lineOf({ tally, during, after, memory, cpuShare }: Outcome): string {
  const { get, put, newConnection } = during.latencies;
  const p99 = [get, put, newConnection].map(({ p99Ms }) => p99Ms.toFixed(0)).join('/');
  const p99After = [after.latencies.get, after.latencies.put].map(({ p99Ms }) => p99Ms.toFixed(0)).join('/');
  return (
    `get/put/new connection p99 ${p99} ms, after ${p99After}; memory ${memory.restMebibytes.toFixed(0)} + ` +
    `${memory.aboveRestMebibytes.toFixed(0)} MiB, left ${memory.leftMebibytes.toFixed(0)}; processors ${cpuShare.toFixed(2)}; ` +
    `sent ${(tally.bytes / 2 ** 20).toFixed(1)} MiB on ${tally.connections} connections, ${tally.hangUps} ended by the server`
  );
}
