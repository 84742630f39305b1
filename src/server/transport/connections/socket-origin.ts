import type { Socket } from 'node:net';
import type { Origin } from '../../../kit/origin.ts';
import { transportLimits } from '../transport-limits.ts';

const origins = new WeakMap<Socket, SocketOrigin>();

/** An HTTP/1.1 connection, or a WebSocket, as the origin of its requests. */
export function socketOrigin(socket: Socket): Origin {
  let origin = origins.get(socket);
  if (origin === undefined) {
    origin = new SocketOrigin(socket);
    origins.set(socket, origin);
  }
  return origin;
}

class SocketOrigin implements Origin {
  readonly #socket: Socket;
  #onceDrained: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get isBackedUp(): boolean {
    return !this.#socket.destroyed && this.#socket.writableLength > transportLimits.connectionOutputBytesMax;
  }

  onceDrained(wake: () => void): void {
    this.#onceDrained.push(wake);
    if (this.#onceDrained.length > 1) return;
    this.#socket.once('drain', this.#wake);
    this.#socket.once('close', this.#wake);
  }

  readonly #wake = (): void => {
    this.#socket.off('drain', this.#wake);
    this.#socket.off('close', this.#wake);
    const wakes = this.#onceDrained;
    this.#onceDrained = [];
    for (const wake of wakes) wake();
  };
}
