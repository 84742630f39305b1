import type { Socket } from 'node:net';
import { Line } from '../connections/by-address.ts';

/**
 * Connections that wait for their handshake. Addresses take turns; of an address, clients of one form do. The newest of a form goes first: during a flood the
 * others are an attacker's, or of clients that have given up.
 */
export class WaitingHandshakes {
  /** By address, then by form. */
  readonly #lines = new Map<string, Map<number, Line>>();
  readonly #places = new Map<Socket, { readonly address: string; readonly form: number }>();

  get size(): number {
    return this.#places.size;
  }

  [Symbol.iterator](): IterableIterator<Socket> {
    return this.#places.keys();
  }

  /** `form`: what tells kinds of clients apart, one of a few hundred numbers. */
  add(socket: Socket, form: number): void {
    // A connection through a Unix socket has no address.
    const address = socket.remoteAddress ?? '';
    this.#places.set(socket, { address, form });
    const forms = this.#lines.get(address) ?? new Map<number, Line>();
    this.#lines.set(address, forms);
    const line = forms.get(form) ?? new Line();
    forms.set(form, line);
    line.add(socket);
  }

  delete(socket: Socket): void {
    const place = this.#places.get(socket);
    if (place === undefined) return;
    this.#places.delete(socket);
    const forms = this.#lines.get(place.address);
    const line = forms?.get(place.form);
    line?.delete(socket);
    if (line?.size === 0) forms?.delete(place.form);
    if (forms?.size === 0) this.#lines.delete(place.address);
  }

  /** Removes and returns the connection whose turn it is. */
  takeNext(): Socket | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const [address, forms] = first;
    const [next] = forms;
    const socket = next?.[1].newest;
    if (next === undefined || socket === undefined) return undefined;
    const [form, line] = next;
    this.delete(socket);
    // It is another one's turn.
    if (forms.delete(form)) forms.set(form, line);
    if (this.#lines.delete(address)) this.#lines.set(address, forms);
    return socket;
  }

  /** Of the address that has the most connections, and there of the form that has. */
  oldestOfMost(): Socket | undefined {
    const forms = largest(this.#lines.values(), (each) => sum([...each.values()].map(({ size }) => size)));
    return largest(forms?.values() ?? [], ({ size }) => size)?.oldest;
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
