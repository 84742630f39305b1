import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionError, DriverError } from '../../../src/errors.ts';
import { RetryLog } from '../../../src/kit/retry-log.ts';
import { createLogger } from '../../../src/logger.ts';

function retryLog() {
  const levels: string[] = [];
  const logger = createLogger('info', { write: (line) => levels.push(JSON.parse(line).level) });
  return { levels, log: new RetryLog(logger, 'work failed; retrying') };
}

test('a series of failures of background work produces one line, and the next series another', () => {
  const { levels, log } = retryLog();
  for (let count = 0; count < 3; count += 1) log.failed(new DriverError('full', 'no space'));
  assert.deepEqual(levels, ['warn']);
  log.succeeded();
  log.failed(new AssertionError('a bug'));
  assert.deepEqual(levels, ['warn', 'error']);
});

test('an outage of the database produces no line of background work and hides no other failure', () => {
  const { levels, log } = retryLog();
  log.failed(new DriverError('lost', 'connection refused'));
  assert.deepEqual(levels, []);
  log.failed(new DriverError('other', 'no such table'));
  assert.deepEqual(levels, ['warn']);
});
