/**
 * Who may use one of the shared connections. Writes, short reads and lists each have a lane. A lane has a share that the others cannot take, and borrows what is free
 * beyond the shares. Waiting lanes are served in turn.
 */
import { DriverError } from '../../errors.ts';
import type { ReadLane } from '../driver.ts';
import { remoteLimits } from './remote-limits.ts';

export type Lane = ReadLane | 'write';
export const laneNames: readonly Lane[] = ['write', 'quick', 'bulk'];

interface Waiter {
  admit(): void;
  refuse(error: Error): void;
}

export class Lanes {
  readonly #used: Record<Lane, number> = { write: 0, quick: 0, bulk: 0 };
  readonly #waiting: Record<Lane, Waiter[]> = { write: [], quick: [], bulk: [] };
  #countMax: number;
  /** How many connections the server grants, once it has refused one. */
  #granted: number | undefined;
  /** How the server said so. */
  #refusal: Error | undefined;
  /** When one more is asked for. */
  #growsAtMs = 0;
  /** The lane whose turn was the longest ago is the first. */
  readonly #turns = [...laneNames];
  #reservation: { readonly resolve: () => void } | undefined;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get usage(): Record<Lane, { readonly countMax: number; readonly used: number; readonly waiting: number }> {
    const of = (lane: Lane) => ({
      countMax: laneMax(lane, this.#countMax),
      used: this.#used[lane],
      waiting: this.#waiting[lane].length,
    });
    return { write: of('write'), quick: of('quick'), bulk: of('bulk') };
  }

  /** The most that a lane can have. */
  countMaxOf(lane: Lane): number {
    return laneMax(lane, this.#count);
  }

  /** Connections that all lanes together may use. */
  get countMax(): number {
    return this.#countMax;
  }

  /** Resolves when the lane may use one more connection. `first`: before those that wait already. @throws DriverError at the deadline, and what `refuseAll` is given. */
  enter(lane: Lane, deadlineMs: number, position: 'first' | 'last' = 'last'): Promise<void> | undefined {
    if ((this.#waiting[lane].length === 0 || position === 'first') && this.#fits(lane)) {
      this.#used[lane] += 1;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting[lane];
      const timer = setTimeout(
        () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          reject(this.#allInUse());
        },
        Math.max(1, deadlineMs - performance.now()),
      );
      const waiter: Waiter = {
        admit: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      if (position === 'first') waiting.unshift(waiter);
      else waiting.push(waiter);
    });
  }

  leave(lane: Lane): void {
    this.#used[lane] -= 1;
    this.#serve();
  }

  refuseAll(error: Error): void {
    for (const lane of laneNames) for (const waiter of this.#waiting[lane].splice(0)) waiter.refuse(error);
  }

  /** The server refused a connection while so many are open: no more are used for a while. */
  refused(openCount: number, refusal: Error): void {
    this.#refusal = refusal;
    this.#granted = Math.max(1, openCount);
    this.#growsAtMs = performance.now() + remoteLimits.refusalPauseMs;
  }

  /** A connection was opened, and so many are open now. */
  opened(openCount: number): void {
    if (this.#granted === undefined) return;
    this.#granted = openCount < this.#countMax ? Math.max(this.#granted, openCount) : undefined;
    this.#serve();
  }

  /**
   * Takes one connection away from all lanes. Resolves when it is free.
   *
   * @throws DriverError when no other would be left.
   */
  async reserve(): Promise<void> {
    if (this.#count < 2 || this.#reservation !== undefined)
      throw new DriverError('busy', 'there is no connection to spare');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#reservation = { resolve };
    this.#countMax -= 1;
    if (this.#granted !== undefined) this.#granted = Math.max(1, this.#granted - 1);
    this.#serve();
    await promise;
  }

  /** Gives back what `reserve` took. */
  unreserve(): void {
    this.#reservation = undefined;
    this.#countMax += 1;
    if (this.#granted !== undefined) this.#granted += 1;
    this.#serve();
  }

  get #count(): number {
    if (this.#granted === undefined) return this.#countMax;
    const more = performance.now() >= this.#growsAtMs ? 1 : 0;
    return Math.min(this.#countMax, this.#granted + more);
  }

  #allInUse(): DriverError {
    if (this.#granted === undefined) return new DriverError('busy', `all ${this.#countMax} connections are in use`);
    return new DriverError('busy', `the database grants no more connections: ${this.#refusal?.message}`);
  }

  get #usedCount(): number {
    return this.#used.write + this.#used.quick + this.#used.bulk;
  }

  #serve(): void {
    if (this.#usedCount <= this.#countMax) this.#reservation?.resolve();
    for (let lane = this.#nextLane(); lane !== undefined; lane = this.#nextLane()) {
      this.#turns.splice(this.#turns.indexOf(lane), 1);
      this.#turns.push(lane);
      this.#used[lane] += 1;
      this.#waiting[lane].shift()?.admit();
    }
  }

  #nextLane(): Lane | undefined {
    return this.#turns.find((lane) => this.#waiting[lane].length > 0 && this.#fits(lane));
  }

  #fits(lane: Lane): boolean {
    const count = this.#count;
    const free = count - this.#usedCount;
    if (free <= 0) return false;
    const shares = sharesOf(count);
    if (this.#used[lane] < shares[lane]) return true;
    // Writes wait for locks of other instances: one connection is left for what needs none.
    if (lane === 'write' && this.#used.write >= Math.max(1, count - 1)) return false;
    const kept = laneNames.reduce(
      (sum, other) => (other === lane ? sum : sum + Math.max(0, shares[other] - this.#used[other])),
      0,
    );
    return free > kept;
  }
}

/**
 * What each lane has for itself, of so many connections. Two batches of writes are under way, so that the server finds the next when it has committed one; two of short
 * reads likewise.
 */
function sharesOf(count: number): Readonly<Record<Lane, number>> {
  return {
    write: count >= 5 ? 2 : count >= 2 ? 1 : 0,
    quick: count >= 6 ? 2 : count >= 3 ? 1 : 0,
    bulk: count >= 3 ? 1 : 0,
  };
}

/** The most that a lane can have of so many connections. */
function laneMax(lane: Lane, count: number): number {
  const shares = sharesOf(count);
  const others = laneNames.reduce((sum, other) => (other === lane ? sum : sum + shares[other]), 0);
  const max = Math.max(1, count - others);
  return lane === 'write' ? Math.min(max, Math.max(1, count - 1)) : max;
}
