import type { Socket } from 'node:net';
import { ByAddress } from '../connections/by-address.ts';
import { transportLimits } from '../transport-limits.ts';
import { helloForm } from './client-hello.ts';
import { WaitingHandshakes } from './waiting-handshakes.ts';

/**
 * Runs a bounded number of handshakes at once, and begins them for a bounded time in one turn of the event loop. When all places are taken, the handshake that
 * has waited longest for its client is ended for another, first one of the address that has the most.
 */
export class Handshakes {
  readonly #start: (socket: Socket) => void;
  readonly #waiting = new WaitingHandshakes();
  readonly #underWay = new ByAddress();
  readonly #beganMs = new WeakMap<Socket, number>();
  /** Gives back to each that waits what it has sent. */
  readonly #unread = new WeakMap<Socket, () => void>();
  /** Calls off the next turn. Undefined: nothing waits. */
  #cancel: (() => void) | undefined;

  /** `start` begins the handshake of a connection. */
  constructor(start: (socket: Socket) => void) {
    this.#start = start;
  }

  /** Takes in a connection whose first record has arrived. */
  add(socket: Socket, firstBytes: Buffer): void {
    socket.once('close', () => this.done(socket));
    this.#waiting.add(socket, helloForm(firstBytes));
    this.#listen(socket, firstBytes);
    if (this.#waiting.size > transportLimits.handshakesWaitingMax) this.#waiting.oldestOfMost()?.destroy();
    if (this.#cancel === undefined) this.#beginLater();
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
    this.#cancel?.();
    for (const socket of [...this.#waiting, ...this.#underWay]) socket.destroy();
  }

  /** Notices a client that hangs up while it waits, and bounds what it sends meanwhile. */
  #listen(socket: Socket, firstBytes: Buffer): void {
    let seen = firstBytes;
    const onReadable = () => {
      const chunk: Buffer | null = socket.read();
      if (chunk !== null) seen = Buffer.concat([seen, chunk]);
      if (seen.length > transportLimits.helloBytesMax) socket.destroy();
    };
    socket.on('readable', onReadable);
    this.#unread.set(socket, () => {
      socket.removeListener('readable', onReadable);
      socket.unshift(seen);
    });
  }

  /** Takes a turn in the next round of the event loop, or after a pause. */
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
    const socket = isFull && !this.#makePlace() ? undefined : this.#waiting.takeNext();
    if (socket !== undefined) {
      this.#underWay.add(socket);
      this.#beganMs.set(socket, performance.now());
      this.#unread.get(socket)?.();
      this.#start(socket);
    }
    // Node works on what a connection has sent in a tick of its own, which comes before this one.
    process.nextTick(() => this.#continue(turnBeganMs, { isFull, hasBegun: socket !== undefined }));
  }

  #continue(turnBeganMs: number, { isFull, hasBegun }: { readonly isFull: boolean; readonly hasBegun: boolean }): void {
    const workMs = performance.now() - turnBeganMs;
    if (this.#waiting.size === 0) this.#cancel = undefined;
    else if (hasBegun && workMs < transportLimits.handshakesTurnMs) this.#begin(turnBeganMs);
    else this.#beginLater(isFull ? workMs * transportLimits.handshakePauseFactor : undefined);
  }

  /** Whether one was long enough under way to be ended. */
  #makePlace(): boolean {
    const oldest = this.#underWay.oldestOfMost();
    const beganMs = oldest === undefined ? undefined : this.#beganMs.get(oldest);
    if (beganMs === undefined || performance.now() - beganMs < transportLimits.handshakeGraceMs) return false;
    return this.endOldest();
  }
}
