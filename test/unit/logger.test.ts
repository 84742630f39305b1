import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseLogOutputs } from '../../src/config/log-outputs.ts';
import { DriverError, StartError } from '../../src/errors.ts';
import { openLogger } from '../../src/logger.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('outputs are named as in etcd', () => {
  assert.deepEqual(parseLogOutputs('default,stdout,systemd/journal,/var/log/tine.log'), [
    { kind: 'stderr' },
    { kind: 'stdout' },
    { kind: 'stderr' },
    { kind: 'file', path: '/var/log/tine.log' },
  ]);
  assert.throws(() => parseLogOutputs(''), /an output is missing/);
});

test('a line goes to every output, without passwords, after what is there', async () => {
  const files = ['a.log', 'b.log'].map((name) => join(temporaryDirectory(), name));
  for (const word of ['first', 'second']) {
    const logger = await openLogger({
      logLevel: 'info',
      logFormat: 'json',
      logOutputs: files.map((path) => ({ kind: 'file', path })),
    });
    logger.info(`${word} postgres://me:s3cret@host/db`);
    logger.debug('not this one');
  }
  for (const path of files) {
    const text = readFileSync(path, 'utf8');
    assert.match(text, /first postgres:\/\/me:\*\*\*@host.*\n.*second/);
    assert.equal(text.trim().split('\n').length, 2);
    assert.doesNotMatch(text, /s3cret/);
  }
});

test("of a database's weather the log has a reason, of other errors the stack too", async () => {
  const path = join(temporaryDirectory(), 'a.log');
  const logger = await openLogger({ logLevel: 'info', logFormat: 'json', logOutputs: [{ kind: 'file', path }] });
  logger.warn({ err: new DriverError('lost', 'connection refused') }, 'leases wait');
  logger.warn({ error: new DriverError('other', 'no such column') }, 'leases wait');
  const [weather, fault] = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(weather.err, 'connection refused');
  assert.match(fault.error.stack, /no such column\n\s+at .*logger\.test/);
});

test('a file that cannot be written is told in a line', async () => {
  const logOutputs = [{ kind: 'file', path: '/none/tine.log' }] as const;
  await assert.rejects(
    () => openLogger({ logLevel: 'info', logFormat: 'json', logOutputs }),
    (error) => error instanceof StartError && /^--log-outputs: ENOENT.*\/none\/tine\.log/.test(error.message),
  );
});
