import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyError } from '../../../../src/drivers/postgres/classify-error.ts';
import { DriverError } from '../../../../src/errors.ts';

const said = (code: string, message = 'said the server'): Error => Object.assign(new Error(message), { code });

for (const [error, kind] of [
  [said('54000', 'index row size 4024 exceeds btree version 4 maximum 2704 for index "tine_user_pkey"'), 'tooLarge'],
  [said('54023'), 'tooLarge'],
  [said('22001'), 'tooLarge'],
  [said('XX000', 'invalid memory alloc request size 1073741824'), 'tooLarge'],
  [said('XX000', 'cache lookup failed for relation 1'), 'other'],
  [said('53100'), 'full'],
  [said('53200', 'out of memory'), 'other'],
  [said('53300'), 'busy'],
  [said('57P01'), 'lost'],
  [said('ECONNREFUSED'), 'lost'],
] as const) {
  test(`${(error as { code?: string }).code}, ${error.message}: ${kind}`, () => {
    const failure = classifyError(error);
    assert.ok(failure instanceof DriverError);
    assert.equal(failure.kind, kind);
  });
}
