import type { Socket } from 'node:net';

/** Connections by client address. It finds the address that has more than its share. */
export class SocketsByAddress {
  readonly #byAddress = new Map<string, SocketsInOrder>();
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
    const sockets = this.#byAddress.get(address) ?? new SocketsInOrder();
    sockets.add(socket);
    this.#byAddress.set(address, sockets);
  }

  delete(socket: Socket): void {
    const address = this.#addresses.get(socket);
    if (address === undefined) return;
    this.#addresses.delete(socket);
    const sockets = this.#byAddress.get(address);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#byAddress.delete(address);
  }

  /** The oldest connection of the address that has the most. */
  oldestOfMost(): Socket | undefined {
    return this.#most()?.oldest;
  }

  /** The newest connection of the address that has the most. */
  newestOfMost(): Socket | undefined {
    return this.#most()?.newest;
  }

  #most(): SocketsInOrder | undefined {
    let most: SocketsInOrder | undefined;
    for (const sockets of this.#byAddress.values()) if (most === undefined || sockets.size > most.size) most = sockets;
    return most;
  }
}

/** Connections in the order in which they arrived. */
export class SocketsInOrder {
  readonly #sockets = new Set<Socket>();
  /** The sockets in order, with some that were removed: a Set has no access to its last entry. */
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
