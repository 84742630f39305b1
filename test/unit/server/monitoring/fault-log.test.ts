import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DriverError } from '../../../../src/errors.ts';
import { createLogger } from '../../../../src/logger.ts';
import { FaultLog } from '../../../../src/server/monitoring/fault-log.ts';

function faultLog() {
  const lines: Record<string, unknown>[] = [];
  const log = new FaultLog(createLogger('info', { write: (line) => lines.push(JSON.parse(line)) }));
  return { lines, log };
}

test('a thousand requests that fail for the same reason produce one line', () => {
  const { lines, log } = faultLog();
  for (let count = 0; count < 1_000; count += 1) log.database(new DriverError('other', 'no such table'));
  assert.deepEqual(
    lines.map(({ kind, reason }) => [kind, reason]),
    [['other', 'no such table']],
  );
});

test('a failure of another kind is logged at once', () => {
  const { lines, log } = faultLog();
  log.database(new DriverError('busy', 'lock wait timeout'));
  log.database(new DriverError('full', 'no space'));
  log.database(new DriverError('busy', 'lock wait timeout'));
  assert.deepEqual(
    lines.map(({ kind, reason }) => [kind, reason]),
    [
      ['busy', 'lock wait timeout'],
      ['full', 'no space'],
    ],
  );
});

test('requests that fail in an outage of the database produce no line, because the driver logs the outage', () => {
  const { lines, log } = faultLog();
  log.database(new DriverError('lost', 'connection refused'));
  assert.deepEqual(lines, []);
});
