import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartError } from '../../../src/errors.ts';
import { storageError } from '../../../src/snapshots/bucket/storage-error.ts';
import { SnapshotError } from '../../../src/snapshots/snapshot-error.ts';

const storage = {
  endpoint: 'https://storage:9000',
  region: 'us-east-1',
  usesPaths: true,
  credentials: undefined,
  authorities: undefined,
  verifiesCertificate: true,
};

const explained = (error: object) =>
  storageError(Object.assign(new Error('text'), error), { what: 's3://b/f', storage });

/** Errors of the client, what the line contains, and whether the next try would fail too. */
const known: readonly (readonly [error: object, line: RegExp, isLasting: boolean])[] = [
  [{ name: 'NoSuchBucket' }, /no such bucket; create it, or correct --snapshot-s3-bucket$/, true],
  [{ name: 'ExpiredToken' }, /refused the credentials \(ExpiredToken\)/, true],
  [{ name: 'CredentialsProviderError' }, /no credentials; set AWS_ACCESS_KEY_ID/, true],
  [{ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }, /refused access \(AccessDenied\); allow/, true],
  [{ name: 'PermanentRedirect' }, /another region .*--snapshot-s3-region$/, true],
  [{ name: 'RequestTimeTooSkewed' }, /the clock of this machine differs/, true],
  [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /not trusted .*--snapshot-s3-endpoint-ca$/, true],
  [{ code: 'EPROTO' }, /does not speak TLS .*--snapshot-s3-insecure$/, true],
  [{ code: 'ECONNRESET' }, /https:\/\/storage:9000 is unreachable \(ECONNRESET\)/, false],
  [{ name: 'TimeoutError' }, /unreachable \(TimeoutError\)/, false],
  [{ name: 'InternalError', $metadata: { httpStatusCode: 500 } }, /failed: InternalError: text$/, false],
];

test('an error of the storage is one line with the bucket, the cause and what to do', () => {
  for (const [error, line, isLasting] of known) {
    const found = explained(error);
    assert.ok(found instanceof SnapshotError, String(line));
    assert.match(found.message, line);
    assert.match(found.message, /^s3:\/\/b\/f: [^\n]*$/);
    assert.equal(found.isLasting, isLasting, found.message);
    assert.equal(found.cause, undefined, 'the error of the client may contain credentials');
  }
});

test('errors of tine and the end of an upload stay as they are', () => {
  for (const error of [
    new StartError('a'),
    new SnapshotError('b', { isLasting: true }),
    explained({ name: 'AbortError' }),
  ])
    assert.equal(storageError(error, { what: 's3://b', storage }), error);
});
