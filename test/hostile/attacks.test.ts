import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startAttacked } from '../support/hostile/attacked-server.ts';
import type { Attack, AttackBounds } from '../support/hostile/attacker.ts';
import { attackNamed, attacks } from '../support/hostile/attacks.ts';
import type { GoodFigures } from '../support/hostile/good-client.ts';
import { type Outcome, underAttack } from '../support/hostile/under-attack.ts';
import { type Driver, onePerDialect, TINE_DRIVERS } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

/** `npm run bench:hostile` attacks for ten seconds each, beside etcd. */
const attackSeconds = 1;

/**
 * The longest time that a request may wait. A second has too few requests for a p99, so nine of ten
 * requests must keep the bound, and none may wait longer than this. The first moment of an attack,
 * when hundreds of connections are made and code runs for the first time, accounts for a good part
 * of it.
 */
const stallMsMax = 750;

const boundsDefault: AttackBounds = { p99MsMax: 50, newConnectionP99MsMax: 250, memoryMebibytesMax: 150 };

/**
 * Resident memory includes garbage, whose amount differs from run to run. A server that was just
 * started rests with about 120 MiB, so threads that an attack starts count as well.
 */
const memoryTolerance = 1.6;

/**
 * The files and connections that a server may have more than before: the files of its database, and
 * the good client's last connections.
 */
const descriptorsMoreMax = 20;

/**
 * Attacks that reach the database run on every database. The code that the other attacks reach is
 * the same for all databases.
 */
const reachingTheDatabase = ['list and reset', 'puts'];

/** Attacks on the same code as another attack. Only the long form runs them. */
const alikes = [
  'made you reset: window too large',
  'made you reset: HEADERS after the end',
  'made you reset: PRIORITY',
  'settings among blocked streams',
  'pings',
  'settings',
  'settings on many connections',
  'unknown frames',
  'window updates of the connection',
  'resets of nothing',
  'padded DATA',
  'CONTINUATION without end',
  'references to a large header',
  'large headers',
  'unlike counts',
  'states',
  'leases',
  'slow headers',
  'a number of 3.9 MiB in JSON',
  'WebSocket messages without their end',
  'WebSocket pings',
  'half-open TLS, silent',
  'half a preface',
  'idle HTTP/2',
  'handshakes that come and go',
].map(attackNamed);

const ofTheSuite = attacks.filter((attack) => !alikes.includes(attack));

for (const driver of onePerDialect(TINE_DRIVERS)) {
  const isFirst = driver === TINE_DRIVERS[0];
  for (const attack of ofTheSuite.filter(({ name }) => isFirst || reachingTheDatabase.includes(name))) {
    test(`${driver.name}: ${attack.name}: other clients are served while one client ${attack.does}`, (context) =>
      attackOne(context, driver, attack));
  }
}

/**
 * Another program may use the machine during an attack. So figures outside their bounds are
 * measured a second time, with a new server.
 */
async function attackOne(context: TestContext, driver: Driver, attack: Attack): Promise<void> {
  const bounds = { ...boundsDefault, ...attack.bounds };
  const first = excessesOf(await outcomeOf(context, driver, attack), bounds);
  if (first.length === 0) return;
  for (const excess of first) context.diagnostic(`measured again, because ${excess}`);
  assert.deepEqual(excessesOf(await outcomeOf(context, driver, attack), bounds), []);
}

async function outcomeOf(context: TestContext, driver: Driver, attack: Attack): Promise<Outcome> {
  const server = await startAttacked(driver, attack);
  try {
    const outcome = await underAttack(server, attack, { seconds: attackSeconds });
    context.diagnostic(lineOf(outcome));
    assert.ok(outcome.isAlive, 'the server lives');
    assert.ok(outcome.tally.bytes + outcome.tally.connections > 0, 'there was an attack');
    assert.doesNotMatch(server.log(), /this is a bug|because of a bug|unhandled/i, 'the log names no fault');
    for (const when of ['during', 'after'] as const) {
      const { errorCount, firstError, latencies } = outcome[when];
      assert.equal(errorCount, 0, `${when} the attack the good client met ${firstError}`);
      for (const operation of operations)
        assert.ok(latencies[operation].count > 0, `${when} the attack the good client made a ${operation}`);
    }
    return outcome;
  } finally {
    await server.remove();
  }
}

/** The figures that are outside their bounds, each as a sentence. */
function excessesOf(outcome: Outcome, bounds: AttackBounds): readonly string[] {
  const { before, during, after, memory, descriptors } = outcome;
  // The bounds are for a machine that is not busy. On this machine everything may be slower, the
  // server may wait for a processor, and the good client itself is late.
  const slowness = Math.max(onThisMachine(1), outcome.slowness);
  const bar = (milliseconds: number) => slowness * milliseconds + 2 * outcome.lateMs;
  // Other programs may use the disk as well.
  const diskMs = 2 * before.latencies.put.p50Ms;
  const memoryMebibytesMax = bounds.memoryMebibytesMax * memoryTolerance;
  const memoryExcess = `the server had ${memory.aboveRestMebibytes.toFixed(0)} MiB more than at rest, at most ${memoryMebibytesMax.toFixed(0)} may be`;
  const descriptorsExcess = `${descriptors.after} files and connections were open, ${descriptors.rest} before`;
  return [
    ...slowRequests('during', during, { ...bounds, bar, diskMs }),
    ...slowRequests('after', after, { ...boundsDefault, bar, diskMs }),
    ...(memory.aboveRestMebibytes > memoryMebibytesMax ? [memoryExcess] : []),
    ...(descriptors.after > descriptors.rest + descriptorsMoreMax ? [descriptorsExcess] : []),
  ];
}

const operations = ['get', 'put', 'newConnection'] as const;

interface LatencyBounds extends AttackBounds {
  /** The bound on this machine. */
  readonly bar: (milliseconds: number) => number;
  /** Added to the bounds of puts. */
  readonly diskMs: number;
}

function slowRequests(when: 'during' | 'after', { latencies }: GoodFigures, bounds: LatencyBounds): readonly string[] {
  return operations.flatMap((operation) => {
    const { p90Ms, maxMs } = latencies[operation];
    const p99MsMax = operation === 'newConnection' ? bounds.newConnectionP99MsMax : bounds.p99MsMax;
    const addedMs = operation === 'put' ? bounds.diskMs : 0;
    const measured = [
      ['p90', p90Ms, bounds.bar(p99MsMax) + addedMs],
      ['longest', maxMs, bounds.bar(stallMsMax + p99MsMax) + addedMs],
    ] as const;
    return measured
      .filter(([, value, boundMs]) => value > boundMs)
      .map(
        ([name, value, boundMs]) =>
          `${when} the attack a ${operation} took ${value.toFixed(0)} ms (${name}), at most ${boundMs.toFixed(0)} may be`,
      );
  });
}

function lineOf({ tally, during, after, memory, cpuShare, lateMs, slowness }: Outcome): string {
  const { get, put, newConnection } = during.latencies;
  const p99 = [get, put, newConnection].map(({ p99Ms }) => p99Ms.toFixed(0)).join('/');
  const p99After = [after.latencies.get, after.latencies.put].map(({ p99Ms }) => p99Ms.toFixed(0)).join('/');
  return (
    `get/put/new connection p99 ${p99} ms, after ${p99After}, late ${lateMs.toFixed(1)}, slowness ${slowness.toFixed(1)}; memory ${memory.restMebibytes.toFixed(0)} + ` +
    `${memory.aboveRestMebibytes.toFixed(0)} MiB, left ${memory.leftMebibytes.toFixed(0)}; processors ${cpuShare.toFixed(2)}; ` +
    `sent ${(tally.bytes / 2 ** 20).toFixed(1)} MiB on ${tally.connections} connections, ${tally.hangUps} ended by the server`
  );
}
