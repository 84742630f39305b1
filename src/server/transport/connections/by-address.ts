import type { Socket } from 'node:net';

/** Connections by the address of their client, so that no address takes more than its share. */
export class ByAddress {
  readonly #lines = new Map<string, Line>();
  readonly #addresses = new Map<Socket, string>();

  get size(): number {
    return this.#addresses.size;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.#addresses.keys();
  }

  add(socket: Socket): void {
    // A connection through a Unix socket has no address.
    const address = socket.remoteAddress ?? '';
    this.#addresses.set(socket, address);
    const line = this.#lines.get(address) ?? new Line();
    line.add(socket);
    this.#lines.set(address, line);
  }

  delete(socket: Socket): void {
    const address = this.#addresses.get(socket);
    if (address === undefined) return;
    this.#addresses.delete(socket);
    const line = this.#lines.get(address);
    line?.delete(socket);
    if (line?.size === 0) this.#lines.delete(address);
  }

  /** Of the address that has the most connections. */
  oldestOfMost(): Socket | undefined {
    return this.#most()?.oldest;
  }

  /** Of the address that has the most connections. */
  newestOfMost(): Socket | undefined {
    return this.#most()?.newest;
  }

  #most(): Line | undefined {
    let most: Line | undefined;
    for (const line of this.#lines.values()) if (most === undefined || line.size > most.size) most = line;
    return most;
  }
}

/** Connections in the order in which they came. */
export class Line {
  readonly #sockets = new Set<Socket>();
  /** The same, and some that have left: a set has no last one. */
  #order: Socket[] = [];

  get size(): number {
    return this.#sockets.size;
  }

  get oldest(): Socket | undefined {
    const [oldest] = this.#sockets;
    return oldest;
  }

  get newest(): Socket | undefined {
    for (;;) {
      const newest = this.#order.at(-1);
      if (newest === undefined || this.#sockets.has(newest)) return newest;
      this.#order.pop();
    }
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    this.#order.push(socket);
    if (this.#order.length > 2 * this.#sockets.size + 16) this.#order = [...this.#sockets];
  }

  delete(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}
