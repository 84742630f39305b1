import type { Socket } from 'node:net';
import { serverLimits } from '../server-limits.ts';

/**
 * Lets so many handshakes run at once, the others wait in their order. While some wait, one that dawdles is ended: a client that opens
 * connections and says nothing must not hold up those that want to be served.
 */
export class HandshakeQueue {
  readonly #start: (socket: Socket) => void;
  /** With the time at which each began; the oldest first. */
  readonly #underWay = new Map<Socket, number>();
  #waiting: Socket[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** `start` begins the handshake of a connection. */
  constructor(start: (socket: Socket) => void) {
    this.#start = start;
  }

  /** Takes in a connection. Whether there was room. */
  add(socket: Socket): boolean {
    if (this.#underWay.size < serverLimits.handshakesMax) {
      this.#begin(socket);
      return true;
    }
    if (this.#waiting.length >= serverLimits.handshakesWaitingMax) return false;
    this.#waiting.push(socket);
    this.#timer ??= setInterval(() => this.#hurry(), serverLimits.handshakeGraceMs / 4);
    return true;
  }

  /** A handshake is over, however it ended. */
  done(socket: Socket): void {
    if (!this.#underWay.delete(socket)) return;
    this.#next();
  }

  destroy(): void {
    clearInterval(this.#timer);
    const sockets = [...this.#waiting, ...this.#underWay.keys()];
    this.#waiting = [];
    this.#underWay.clear();
    for (const socket of sockets) socket.destroy();
  }

  #begin(socket: Socket): void {
    this.#underWay.set(socket, performance.now());
    socket.once('close', () => this.done(socket));
    this.#start(socket);
  }

  #next(): void {
    while (this.#underWay.size < serverLimits.handshakesMax && this.#waiting.length > 0) {
      const socket = this.#waiting.shift();
      if (socket !== undefined && !socket.destroyed) this.#begin(socket);
    }
    if (this.#waiting.length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #hurry(): void {
    const latestMs = performance.now() - serverLimits.handshakeGraceMs;
    for (const [socket, beganMs] of this.#underWay) {
      if (beganMs > latestMs) break;
      socket.destroy();
    }
  }
}
