import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { waitFor } from '../../support/wait.ts';

/**
 * A test process that ends without its hooks. It starts two programs, reports the end of the second
 * one as often as given, and prints their ids.
 */
const program = (endCount: number) => `
  import { spawn } from 'node:child_process';
  import { forgetProcess, watchProcess } from '${import.meta.resolve('../../support/reaper.ts')}';
  const pids = [1, 2].map(() => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).pid);
  for (const pid of pids) watchProcess(pid);
  watchProcess(pids[1]);
  for (let count = 0; count < ${endCount}; count += 1) forgetProcess(pids[1]);
  console.log(pids.join());
  process.exit();
`;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('the reaper kills what a test process leaves behind, and no process whose end was reported', async (context) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(40)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[output]] = await Promise.all([once(child.stdout.setEncoding('utf8'), 'data'), once(child, 'close')]);
  const [left = 0, reported = 0] = String(output).split(',').map(Number);
  context.after(() => {
    if (isRunning(reported)) process.kill(reported);
  });
  await waitFor('the process to be killed', () => !isRunning(left), { timeoutMs: 10_000 });
  assert.ok(isRunning(reported), 'an id that was reported may belong to another process by now');
});
