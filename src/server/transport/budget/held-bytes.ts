import { assert } from '../../../errors.ts';

export interface HeldBytesOptions {
  /** Bound on the bytes of all accounts together. */
  readonly bytesMax: number;
}

export interface HeldAccountOptions {
  /** Bound on the bytes of this account. */
  readonly bytesMax: number;
  /** Called when the account is past its bound, or is the largest while all together are past theirs. It gives up what it holds, at once. */
  readonly onExceeded: () => void;
}

/**
 * Memory that unfinished requests hold: an account a connection, and a sum over all of them. When the sum passes its bound the largest
 * account gives up its requests, whoever sent the last byte: a client that holds little is never refused because of one that holds much.
 */
export class HeldBytes {
  readonly #bytesMax: number;
  readonly #accounts = new Set<HeldAccount>();
  #bytes = 0;

  constructor({ bytesMax }: HeldBytesOptions) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes of all accounts. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whoever opens an account closes it. */
  open(options: HeldAccountOptions): HeldAccount {
    const account = new HeldAccount(options, {
      count: (bytes) => this.#count(bytes),
      forget: () => this.#accounts.delete(account),
    });
    this.#accounts.add(account);
    return account;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    assert(this.#bytes >= 0, 'more bytes were given back than were held');
    if (bytes > 0 && this.#bytes > this.#bytesMax) this.#largest()?.exceed();
  }

  #largest(): HeldAccount | undefined {
    let largest: HeldAccount | undefined;
    for (const account of this.#accounts) {
      if (largest === undefined || account.bytes > largest.bytes) largest = account;
    }
    return largest;
  }
}

/** What one connection holds. */
export class HeldAccount {
  readonly #options: HeldAccountOptions;
  readonly #total: { count(bytes: number): void; forget(): void };
  #bytes = 0;
  #isClosed = false;

  constructor(options: HeldAccountOptions, total: { count(bytes: number): void; forget(): void }) {
    this.#options = options;
    this.#total = total;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes, or gives them back when negative. `onExceeded` may be called before it returns. */
  add(bytes: number): void {
    if (this.#isClosed || bytes === 0) return;
    this.#bytes += bytes;
    this.#total.count(bytes);
    if (this.#bytes > this.#options.bytesMax) this.exceed();
  }

  exceed(): void {
    if (!this.#isClosed) this.#options.onExceeded();
  }

  /** Gives everything back. What is added later does not count. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#total.forget();
    this.#total.count(-this.#bytes);
    this.#bytes = 0;
  }
}
