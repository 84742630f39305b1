import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HangGuard } from '../../../src/snapshots/hang-guard.ts';
import { SnapshotError } from '../../../src/snapshots/snapshot-error.ts';
import { HungFile } from '../../support/hung-file.ts';
import { sleep, waitFor } from '../../support/index.ts';

const idleMsMax = 200;
const never = new AbortController().signal;
const hangs = (error: unknown) => error instanceof SnapshotError && /has not answered for \d+ s/.test(error.message);

test('a call that does not return ends the wait, and no other work starts until it returns', async () => {
  const guard = new HangGuard('/snapshots', idleMsMax);
  const file = new HungFile();
  let isEnded = false;
  const run = guard.run(never, ({ ended }) => {
    ended.addEventListener('abort', () => {
      isEnded = true;
    });
    return file.call();
  });
  await assert.rejects(run, hangs);
  assert.ok(isEnded, 'the work can see that nobody waits for it');
  await assert.rejects(
    guard.run(never, async () => assert.fail('it starts')),
    hangs,
  );
  await file.release();
  await waitFor('the guard to be free', () => guard.run(never, async () => true).catch(() => false));
});

test('work that makes progress may take any time', async () => {
  const guard = new HangGuard('/snapshots', idleMsMax);
  const result = await guard.run(never, async ({ progress }) => {
    for (let step = 0; step < 10; step += 1) {
      await sleep(idleMsMax / 4);
      progress();
    }
    return 'done';
  });
  assert.equal(result, 'done');
});

test('a stop ends the wait for a call that does not return', async () => {
  const guard = new HangGuard('/snapshots', 60_000);
  const file = new HungFile();
  const stop = new AbortController();
  const run = guard.run(stop.signal, () => file.call());
  stop.abort(new Error('tine stops'));
  await assert.rejects(run, /tine stops/);
  await file.release();
});
