import type { Socket } from 'node:net';
import { SocketsInOrder } from '../connections/sockets-by-address.ts';

/**
 * Connections that wait for their handshake. Addresses take turns; within an address, hello
 * fingerprints take turns. Within a fingerprint the newest connection is first: during a flood, the
 * older ones belong to the attacker or to clients that have given up.
 */
export class WaitingHandshakes {
  /** By address, then by fingerprint. */
  readonly #byAddress = new Map<string, Map<number, SocketsInOrder>>();
  readonly #waiting = new Map<Socket, { readonly address: string; readonly fingerprint: number }>();

  get size(): number {
    return this.#waiting.size;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.#waiting.keys();
  }

  /** `fingerprint`: one of a few hundred numbers, which differs between kinds of clients. */
  add(socket: Socket, fingerprint: number): void {
    // A connection through a Unix socket has no address.
    const address = socket.remoteAddress ?? '';
    this.#waiting.set(socket, { address, fingerprint });
    const byFingerprint = this.#byAddress.get(address) ?? new Map<number, SocketsInOrder>();
    this.#byAddress.set(address, byFingerprint);
    const sockets = byFingerprint.get(fingerprint) ?? new SocketsInOrder();
    byFingerprint.set(fingerprint, sockets);
    sockets.add(socket);
  }

  delete(socket: Socket): void {
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) return;
    this.#waiting.delete(socket);
    const byFingerprint = this.#byAddress.get(waiting.address);
    const sockets = byFingerprint?.get(waiting.fingerprint);
    sockets?.delete(socket);
    if (sockets?.size === 0) byFingerprint?.delete(waiting.fingerprint);
    if (byFingerprint?.size === 0) this.#byAddress.delete(waiting.address);
  }

  /** Removes and returns the next connection. */
  takeNext(): Socket | undefined {
    const [first] = this.#byAddress;
    if (first === undefined) return undefined;
    const [address, byFingerprint] = first;
    const [next] = byFingerprint;
    const socket = next?.[1].newest;
    if (next === undefined || socket === undefined) return undefined;
    const [fingerprint, sockets] = next;
    this.delete(socket);
    // The address and the fingerprint move to the end of their queues.
    if (byFingerprint.delete(fingerprint)) byFingerprint.set(fingerprint, sockets);
    if (this.#byAddress.delete(address)) this.#byAddress.set(address, byFingerprint);
    return socket;
  }

  /**
   * The oldest connection of the most frequent fingerprint of the address that has the most
   * connections.
   */
  oldestOfMost(): Socket | undefined {
    const byFingerprint = largest(this.#byAddress.values(), (each) => sum([...each.values()].map(({ size }) => size)));
    return largest(byFingerprint?.values() ?? [], ({ size }) => size)?.oldest;
  }
}

function largest<Item>(items: Iterable<Item>, sizeOf: (item: Item) => number): Item | undefined {
  let most: Item | undefined;
  let mostSize = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (size <= mostSize) continue;
    most = item;
    mostSize = size;
  }
  return most;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
