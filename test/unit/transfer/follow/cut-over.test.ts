import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutageError, StartError } from '../../../../src/errors.ts';
import { KeyHash } from '../../../../src/transfer/copy/digest.ts';
import { noProgress } from '../../../../src/transfer/copy/progress.ts';
import { ChangedKeys } from '../../../../src/transfer/follow/changed-keys.ts';
import { cutOver, withRefusalAdvice } from '../../../../src/transfer/follow/cut-over.ts';
import type { Follower } from '../../../../src/transfer/follow/follower.ts';

/** Two empty sides that are level at revision 5. The end of the copy throws the error. */
function followerThatEndsWith(error: Error): Follower {
  const digest = async () => new KeyHash().digest();
  const header = { revision: 5, memberId: 1n };
  const client = {
    name: 'the source',
    newestRevision: async () => 5,
    range: async () => ({ header, kvs: [], count: 0, more: false }),
    call: async () => ({ header }),
  };
  const target = {
    name: 'the target',
    revision: 5,
    alignLeases: async () => {},
    keyCount: async () => 0,
    digest,
    digestOf: digest,
    compareHistory: async () => 'unknown',
    complete: () => Promise.reject(error),
  };
  return {
    source: { client, revision: 5, isKine: false, count: 0, intervals: [] },
    target,
    changed: new ChangedKeys(),
    catchUp: async () => {},
    through: async () => {},
  } as unknown as Follower;
}

test('the source is reported to refuse writes before the end of the copy may fail', async () => {
  const outage = new OutageError('no connection');
  let isReported = false;
  const onRefusal = () => {
    isReported = true;
  };
  const end = cutOver(followerThatEndsWith(outage), { progress: noProgress, onRefusal });
  // An outage stays one, because it is retried.
  await assert.rejects(end, (error) => error === outage);
  assert.ok(isReported);
});

test('an error while the source refuses writes gets the command that lets it accept writes again', () => {
  assert.equal(
    withRefusalAdvice(new StartError('no space is left')).message,
    'no space is left. If the source already refuses writes, run `etcdctl alarm disarm` at the source: it then accepts writes',
  );
});
