import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { SparseLog } from '../../../kit/sparse-log.ts';
import type { Logger } from '../../../logger.ts';
import { transportLimits } from '../transport-limits.ts';
import { SocketsByAddress } from './sockets-by-address.ts';

export interface DescriptorGuardOptions {
  readonly logger: Logger;
  /** Closes a connection that is not in use yet. Returns whether there was one. */
  readonly closePending: () => boolean;
}

/**
 * Keeps the number of connections below the process's limit of file descriptors, so that the
 * database and files still get descriptors.
 *
 * At the limit, a new connection replaces the oldest connection that has sent nothing yet.
 * Otherwise it replaces the newest connection of the address that has the most connections, unless
 * it comes from that address itself.
 */
export class DescriptorGuard {
  readonly #open = new SocketsByAddress();
  readonly #countMax = connectionsMax(descriptorsMax());
  readonly #closePending: () => boolean;
  readonly #refusals: SparseLog;
  readonly #shortages: SparseLog;

  constructor({ logger, closePending }: DescriptorGuardOptions) {
    this.#closePending = closePending;
    const rate = { logger, linesMax: 1, intervalMs: transportLimits.clientFaultLogIntervalMs };
    this.#refusals = new SparseLog({ ...rate, message: 'cannot accept a connection' });
    this.#shortages = new SparseLog({
      ...rate,
      message:
        'file descriptors are running out: connections are closed for new ones; raise the limit (ulimit -n, LimitNOFILE=)',
    });
  }

  /** Whether a new connection may stay open. */
  admit(socket: Socket): boolean {
    if (this.#open.size >= this.#countMax && !this.#evictFor(socket)) {
      socket.destroy();
      return false;
    }
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return true;
  }

  /** The system accepted no connection: it had no descriptor left, or another reason. */
  onRefused(error: Error): void {
    this.#refusals.write(() => ({ err: error, connections: this.#open.size }));
  }

  #evictFor(incoming: Socket): boolean {
    this.#shortages.write(() => ({ connections: this.#open.size, peer: incoming.remoteAddress }));
    if (this.#closePending()) return true;
    const victim = this.#open.newestOfMost();
    if (victim === undefined || victim.remoteAddress === incoming.remoteAddress) return false;
    victim.destroy();
    return true;
  }
}

function connectionsMax(descriptors: number): number {
  return Math.max(descriptors - transportLimits.descriptorsKept, descriptors / 2);
}

/** Linux has the limit in /proc. On other systems, `accept` fails at the limit. */
function descriptorsMax(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
