/** Compaction by the clock, as etcd's flags ask for it: by age, or by a number of revisions. */
import type { Logger } from 'pino';
import type { AutoCompaction } from '../config/config.ts';
import { EtcdError } from '../errors.ts';
import type { Revision } from '../mvcc/operations.ts';

/** A retention is looked at in this many steps, as etcd does: history is kept up to a tenth longer than asked. */
const samplesPerRetention = 10;
/** However long the retention, etcd compacts every hour. */
const intervalMsMax = 60 * 60 * 1000;

interface Target {
  revision(): Promise<Revision>;
  compact(revision: Revision): Promise<unknown>;
}

/** Starts; returns the way to stop. */
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

/** Remembers which revision was the newest when, and compacts to the one that is as old as the retention. */
function startPeriodic(retentionMs: number, target: Target, logger: Logger): () => void {
  const intervalMs = Math.min(retentionMs, intervalMsMax);
  const sampleMs = Math.max(1, Math.floor(intervalMs / samplesPerRetention));
  const samples: { readonly atMs: number; readonly revision: Revision }[] = [];
  let nextAtMs = performance.now() + retentionMs;
  return every(sampleMs, logger, async () => {
    const nowMs = performance.now();
    samples.push({ atMs: nowMs, revision: await target.revision() });
    while (samples.length > 1 && (samples[1] as { atMs: number }).atMs <= nowMs - retentionMs) samples.shift();
    const oldest = samples[0];
    if (nowMs < nextAtMs || oldest === undefined || oldest.atMs > nowMs - retentionMs + sampleMs) return;
    nextAtMs = nowMs + intervalMs;
    await compactTo(oldest.revision, target);
  });
}

/** A client may have compacted further already. */
async function compactTo(revision: Revision, target: Target): Promise<void> {
  if (revision <= 0) return;
  try {
    await target.compact(revision);
  } catch (error) {
    if (!(error instanceof EtcdError && error.entry === 'compacted')) throw error;
  }
}

function every(intervalMs: number, logger: Logger, work: () => Promise<void>): () => void {
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, 'automatic compaction failed; the next one tries again');
    } finally {
      busy = false;
    }
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
