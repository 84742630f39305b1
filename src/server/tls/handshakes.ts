import type { Socket } from 'node:net';
import { ByAddress } from '../by-address.ts';
import { serverLimits } from '../server-limits.ts';

/**
 * Runs a bounded number of handshakes at once, and begins few of them in one turn of the event loop. When all places are taken, the handshake that has waited
 * longest for its client is ended for another, first one of the address that has the most. The newest connection goes first: during a flood the others are an
 * attacker's, or of clients that have given up.
 */
export class Handshakes {
  readonly #start: (socket: Socket) => void;
  readonly #waiting = new ByAddress();
  readonly #underWay = new ByAddress();
  readonly #beganMs = new WeakMap<Socket, number>();
  /** Gives back to each that waits what it has sent. */
  readonly #unread = new WeakMap<Socket, () => void>();
  #timer: NodeJS.Timeout | undefined;

  /** `start` begins the handshake of a connection. */
  constructor(start: (socket: Socket) => void) {
    this.#start = start;
  }

  /** Takes in a connection whose first record has arrived. */
  add(socket: Socket, firstBytes: Buffer): void {
    socket.once('close', () => this.done(socket));
    this.#waiting.add(socket);
    this.#listen(socket, firstBytes);
    if (this.#waiting.size > serverLimits.handshakesWaitingMax) this.#waiting.oldestOfMost()?.destroy();
    this.#timer ??= setTimeout(() => this.#begin(), 0);
  }

  /** A handshake is over, however it ended. */
  done(socket: Socket): void {
    this.#waiting.delete(socket);
    this.#underWay.delete(socket);
  }

  /** Ends the handshake that has waited longest for its client; false: there is none. */
  endOldest(): boolean {
    const oldest = this.#underWay.oldestOfMost();
    if (oldest === undefined) return false;
    this.#underWay.delete(oldest);
    oldest.destroy();
    return true;
  }

  destroy(): void {
    clearTimeout(this.#timer);
    for (const socket of [...this.#waiting, ...this.#underWay]) socket.destroy();
  }

  /** Notices a client that hangs up while it waits, and bounds what it sends meanwhile. */
  #listen(socket: Socket, firstBytes: Buffer): void {
    let seen = firstBytes;
    const onReadable = () => {
      const chunk: Buffer | null = socket.read();
      if (chunk !== null) seen = Buffer.concat([seen, chunk]);
      if (seen.length > serverLimits.helloBytesMax) socket.destroy();
    };
    socket.on('readable', onReadable);
    this.#unread.set(socket, () => {
      socket.removeListener('readable', onReadable);
      socket.unshift(seen);
    });
  }

  /** Begins some handshakes, then leaves the event loop to others. */
  #begin(): void {
    const startMs = performance.now();
    let isFull = false;
    for (let begun = 0; begun < serverLimits.handshakesPerTurn; begun += 1) {
      isFull = this.#underWay.size >= serverLimits.handshakesMax;
      if (isFull && !this.#makePlace()) break;
      const socket = this.#waiting.takeNext();
      if (socket === undefined) break;
      this.#underWay.add(socket);
      this.#beganMs.set(socket, startMs);
      this.#unread.get(socket)?.();
      this.#start(socket);
    }
    // Node works on what a connection has sent in a tick of its own, which comes before this one.
    process.nextTick(() => this.#continue({ isFull, workMs: performance.now() - startMs }));
  }

  #continue({ isFull, workMs }: { readonly isFull: boolean; readonly workMs: number }): void {
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    this.#timer = setTimeout(() => this.#begin(), isFull ? workMs * serverLimits.handshakePauseFactor : 0);
  }

  /** Whether one was long enough under way to be ended. */
  #makePlace(): boolean {
    const oldest = this.#underWay.oldestOfMost();
    const beganMs = oldest === undefined ? undefined : this.#beganMs.get(oldest);
    if (beganMs === undefined || performance.now() - beganMs < serverLimits.handshakeGraceMs) return false;
    return this.endOldest();
  }
}
