/** How far a target is behind its source. */
import type { EtcdClient } from '../copy/etcd-client.ts';
import type { FollowTarget } from './follow-target.ts';
import type { StatusLine } from './status-line.ts';

const pollIntervalMs = 1_000;

export interface LagSides {
  readonly source: EtcdClient;
  readonly target: FollowTarget;
  readonly line: StatusLine;
}

/** A revision that the source had at a time. */
interface Seen {
  readonly revision: number;
  readonly atMs: number;
}

/**
 * Polls the source and shows the lag until the signal.
 *
 * @throws OutageError if the source does not answer.
 */
export async function showLag({ source, target, line }: LagSides, signal: AbortSignal): Promise<void> {
  let before: Seen = { revision: target.revision, atMs: performance.now() };
  /** The oldest revision seen at the source that the target does not have. */
  let missing: Seen | undefined;
  while (!signal.aborted) {
    const newest = await source.newestRevision();
    const now: Seen = { revision: target.revision, atMs: performance.now() };
    if (missing === undefined || missing.revision <= now.revision) {
      missing = newest > now.revision ? { revision: newest, atMs: now.atMs } : undefined;
    }
    const seconds = missing === undefined ? 0 : (now.atMs - missing.atMs) / 1000;
    const rate = (now.revision - before.revision) / Math.max(0.001, (now.atMs - before.atMs) / 1000);
    line.show(
      `at revision ${now.revision}: ${Math.max(0, newest - now.revision)} behind, ${seconds.toFixed(1)} s; ${rate.toFixed(0)} revisions/s`,
    );
    before = now;
    await pause(pollIntervalMs, signal);
  }
}

/** Waits, and ends early with the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
