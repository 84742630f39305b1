/** Compaction by time or by number of revisions, as configured by etcd's flags. */

import type { Logger } from 'pino';
import type { AutoCompaction } from '../../config/config.ts';
import { EtcdError } from '../../errors.ts';
import { startLongInterval } from '../../kit/long-interval.ts';
import { RetryLog } from '../../kit/retry-log.ts';
import type { Revision } from '../../mvcc/ids.ts';

/** Samples per retention, as in etcd. So history is kept up to a tenth longer than configured. */
const samplesPerRetention = 10;
/**
 * The longest interval between two compactions, as in etcd: one hour, however long the retention.
 */
const intervalMsMax = 60 * 60 * 1000;

interface Target {
  revision(): Promise<Revision>;
  compact(revision: Revision): Promise<unknown>;
}

/** Starts automatic compaction. Returns the function that stops it. */
export function startAutoCompaction(mode: AutoCompaction, target: Target, logger: Logger): () => void {
  switch (mode.kind) {
    case 'off':
      return () => {};
    case 'revision':
      return every(mode.intervalMs, logger, async () => {
        await compactTo((await target.revision()) - mode.retentionRevisions, target);
      });
    default:
      return startPeriodic(mode.retentionMs, target, logger);
  }
}

/**
 * Records the newest revision at regular times, and compacts to the revision that is as old as the
 * retention.
 */
function startPeriodic(retentionMs: number, target: Target, logger: Logger): () => void {
  const intervalMs = Math.min(retentionMs, intervalMsMax);
  const sampleMs = Math.max(1, Math.floor(intervalMs / samplesPerRetention));
  const samples: { readonly atMs: number; readonly revision: Revision }[] = [];
  let nextAtMs = performance.now() + retentionMs;
  return every(sampleMs, logger, async () => {
    const nowMs = performance.now();
    const revision = await target.revision();
    // The database has lost the rows of these samples.
    while ((samples.at(-1)?.revision ?? 0) > revision) samples.pop();
    samples.push({ atMs: nowMs, revision });
    while (samples.length > 1 && (samples[1] as { atMs: number }).atMs <= nowMs - retentionMs) samples.shift();
    const oldest = samples[0];
    if (nowMs < nextAtMs || oldest === undefined || oldest.atMs > nowMs - retentionMs + sampleMs) return;
    nextAtMs = nowMs + intervalMs;
    await compactTo(oldest.revision, target);
  });
}

/** Compacts; a client may have compacted to a later revision already. */
async function compactTo(revision: Revision, target: Target): Promise<void> {
  if (revision <= 0) return;
  try {
    await target.compact(revision);
  } catch (error) {
    if (!(error instanceof EtcdError && error.entry === 'compacted')) throw error;
  }
}

function every(intervalMs: number, logger: Logger, work: () => Promise<void>): () => void {
  const retries = new RetryLog(logger, 'automatic compaction failed; retrying at each interval');
  let busy = false;
  return startLongInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      await work();
      retries.succeeded();
    } catch (error) {
      retries.failed(error);
    } finally {
      busy = false;
    }
  }, intervalMs);
}
