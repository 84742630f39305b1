import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Logger } from '../../../logger.ts';
import { SparseLog } from '../../../sparse-log.ts';
import { transportLimits } from '../transport-limits.ts';
import { ByAddress } from './by-address.ts';

export interface DescriptorGuardOptions {
  readonly logger: Logger;
  /** Ends a connection that is not in use yet; false: there is none. */
  readonly endSilent: () => boolean;
}

/**
 * Keeps connections below the process's bound of file descriptors, so that the database and the files still get theirs. At the bound a connection that has not
 * spoken yet is ended for a new one, the oldest first; else the newest one of the address that has the most, unless the new one comes from there.
 */
export class DescriptorGuard {
  readonly #open = new ByAddress();
  readonly #countMax = connectionsMax(descriptorsMax());
  readonly #endSilent: () => boolean;
  readonly #refusals: SparseLog;
  readonly #shortages: SparseLog;

  constructor({ logger, endSilent }: DescriptorGuardOptions) {
    this.#endSilent = endSilent;
    const rate = { logger, linesMax: 1, intervalMs: transportLimits.clientFaultLogIntervalMs };
    this.#refusals = new SparseLog({ ...rate, message: 'a connection could not be accepted' });
    this.#shortages = new SparseLog({
      ...rate,
      message:
        'file descriptors are running out: connections are ended for new ones; raise the limit (ulimit -n, LimitNOFILE=)',
    });
  }

  /** Whether a new connection may stay. */
  admit(socket: Socket): boolean {
    if (this.#open.size >= this.#countMax && !this.#makePlace(socket)) {
      socket.destroy();
      return false;
    }
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return true;
  }

  /** The system itself had no descriptor left, or another reason to accept no connection. */
  onRefused(error: Error): void {
    this.#refusals.write(() => ({ err: error, connections: this.#open.size }));
  }

  #makePlace(newcomer: Socket): boolean {
    this.#shortages.write(() => ({ connections: this.#open.size, peer: newcomer.remoteAddress }));
    if (this.#endSilent()) return true;
    const victim = this.#open.newestOfMost();
    if (victim === undefined || victim.remoteAddress === newcomer.remoteAddress) return false;
    victim.destroy();
    return true;
  }
}

function connectionsMax(descriptors: number): number {
  return Math.max(descriptors - transportLimits.descriptorsKept, descriptors / 2);
}

/** Linux tells it in /proc. Elsewhere the system refuses what is too much. */
function descriptorsMax(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
