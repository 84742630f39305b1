import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyError } from '../../../../src/drivers/postgres/classify-error.ts';
import { DriverError } from '../../../../src/errors.ts';

const serverError = (code: string, message = 'a message of the server'): Error =>
  Object.assign(new Error(message), { code });

for (const [error, kind] of [
  [
    serverError('54000', 'index row size 4024 exceeds btree version 4 maximum 2704 for index "tine_user_pkey"'),
    'tooLarge',
  ],
  [serverError('54023'), 'tooLarge'],
  [serverError('22001'), 'tooLarge'],
  [serverError('XX000', 'invalid memory alloc request size 1073741824'), 'tooLarge'],
  [serverError('XX000', 'cache lookup failed for relation 1'), 'other'],
  [serverError('53100'), 'full'],
  [serverError('53200', 'out of memory'), 'other'],
  [serverError('53300'), 'busy'],
  [serverError('57P01'), 'lost'],
  [serverError('ECONNREFUSED'), 'lost'],
] as const) {
  test(`${(error as { code?: string }).code}, ${error.message}: ${kind}`, () => {
    const failure = classifyError(error);
    assert.ok(failure instanceof DriverError);
    assert.equal(failure.kind, kind);
  });
}
