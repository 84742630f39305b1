import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../../support/index.ts';

const guard = join(repositoryRoot, 'src', 'commands', 'crash-guard.ts');
const logger = join(repositoryRoot, 'src', 'logger.ts');

/** Runs `body` in a separate guarded process: its faults would end this process too. */
function guarded(body: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const script = `
    import { guardAgainstCrashes } from ${JSON.stringify(guard)};
    import { openLogger } from ${JSON.stringify(logger)};
    const logger = await openLogger({ logLevel: 'info', logFormat: 'json', logOutputs: [{ kind: 'stderr' }] });
    const stop = guardAgainstCrashes(logger, () => console.log('gave up'));
    ${body}`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
}

test('an uncaught error is logged with its stack, and the process continues', () => {
  const { status, stdout, stderr } = guarded(`
    setTimeout(() => { throw new Error('thrown in a timer'); });
    Promise.reject(new Error('rejected'));
    setTimeout(() => { console.log('goes on'); stop(); }, 50);`);
  assert.equal(status, 0, stderr);
  assert.equal(stdout, 'goes on\n');
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ level, err }) => [level, err.message]),
    [
      ['error', 'rejected'],
      ['error', 'thrown in a timer'],
    ],
  );
  assert.match(lines[1].err.stack, /Error: thrown in a timer\n +at /);
});

test('the guard gives up once after many errors', () => {
  const { stdout } = guarded(`
    for (let count = 0; count < 30; count += 1) setTimeout(() => { throw new Error('again'); });
    setTimeout(stop, 100);`);
  assert.equal(stdout, 'gave up\n');
});
