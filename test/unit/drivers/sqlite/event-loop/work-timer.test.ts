import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ProcessorWait } from '../../../../../src/drivers/sqlite/event-loop/processor-wait.ts';
import { SlowDiskDetector } from '../../../../../src/drivers/sqlite/event-loop/slow-disk-detector.ts';
import { WorkTimer } from '../../../../../src/drivers/sqlite/event-loop/work-timer.ts';
import { limits } from '../../../../../src/limits.ts';
import { repositoryRoot } from '../../../../support/paths.ts';

/** A timer whose clocks the test moves. */
function heldTimer() {
  let nowMs = 0;
  let waitedMs = 0;
  let readCount = 0;
  const timer = new WorkTimer({
    nowMs: () => nowMs,
    waitedMs: () => {
      readCount += 1;
      return waitedMs;
    },
  });
  return {
    timer,
    readCount: () => readCount,
    pass: (ms: number) => {
      nowMs += ms;
    },
    work: ({ activeMs, waitMs = 0 }: { activeMs: number; waitMs?: number }) => {
      const start = timer.start();
      nowMs += activeMs + waitMs;
      waitedMs += waitMs;
      return timer.elapsedMs(start);
    },
  };
}

test('work that waits for a processor does not count as slow', () => {
  const { work } = heldTimer();
  const detector = new SlowDiskDetector();
  for (let count = 0; count < 1_000; count += 1) detector.observe(work({ activeMs: 1, waitMs: 100 }));
  assert.equal(detector.isFast, true);
});

test('work that waits for the disk counts as slow from the second time on', () => {
  const { work } = heldTimer();
  assert.equal(work({ activeMs: 50 }), limits.slowDiskMs);
  assert.equal(work({ activeMs: 50 }), 50);
});

test('the waits are read only for a while after slow work', () => {
  const { work, pass, readCount } = heldTimer();
  work({ activeMs: 1 });
  assert.equal(readCount(), 0);
  work({ activeMs: 50 });
  work({ activeMs: 1 });
  assert.ok(readCount() > 0);
  pass(limits.slowWorkMemoryMs);
  const before = readCount();
  work({ activeMs: 1 });
  assert.equal(readCount(), before);
});

test('where the system does not count the waits, they are 0', () => {
  assert.equal(new ProcessorWait('/nowhere/schedstat').totalMs, 0);
});

test('beside three other programs on one processor, most of the time is waiting', async (context) => {
  const [, processor = '0'] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const onOneProcessor = (...command: string[]) => ['-c', processor, ...command];
  const others = Array.from({ length: 3 }, () =>
    spawn('taskset', onOneProcessor(process.execPath, '-e', 'for (;;);'), { stdio: 'ignore' }),
  );
  context.after(() => {
    for (const other of others) other.kill('SIGKILL');
  });
  const module = `${repositoryRoot}/src/drivers/sqlite/event-loop/processor-wait.ts`;
  const script = `
    import { ProcessorWait } from '${module}';
    const wait = new ProcessorWait();
    const before = wait.totalMs;
    const begin = performance.now();
    while (performance.now() - begin < 1_500);
    console.log((wait.totalMs - before) / (performance.now() - begin));`;
  const { stdout } = await promisify(execFile)('taskset', [
    ...onOneProcessor(process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script),
  ]);
  const share = Number(stdout);
  assert.ok(share > 0.4 && share < 1, stdout);
});
