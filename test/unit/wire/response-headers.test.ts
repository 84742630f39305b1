import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseHeader } from '../../../src/wire/generated/etcdserverpb/header.ts';
import { ResponseHeaders } from '../../../src/wire/response-headers.ts';

test('headers of one revision share one buffer, until the cluster id is known', () => {
  const origin = { clusterId: 0n, memberId: 2n, raftTerm: 3 };
  const headers = new ResponseHeaders(origin);
  const unknown = headers.field(7);
  assert.equal(headers.field(7), unknown);
  origin.clusterId = 5n;
  const known = headers.field(7);
  assert.notEqual(known, unknown);
  assert.equal(headers.field(7), known);
  // Tag and length precede the message.
  assert.deepEqual(ResponseHeader.decode(known.subarray(2)), { ...origin, revision: 7 });
});
