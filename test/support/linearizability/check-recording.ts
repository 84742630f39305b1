import assert from 'node:assert/strict';
import { checkLinearizable } from './check-linearizable.ts';
import { checkLog } from './check-log.ts';
import { checkRevisions } from './check-revisions.ts';
import { checkWatches } from './check-watches.ts';
import type { Recording, Violation } from './recording.ts';

/** One fault often causes hundreds of violations. */
const shownCountMax = 5;

/** All checks, one after the other. Most faults are found by several of them. */
export function checkRecording(recording: Recording): Violation[] {
  return [
    ...checkRevisions(recording.operations),
    ...checkLinearizable(recording.operations),
    ...checkWatches(recording),
    ...checkLog(recording),
  ];
}

/** @param repeat how to run this again, for the message of a failure. */
export function assertCorrect(recording: Recording, repeat: string): void {
  const violations = checkRecording(recording);
  if (violations.length > 0) assert.fail(`${report(violations)}\n${repeat}`);
}

function report(violations: readonly Violation[]): string {
  const shown = violations.slice(0, shownCountMax).map(({ what, excerpt }) => [what, ...excerpt].join('\n  '));
  const more = violations.length - shown.length;
  return [`${violations.length} violations`, ...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n\n');
}
