import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { DriverError } from '../../../src/errors.ts';
import { limits } from '../../../src/limits.ts';
import { Members } from '../../../src/store/members.ts';
import { sleep, waitFor } from '../../support/index.ts';

type Arguments = ConstructorParameters<typeof Members>;

const self: Arguments[2]['self'] = { id: 1n, name: 'a', clientUrls: [] } as unknown as Arguments[2]['self'];

/** Members whose writes fail with an error as long as it is given. */
function membersWith(failure: () => Error | undefined) {
  let writeCount = 0;
  const write = async (): Promise<unknown> => {
    writeCount += 1;
    const error = failure();
    if (error !== undefined) throw error;
    return {};
  };
  const members = new Members({ nowMs: () => Date.now() } as Arguments[0], { write } as unknown as Arguments[1], {
    reads: { read: async () => ({ members: [], namedLeader: undefined }) } as unknown as Arguments[2]['reads'],
    self,
    logger: pino({ enabled: false }),
  });
  return { members, writeCount: () => writeCount };
}

test('an instance announces itself as soon as the database is back, not at the next heartbeat', async () => {
  let isAway = true;
  const { members, writeCount } = membersWith(() => (isAway ? new DriverError('lost', 'no answer') : undefined));
  members.start();
  await waitFor('a second attempt', () => writeCount() === 2);
  isAway = false;
  await waitFor('the announcement', () => writeCount() === 3, { timeoutMs: limits.memberHeartbeatRetryMs * 4 });
  await sleep(limits.memberHeartbeatRetryMs * 3);
  assert.equal(writeCount(), 3, 'then it waits for the next heartbeat');
  await members.stop();
});

test('a heartbeat that fails for another reason is repeated at the next one', async () => {
  const { members, writeCount } = membersWith(() => new DriverError('full', 'the disk is full'));
  members.start();
  await sleep(limits.memberHeartbeatRetryMs * 3);
  assert.equal(writeCount(), 1);
  await members.stop();
});
