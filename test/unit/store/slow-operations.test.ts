import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '../../../src/logger.ts';
import { keyText } from '../../../src/sql/key-text.ts';
import { SlowOperations } from '../../../src/store/slow-operations.ts';

function slowOperations(thresholdMs: number) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('info', { write: (line) => lines.push(JSON.parse(line)) });
  return { lines, slow: new SlowOperations({ thresholdMs, logger }) };
}

const request = { key: keyText(Buffer.from('k')), withValue: true };

test('operations of a batch that waited too long are logged with what they waited for', () => {
  const { lines, slow } = slowOperations(100);
  const nowMs = performance.now();
  const batch = [
    { request, sinceMs: nowMs - 500 },
    { request, sinceMs: nowMs - 50 },
  ];
  slow.pointReads(batch, nowMs - 40);
  assert.equal(lines.length, 1);
  const [line] = lines;
  assert.equal(line?.msg, 'apply request took too long');
  assert.equal(line?.prefix, 'read-only range ');
  assert.equal(line?.request, 'range:<key:"k">');
  assert.equal(line?.['expected-duration'], '100ms');
  assert.equal(line?.['batch-size'], 2);
  assert.ok(Math.abs(Number.parseFloat(String(line?.queued)) - 460) < 1, String(line?.queued));
  assert.ok(Number.parseFloat(String(line?.database)) >= 40, String(line?.database));
  assert.equal(slow.count, 1);
});

test('a fast batch logs nothing', () => {
  const { lines, slow } = slowOperations(100);
  slow.pointReads([{ request, sinceMs: performance.now() - 1 }], performance.now());
  assert.deepEqual([lines, slow.count], [[], 0]);
});

test("the server's own work is not logged as a request", () => {
  const { lines, slow } = slowOperations(0);
  const sinceMs = performance.now() - 10;
  slow.writes([{ operation: { kind: 'compactChunk', nowMs: 0, idsMax: 1 }, sinceMs }], sinceMs);
  assert.deepEqual([lines, slow.count], [[], 0]);
});

test('all slow operations are counted, however few are logged', () => {
  const { lines, slow } = slowOperations(0);
  const sinceMs = performance.now() - 10;
  slow.pointReads(
    Array.from({ length: 100 }, () => ({ request, sinceMs })),
    sinceMs,
  );
  assert.equal(slow.count, 100);
  assert.ok(lines.length <= 10);
});
