import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { SparseLog } from '../../../src/kit/sparse-log.ts';
import { createLogger } from '../../../src/logger.ts';

function sparseLog() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(JSON.parse(line)) });
  const log = new SparseLog({ logger, message: 'slow', linesMax: 2, intervalMs: 1_000 });
  return { lines, log };
}

test('lines beyond the limit of an interval are counted, and their number is logged at its end', (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  const { lines, log } = sparseLog();
  for (let index = 0; index < 5; index += 1) log.write(() => ({ index }));
  assert.deepEqual(
    lines.map(({ index, msg }) => [index, msg]),
    [
      [0, 'slow'],
      [1, 'slow'],
    ],
  );
  mock.timers.tick(1_000);
  assert.equal(lines.length, 3);
  assert.equal(lines[2]?.suppressed, 3);
  assert.match(String(lines[2]?.msg), /^slow: /);
});

test('the next interval writes lines again, and an interval without omitted lines logs no number', (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  const { lines, log } = sparseLog();
  log.write(() => ({ index: 0 }));
  mock.timers.tick(1_000);
  log.write(() => ({ index: 1 }));
  log.write(() => ({ index: 2 }));
  mock.timers.tick(1_000);
  assert.deepEqual(
    lines.map(({ index }) => index),
    [0, 1, 2],
  );
});

test('the fields of an omitted line are not computed', () => {
  const { log } = sparseLog();
  let asked = 0;
  const fields = () => {
    asked += 1;
    return {};
  };
  for (let index = 0; index < 100; index += 1) log.write(fields);
  assert.equal(asked, 2);
});
