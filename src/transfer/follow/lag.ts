/** How far a target is behind its source. */
import type { EtcdClient } from '../copy/etcd-client.ts';
import type { Progress } from '../copy/progress.ts';
import type { FollowTarget } from './follow-target.ts';

const pollIntervalMs = 1_000;

export interface LagSides {
  readonly source: EtcdClient;
  readonly target: FollowTarget;
  readonly progress: Progress;
}

/** A revision that a side had at a time. */
interface Seen {
  readonly revision: number;
  readonly atMs: number;
}

/** Revisions of the source that the target does not have. Beyond this number, every second one. */
const missingMax = 1_000;

/** Measures for how long the source has had what the target does not have. */
export class Lag {
  #missing: Seen[] = [];

  /** The lag in seconds, by a revision of the source that was read now. */
  seconds(newest: number, now: Seen): number {
    if (newest > now.revision) this.#missing.push({ revision: newest, atMs: now.atMs });
    this.#missing = this.#missing.filter(({ revision }) => revision > now.revision);
    if (this.#missing.length > missingMax) this.#missing = this.#missing.filter((_, index) => index % 2 === 0);
    const [oldest] = this.#missing;
    return oldest === undefined ? 0 : (now.atMs - oldest.atMs) / 1000;
  }
}

/**
 * Polls the source and shows the lag until the signal.
 *
 * @throws OutageError if the source does not answer.
 */
export async function showLag({ source, target, progress }: LagSides, signal: AbortSignal): Promise<void> {
  let before: Seen = { revision: target.revision, atMs: performance.now() };
  const lag = new Lag();
  while (!signal.aborted) {
    const newest = await source.newestRevision();
    const now: Seen = { revision: target.revision, atMs: performance.now() };
    const seconds = lag.seconds(newest, now);
    const rate = (now.revision - before.revision) / Math.max(0.001, (now.atMs - before.atMs) / 1000);
    progress.show(
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
