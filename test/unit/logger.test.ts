import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseLogOutputs } from '../../src/config/log-outputs.ts';
import { DriverError, StartError } from '../../src/errors.ts';
import { createLogger, type Logger, openLogger } from '../../src/logger.ts';
import { onThisMachine } from '../support/slowness.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test("log outputs have etcd's names", () => {
  assert.deepEqual(parseLogOutputs('default,stdout,systemd/journal,/var/log/tine.log'), [
    { kind: 'stderr' },
    { kind: 'stdout' },
    { kind: 'stderr' },
    { kind: 'file', path: '/var/log/tine.log' },
  ]);
  assert.throws(() => parseLogOutputs(''), /an output is missing/);
});

test('a line is appended to every output, without passwords', async () => {
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

test('a database outage is logged with its reason, other errors with their stack too', async () => {
  const path = join(temporaryDirectory(), 'a.log');
  const logger = await openLogger({ logLevel: 'info', logFormat: 'json', logOutputs: [{ kind: 'file', path }] });
  logger.warn({ err: new DriverError('lost', 'connection refused') }, 'leases wait');
  logger.warn({ error: new DriverError('other', 'no such column') }, 'leases wait');
  const [outage, fault] = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(outage.err, 'connection refused');
  assert.match(fault.error.stack, /no such column\n\s+at .*logger\.test/);
});

test('a log file that cannot be written is reported in one line', async () => {
  const logOutputs = [{ kind: 'file', path: '/none/tine.log' }] as const;
  await assert.rejects(
    () => openLogger({ logLevel: 'info', logFormat: 'json', logOutputs }),
    (error) => error instanceof StartError && /^--log-outputs: ENOENT.*\/none\/tine\.log/.test(error.message),
  );
});

function linesOf(log: (logger: Logger) => void): {
  readonly lines: string[];
  readonly fields: Record<string, string>[];
} {
  const lines: string[] = [];
  log(createLogger('info', { write: (line) => lines.push(line) }));
  return { lines, fields: lines.map((line) => JSON.parse(line)) };
}

test('a text is cut at 1,000 characters, with the number of omitted characters', () => {
  const { fields } = linesOf((logger) => logger.info({ role: 'x'.repeat(1_500_000), change: 'addRole' }, 'refused'));
  assert.equal(fields[0]?.role, `${'x'.repeat(1_000)}... (1499000 more characters)`);
  assert.equal(fields[0]?.change, 'addRole');
  assert.equal(fields[0]?.msg, 'refused');
});

test('a line has at most 16 KiB, wherever its texts are', () => {
  const long = '"\\\u0001é//a:'.repeat(500_000);
  const { lines, fields } = linesOf((logger) => {
    logger.info(long);
    logger.warn({ nested: { deep: [long, long] } }, 'nested');
    logger.error({ error: new Error(long) }, 'with a stack');
    logger.info({ names: Array.from({ length: 10_000 }, (_, index) => `name ${index}`) }, 'many');
    logger.info(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, long])), 'many long ones');
  });
  assert.deepEqual(
    lines.map((line) => line.length <= 16 * 1024 && line.endsWith('}\n')),
    lines.map(() => true),
  );
  assert.deepEqual(
    fields.slice(1).map(({ level, msg }) => [level, msg]),
    [
      ['warn', 'nested'],
      ['error', 'with a stack'],
      ['info', 'many'],
      ['info', 'many long ones'],
    ],
  );
});

test('a password is removed even if the text is cut in the middle of it', () => {
  for (let length = 950; length < 1_010; length += 1) {
    const { lines } = linesOf((logger) =>
      logger.info({ reason: `${'x'.repeat(length)} postgres://me:s3cret-s3cret-s3cret@host ${'y'.repeat(5_000)}` }),
    );
    assert.doesNotMatch(lines[0] ?? '', /s3c/);
  }
});

test('a line of 4 MiB is cut in linear time', () => {
  for (const piece of ['//a:', '"', '\\', '/', 'password=']) {
    const text = piece.repeat((4 * 1024 * 1024) / piece.length);
    const started = performance.now();
    linesOf((logger) => logger.info({ text, nested: { text } }, text));
    const tookMs = performance.now() - started;
    assert(tookMs < onThisMachine(500), `${tookMs} ms for ${piece}`);
  }
});
