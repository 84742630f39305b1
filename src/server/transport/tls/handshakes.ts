import type { Socket } from 'node:net';
import { SocketsByAddress } from '../connections/sockets-by-address.ts';
import { transportLimits } from '../transport-limits.ts';
import { helloFingerprint } from './client-hello.ts';
import { WaitingHandshakes } from './waiting-handshakes.ts';

/**
 * Runs a bounded number of handshakes at once, and starts handshakes for a bounded time per turn of
 * the event loop. If all slots are taken, the handshake that has waited longest for its client is
 * ended for another one, beginning with the address that has the most handshakes.
 */
export class Handshakes {
  readonly #start: (socket: Socket) => void;
  readonly #waiting = new WaitingHandshakes();
  readonly #underWay = new SocketsByAddress();
  readonly #beganMs = new WeakMap<Socket, number>();
  /** For each waiting connection: puts its received bytes back into the socket. */
  readonly #putBack = new WeakMap<Socket, () => void>();
  /** Cancels the next turn. Undefined: no connection waits. */
  #cancel: (() => void) | undefined;

  /** `start` begins the handshake of a connection. */
  constructor(start: (socket: Socket) => void) {
    this.#start = start;
  }

  /** Adds a connection whose first record has arrived. */
  add(socket: Socket, firstBytes: Buffer): void {
    socket.once('close', () => this.done(socket));
    this.#waiting.add(socket, helloFingerprint(firstBytes));
    this.#keepReading(socket, firstBytes);
    if (this.#waiting.size > transportLimits.handshakesWaitingMax) this.#waiting.oldestOfMost()?.destroy();
    if (this.#cancel === undefined) this.#beginLater();
  }

  /** A handshake has ended, with or without success. */
  done(socket: Socket): void {
    this.#waiting.delete(socket);
    this.#underWay.delete(socket);
  }

  /**
   * Closes the connection whose handshake has waited longest for its client. Returns whether there
   * was one.
   */
  closeOldest(): boolean {
    const oldest = this.#underWay.oldestOfMost();
    if (oldest === undefined) return false;
    this.#underWay.delete(oldest);
    oldest.destroy();
    return true;
  }

  destroy(): void {
    this.#cancel?.();
    for (const socket of [...this.#waiting, ...this.#underWay]) socket.destroy();
  }

  /**
   * Reads from a waiting connection, so that its end is noticed. Bounds the bytes that it may send.
   */
  #keepReading(socket: Socket, firstBytes: Buffer): void {
    let seen = firstBytes;
    const onReadable = () => {
      const chunk: Buffer | null = socket.read();
      if (chunk !== null) seen = Buffer.concat([seen, chunk]);
      if (seen.length > transportLimits.helloBytesMax) socket.destroy();
    };
    socket.on('readable', onReadable);
    this.#putBack.set(socket, () => {
      socket.removeListener('readable', onReadable);
      socket.unshift(seen);
    });
  }

  /** Starts handshakes in the next turn of the event loop, or after a pause. */
  #beginLater(pauseMs?: number): void {
    if (pauseMs === undefined) {
      const immediate = setImmediate(() => this.#begin(performance.now()));
      this.#cancel = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(() => this.#begin(performance.now()), pauseMs);
      this.#cancel = () => clearTimeout(timer);
    }
  }

  #begin(turnBeganMs: number): void {
    const isFull = this.#underWay.size >= transportLimits.handshakesMax;
    const socket = isFull && !this.#freeSlot() ? undefined : this.#waiting.takeNext();
    if (socket !== undefined) {
      this.#underWay.add(socket);
      this.#beganMs.set(socket, performance.now());
      this.#putBack.get(socket)?.();
      this.#start(socket);
    }
    // Node processes received bytes in a tick of its own, which runs before this one.
    process.nextTick(() => this.#continue(turnBeganMs, { isFull, hasBegun: socket !== undefined }));
  }

  #continue(turnBeganMs: number, { isFull, hasBegun }: { readonly isFull: boolean; readonly hasBegun: boolean }): void {
    const workMs = performance.now() - turnBeganMs;
    if (this.#waiting.size === 0) this.#cancel = undefined;
    else if (hasBegun && workMs < transportLimits.handshakesTurnMs) this.#begin(turnBeganMs);
    else this.#beginLater(isFull ? handshakePauseMs(workMs) : undefined);
  }

  /** Whether a handshake was old enough to be ended. */
  #freeSlot(): boolean {
    const oldest = this.#underWay.oldestOfMost();
    const beganMs = oldest === undefined ? undefined : this.#beganMs.get(oldest);
    if (beganMs === undefined || performance.now() - beganMs < transportLimits.handshakeGraceMs) return false;
    return this.closeOldest();
  }
}

/** Time without new handshakes, after some have been started while all slots are taken. */
function handshakePauseMs(workMs: number): number {
  return Math.min(workMs * transportLimits.handshakePauseFactor, transportLimits.handshakePauseMsMax);
}
