import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { watchLimits } from '../../src/watch/watch-limits.ts';
import type { EtcdClient } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';
import { assertEverythingWorks } from './everything-works.ts';
import type { Traffic } from './traffic.ts';

/** The promise: everything works again within this many ms of the database's return. */
export const recoveryMsMax = 1_000;

/**
 * Asserts, after an outage, that requests and watches continue in time, that everything else works,
 * and that nothing is lost or duplicated.
 */
export async function assertRecovers(
  context: TestContext,
  client: EtcdClient,
  traffic: Traffic,
  writesMsMax = recoveryMsMax,
): Promise<void> {
  const { writesMs, watchMs } = await traffic.flows();
  const figures = [
    `writes after ${Math.round(writesMs)} ms`,
    `events after ${Math.round(watchMs)} ms`,
    `slowest answer ${Math.round(traffic.slowestMs)} ms`,
    `${traffic.acknowledgedCount} acknowledged`,
    `${traffic.refusedCount} refused`,
  ];
  context.diagnostic(figures.join(', '));
  // Watches retry on their own schedule, independent of writes.
  const watchMsMax = writesMsMax + watchLimits.retryMsMax;
  assert.ok(writesMs < onThisMachine(writesMsMax), `writes took ${writesMs} ms`);
  assert.ok(watchMs < onThisMachine(watchMsMax), `events took ${watchMs} ms`);
  await assertEverythingWorks(client);
  await traffic.assertWhole();
}
