import type { Socket } from 'node:net';
import { transportLimits } from '../transport-limits.ts';

export interface NewcomersOptions {
  /** Beyond it the oldest is ended for the newest. */
  readonly countMax: number;
}

/** What is waited for in a connection's first bytes. */
export interface Awaited<Found> {
  /** What the first bytes are; undefined: more are needed. It must decide within `firstBytesMax`. */
  readonly find: (seen: Buffer) => Found | undefined;
  /** Takes the connection over; the bytes seen so far are out of the socket. */
  readonly take: (found: Found, seen: Buffer) => void;
}

/**
 * Connections whose first bytes have not all arrived. Each costs a socket and the few bytes it sent. The time is bounded as a whole: a byte now and then
 * does not prolong it.
 */
export class Newcomers {
  readonly #countMax: number;
  /** With the time at which each is ended, the oldest first. */
  readonly #endsAtMs = new Map<Socket, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ countMax }: NewcomersOptions) {
    this.#countMax = countMax;
  }

  add<Found extends object | string>(socket: Socket, { find, take }: Awaited<Found>): void {
    if (this.#endsAtMs.size >= this.#countMax) this.endOldest();
    this.#endsAtMs.set(socket, performance.now() + transportLimits.firstBytesTimeoutMs);
    this.#timer ??= setInterval(() => this.#endLate(), transportLimits.firstBytesLookIntervalMs).unref();
    const leave = () => this.#leave(socket);
    socket.once('close', leave);
    // Whoever takes it over listens for itself; until then a reset must not be an unhandled error.
    socket.on('error', () => undefined);
    socket.on('readable', onReadable);
    let seen: Buffer = Buffer.alloc(0);

    function onReadable(): void {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
      const found = find(seen);
      if (found === undefined) return;
      socket.removeListener('readable', onReadable);
      socket.removeListener('close', leave);
      leave();
      take(found, seen);
    }
  }

  /** Ends the one that has waited longest; false: there is none. */
  endOldest(): boolean {
    const [oldest] = this.#endsAtMs.keys();
    if (oldest === undefined) return false;
    this.#leave(oldest);
    oldest.destroy();
    return true;
  }

  #endLate(): void {
    const nowMs = performance.now();
    for (const [socket, endsAtMs] of this.#endsAtMs) {
      if (endsAtMs > nowMs) break;
      this.#leave(socket);
      socket.destroy();
    }
  }

  #leave(socket: Socket): void {
    this.#endsAtMs.delete(socket);
    if (this.#endsAtMs.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
