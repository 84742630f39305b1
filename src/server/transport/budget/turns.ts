import { transportLimits } from '../transport-limits.ts';

/** A source of input, such as a connection. */
export interface TurnTaker {
  /** Processes input until none is left or the turn is over. Returns whether input is left. */
  takeTurn(turn: Turn): boolean;
}

/** The time that one connection may use now. */
export class Turn {
  #startMs = 0;
  #endMs = 0;
  #chargedMs = 0;

  begin(ms: number): void {
    this.#startMs = performance.now();
    this.#endMs = this.#startMs + ms;
    this.#chargedMs = 0;
  }

  get isOver(): boolean {
    return performance.now() + this.#chargedMs >= this.#endMs;
  }

  /** Counts work that runs after the turn because of it. */
  charge(ms: number): void {
    this.#chargedMs += ms;
  }

  /** The time used so far, including charged time. */
  get spentMs(): number {
    return performance.now() - this.#startMs + this.#chargedMs;
  }
}

/**
 * Shares the event loop among connections. If a connection sends more than its turn can process, it
 * is not read from until its next turn. In between, each other connection has a turn. A turn is a
 * share of a round, so a round takes no longer with many connections than with few.
 */
export class Turns {
  readonly #roundMsMax: number;
  readonly #waiting = new Set<TurnTaker>();
  readonly #turn = new Turn();
  /** The time used since the last round. */
  #spentMs = 0;
  /** The time that a round may take now. */
  #roundMs: number;
  /** New connections since the last round. */
  #acceptedCount = 0;
  #isScheduled = false;
  /** A turn is running. */
  #isInTurn = false;
  readonly #roundLater = () => this.#round();

  constructor({ roundMs }: { readonly roundMs: number }) {
    this.#roundMsMax = roundMs;
    this.#roundMs = roundMs;
  }

  /**
   * A connection was accepted. If there are many, others wait in the backlog, which each turn of
   * the event loop shortens by a fixed number. So rounds are shorter then.
   */
  countAccepted(): void {
    this.#acceptedCount += 1;
  }

  /**
   * Runs a turn at once if there is time, otherwise later. Returns whether input is left for a
   * later turn.
   */
  start(taker: TurnTaker): boolean {
    if (this.#waiting.has(taker)) return true;
    // Work that a turn starts gets a turn of its own, later.
    const isLeft = this.#isInTurn || this.#spentMs >= this.#roundMs || this.#runTurn(taker);
    if (isLeft) this.#waiting.add(taker);
    // A round resets the time. After little work it is not worth a turn of the event loop, which
    // adds about 10 us to a single request.
    if (isLeft || this.#spentMs >= this.#roundMs / 2) this.#schedule();
    return isLeft;
  }

  /**
   * Runs work for a connection in a later turn, after the events of other connections. Resolves
   * with its result.
   */
  run<Result>(work: (turn: Turn) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const takeTurn = (turn: Turn) => {
        try {
          resolve(work(turn));
        } catch (error) {
          reject(error);
        }
        return false;
      };
      this.#waiting.add({ takeTurn });
      this.#schedule();
    });
  }

  /** The input of this taker is no longer needed. */
  forget(taker: TurnTaker): void {
    this.#waiting.delete(taker);
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#roundLater);
  }

  #round(): void {
    this.#isScheduled = false;
    this.#spentMs = 0;
    const isAccepting = this.#acceptedCount >= transportLimits.acceptedMark;
    this.#roundMs = isAccepting ? transportLimits.acceptingRoundMs : this.#roundMsMax;
    this.#acceptedCount = 0;
    for (const taker of this.#waiting) {
      if (this.#spentMs >= this.#roundMs) break;
      // A Set is iterated in insertion order, so an entry that is added again comes last.
      this.#waiting.delete(taker);
      if (this.#runTurn(taker)) this.#waiting.add(taker);
    }
    // The connections that send now have the full time again before the next round.
    this.#spentMs = 0;
    if (this.#waiting.size > 0) this.#schedule();
  }

  #runTurn(taker: TurnTaker): boolean {
    const shareMs = (this.#roundMs - this.#spentMs) / (this.#waiting.size + 1);
    this.#turn.begin(Math.max(transportLimits.turnMsMin, shareMs));
    this.#isInTurn = true;
    try {
      return taker.takeTurn(this.#turn);
    } finally {
      this.#isInTurn = false;
      this.#spentMs += this.#turn.spentMs;
    }
  }
}
