import type { AutoCompaction } from './config.ts';
import { parseGoDuration } from './go-duration.ts';

const HOUR_MS = 3_600_000;

/** How often etcd's revision mode compacts. */
const REVISION_MODE_INTERVAL_MS = 300_000;

/**
 * Reads etcd's pair of flags. A bare number counts hours in the periodic mode, and revisions in the
 * revision mode.
 *
 * @throws Error that describes the mistake, without the name of the flag.
 */
export function parseAutoCompaction(mode: 'periodic' | 'revision', retention: string): AutoCompaction {
  const count = /^\d{1,15}$/.test(retention) ? Number(retention) : undefined;
  if (count === 0) return { kind: 'off' };
  if (mode === 'revision') {
    if (count === undefined) throw new Error(`"${retention}" is not a number of revisions; write for example 1000`);
    return { kind: 'revision', intervalMs: REVISION_MODE_INTERVAL_MS, retentionRevisions: count };
  }
  const retentionMs = count === undefined ? parseGoDuration(retention) : count * HOUR_MS;
  if (retentionMs === undefined || retentionMs < 0) {
    throw new Error(`"${retention}" is neither a duration nor a number of hours; write 10m, 1h30m or 1`);
  }
  return retentionMs === 0 ? { kind: 'off' } : { kind: 'periodic', retentionMs };
}
