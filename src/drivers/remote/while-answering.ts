/**
 * Runs the preparation of a database as long as its host answers. Preparation may take minutes
 * without a reply, and a network that drops packets, or a server that is frozen, reports no error.
 */
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import { DriverError, isDriverError } from '../../errors.ts';
import { OutageDetector } from './connections/outage-detector.ts';
import type { Engine } from './engine.ts';
import { remoteLimits } from './remote-limits.ts';
import { withReplyTimeout } from './reply-timeout.ts';

/**
 * Runs work and probes its host meanwhile. The work must close its connections when the signal is
 * aborted; its later result or error is ignored.
 *
 * @throws DriverError if the host does not answer, or has lost the connections that were open; the
 * error of the work.
 */
export async function whileAnswering<Result>(
  probe: (signal: AbortSignal) => Promise<void>,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const abandoned = new AbortController();
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const detector = new OutageDetector({
    checkIntervalMs: remoteLimits.prepareCheckIntervalMs,
    probe: async (signal) => {
      await probe(signal);
      return 'all';
    },
    onLoss: () => {
      abandoned.abort();
      reject(new DriverError('lost', 'the database does not answer'));
    },
    onReturn: () => {},
  });
  detector.startWait();
  try {
    return await Promise.race([work(abandoned.signal), lost]);
  } finally {
    detector.close();
  }
}

/** Resolves when a host answers, in whatever state it is. */
export async function probeHost(engine: Engine, host: DatabaseHost, signal: AbortSignal): Promise<void> {
  try {
    const node = await engine.openNode(host, signal);
    try {
      await withReplyTimeout(node.state(), () => {});
    } finally {
      node.abandon();
    }
  } catch (error) {
    const failure = engine.classifyError(error);
    // A refusal is an answer: the server may grant no more connections.
    if (isDriverError(failure, 'lost')) throw failure;
  }
}
