/**
 * Assigns the shared connections. Writes, short reads and lists each have a lane. A lane has a
 * share that the others cannot take, and borrows free connections beyond the shares. Waiting lanes
 * are served in turn.
 */
import { DriverError } from '../../../errors.ts';
import type { ReadLane } from '../../driver.ts';
import { remoteLimits } from '../remote-limits.ts';

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
  /** How many connections the server grants. Undefined until it refuses one. */
  #granted: number | undefined;
  /** The error of the refusal. */
  #refusal: Error | undefined;
  /** When the next connection beyond the granted number is tried. */
  #growsAtMs = 0;
  /** The lanes in the order of their next turn. */
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

  /** The largest number of connections that a lane can have. */
  countMaxOf(lane: Lane): number {
    return laneMax(lane, this.#count);
  }

  /** Connections that all lanes together may use. */
  get countMax(): number {
    return this.#countMax;
  }

  /**
   * Resolves when the lane may use one more connection. `first`: before all waiting work.
   *
   * @throws DriverError at the deadline; the error that `refuseAll` is called with.
   */
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

  /**
   * Records that the server refused a connection while `openCount` are open. For a while no more
   * are opened.
   */
  refused(openCount: number, refusal: Error): void {
    this.#refusal = refusal;
    this.#granted = Math.max(1, openCount);
    this.#growsAtMs = performance.now() + remoteLimits.refusalPauseMs;
  }

  /** Records that a connection was opened; `openCount` are open now. */
  opened(openCount: number): void {
    if (this.#granted === undefined) return;
    this.#granted = openCount < this.#countMax ? Math.max(this.#granted, openCount) : undefined;
    this.#serve();
  }

  /**
   * Reserves one connection of all lanes. Resolves when it is free.
   *
   * @throws DriverError if no other connection would be left.
   */
  async reserve(): Promise<void> {
    if (this.#count < 2 || this.#reservation !== undefined)
      throw new DriverError('busy', 'no connection is free for other work');
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#reservation = { resolve };
    this.#countMax -= 1;
    if (this.#granted !== undefined) this.#granted = Math.max(1, this.#granted - 1);
    this.#serve();
    await promise;
  }

  /** Releases the connection that `reserve` took. */
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
    // Writes wait for locks of other instances. One connection is left for work that needs no lock.
    if (lane === 'write' && this.#used.write >= Math.max(1, count - 1)) return false;
    const kept = laneNames.reduce(
      (sum, other) => (other === lane ? sum : sum + Math.max(0, shares[other] - this.#used[other])),
      0,
    );
    return free > kept;
  }
}

/**
 * The share of each lane, by the number of connections. Two batches of writes are under way, so
 * that the server has the next one when it has committed the first. The same holds for short reads.
 */
function sharesOf(count: number): Readonly<Record<Lane, number>> {
  return {
    write: count >= 5 ? 2 : count >= 2 ? 1 : 0,
    quick: count >= 6 ? 2 : count >= 3 ? 1 : 0,
    bulk: count >= 3 ? 1 : 0,
  };
}

/** The largest number of connections that a lane can have of `count`. */
function laneMax(lane: Lane, count: number): number {
  const shares = sharesOf(count);
  const others = laneNames.reduce((sum, other) => (other === lane ? sum : sum + shares[other]), 0);
  const max = Math.max(1, count - others);
  return lane === 'write' ? Math.min(max, Math.max(1, count - 1)) : max;
}
