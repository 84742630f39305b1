import { assert } from '../../../errors.ts';

export interface HeldBytesOptions {
  /** Limit for the bytes of all accounts together. */
  readonly bytesMax: number;
}

export interface HeldAccountOptions {
  /** Limit for the bytes of this account. */
  readonly bytesMax: number;
  /**
   * Called if the account is above its limit, or if the total is above its limit and this account
   * is the largest. It must release what it holds at once.
   */
  readonly onExceeded: () => void;
}

/**
 * Memory that unfinished requests hold: one account per connection, and a total. If the total is
 * above its limit, the largest account releases its requests, no matter which connection sent the
 * last byte. So a client that holds little is never refused because of a client that holds much.
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

  /** Opens an account. The caller must close it. */
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

/** The bytes that one connection holds. */
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

  /** Adds bytes. A negative number releases them. May call `onExceeded` before it returns. */
  add(bytes: number): void {
    if (this.#isClosed || bytes === 0) return;
    this.#bytes += bytes;
    this.#total.count(bytes);
    if (this.#bytes > this.#options.bytesMax) this.exceed();
  }

  exceed(): void {
    if (!this.#isClosed) this.#options.onExceeded();
  }

  /** Releases everything. Bytes added later do not count. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#total.forget();
    this.#total.count(-this.#bytes);
    this.#bytes = 0;
  }
}
