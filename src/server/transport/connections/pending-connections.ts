import type { Socket } from 'node:net';
import { transportLimits } from '../transport-limits.ts';

export interface PendingConnectionsOptions {
  /** Above this count, a new connection closes the oldest. */
  readonly countMax: number;
}

/** Finds out what a connection is from its first bytes. */
export interface Detector<Found> {
  /**
   * The kind of the connection. Undefined: more bytes are needed. `firstBytesMax` bytes are always
   * enough.
   */
  readonly detect: (seen: Buffer) => Found | undefined;
  /** Takes the connection over. The bytes seen so far are no longer in the socket. */
  readonly take: (found: Found, seen: Buffer) => void;
}

/**
 * Connections whose first bytes have not all arrived. Each costs a socket and the few bytes that it
 * sent. The total time is bounded: single bytes do not extend it.
 */
export class PendingConnections {
  readonly #countMax: number;
  /** The time at which each connection is closed, the oldest first. */
  readonly #deadlineMs = new Map<Socket, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ countMax }: PendingConnectionsOptions) {
    this.#countMax = countMax;
  }

  add<Found extends object | string>(socket: Socket, { detect, take }: Detector<Found>): void {
    if (this.#deadlineMs.size >= this.#countMax) this.closeOldest();
    this.#deadlineMs.set(socket, performance.now() + transportLimits.firstBytesTimeoutMs);
    this.#timer ??= setInterval(() => this.#closeLate(), transportLimits.firstBytesCheckIntervalMs).unref();
    const leave = () => this.#leave(socket);
    socket.once('close', leave);
    // The next owner of the socket adds its own listener. Until then a reset must not be an
    // unhandled error.
    socket.on('error', () => undefined);
    socket.on('readable', onReadable);
    let seen: Buffer = Buffer.alloc(0);

    function onReadable(): void {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const found = detect(seen);
      if (found === undefined) return;
      socket.removeListener('readable', onReadable);
      socket.removeListener('close', leave);
      leave();
      take(found, seen);
    }
  }

  /** Closes the connection that has waited longest. Returns whether there was one. */
  closeOldest(): boolean {
    const [oldest] = this.#deadlineMs.keys();
    if (oldest === undefined) return false;
    this.#leave(oldest);
    oldest.destroy();
    return true;
  }

  #closeLate(): void {
    const nowMs = performance.now();
    for (const [socket, deadlineMs] of this.#deadlineMs) {
      if (deadlineMs > nowMs) break;
      this.#leave(socket);
      socket.destroy();
    }
  }

  #leave(socket: Socket): void {
    this.#deadlineMs.delete(socket);
    if (this.#deadlineMs.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
