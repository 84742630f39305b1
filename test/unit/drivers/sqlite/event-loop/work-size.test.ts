import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchSize } from '../../../../../src/drivers/sqlite/event-loop/work-size.ts';
import type { WriteOperation } from '../../../../../src/mvcc/operations.ts';

// A larger batch would start the writer thread, which takes 10 MiB and half as long as a start.
test('an instance without clients writes only small batches, from its start to its stop', () => {
  const member = { id: 1n, name: 'default', clientUrls: [] };
  const writes: readonly WriteOperation[] = [
    { kind: 'memberAnnounce', member, nowMs: 0, forgetBeforeMs: undefined },
    { kind: 'leaseTick', nowMs: 0 },
    { kind: 'memberDrop', id: 1n },
  ];
  for (const write of writes) assert.equal(batchSize([write], 0), 'small', write.kind);
});
