import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { assertCorrect } from './check-recording.ts';
import { type LiveRunOptions, liveRun } from './live-run.ts';
import type { Recording } from './recording.ts';

/**
 * Runs clients against a place and checks their replies. `repeat` is the command that runs it
 * again.
 */
export async function recordAndCheck(
  context: TestContext,
  repeat: string,
  options: LiveRunOptions,
): Promise<Recording> {
  context.diagnostic(repeat);
  const recording = await liveRun(context, options);
  const doubtCount = recording.operations.filter(({ reply }) => reply === undefined).length;
  const writeCount = recording.operations.filter(({ reply }) => reply?.wrote).length;
  const lateCount = recording.lastRevision - recording.firstRevision - writeCount;
  context.diagnostic(
    `${recording.operations.length} operations, ${writeCount} wrote, ${doubtCount} ended in doubt, of which ${lateCount} wrote, too`,
  );
  assert.ok(writeCount > 0, 'something was written');
  assertCorrect(recording, repeat);
  return recording;
}
