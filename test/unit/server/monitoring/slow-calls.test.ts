import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusCode } from '../../../../src/errors.ts';
import { createLogger } from '../../../../src/logger.ts';
import { SlowCalls } from '../../../../src/server/monitoring/slow-calls.ts';
import { serverLimits } from '../../../../src/server/server-limits.ts';

function slowCalls(level: 'info' | 'debug') {
  return new SlowCalls({ logger: createLogger(level, { write: () => {} }), thresholdMs: 300 });
}

function endedCall(tookMs: number) {
  const path = '/etcdserverpb.KV/Put';
  return { path, peer: '127.0.0.1:1', tookMs, code: StatusCode.ok, requestBytes: 1, replyBytes: 1, about: 'put:<>' };
}

test('the newest slow calls are remembered, newest first, and no more than the limit', () => {
  const calls = slowCalls('info');
  for (let count = 1; count <= serverLimits.recentSlowCallsMax + 20; count += 1) calls.report(endedCall(300 + count));
  const { recent } = calls;
  assert.equal(recent.length, serverLimits.recentSlowCallsMax);
  assert.equal(recent.at(0)?.tookMs, 300 + serverLimits.recentSlowCallsMax + 20);
  assert.equal(recent.at(-1)?.tookMs, 321);
  assert.ok(Math.abs((recent.at(0)?.endedUnixMs ?? 0) - Date.now()) < 60_000);
});

test('at level debug every call is logged, and only slow calls are remembered', () => {
  const calls = slowCalls('debug');
  for (const tookMs of [1, 299, 301]) calls.report(endedCall(tookMs));
  assert.deepEqual(
    calls.recent.map(({ tookMs }) => tookMs),
    [301],
  );
});
