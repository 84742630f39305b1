import { SparseLog } from '../../../kit/sparse-log.ts';
import type { Logger } from '../../../logger.ts';
import { transportLimits } from '../transport-limits.ts';

/** A log of refused connections, with etcd's message. */
export function refusedConnections(logger: Logger): SparseLog {
  return new SparseLog({
    logger,
    message: 'rejected connection on client endpoint',
    linesMax: 1,
    intervalMs: transportLimits.clientFaultLogIntervalMs,
  });
}
