import { transportLimits } from '../transport-limits.ts';

/** Something with input to work off. */
export interface TurnTaker {
  /** Works until nothing is left or the turn is over. Returns whether something is left. */
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

  /** Counts work that a step leads to and that runs after it. */
  charge(ms: number): void {
    this.#chargedMs += ms;
  }

  /** Time used so far, with what was charged. */
  get spentMs(): number {
    return performance.now() - this.#startMs + this.#chargedMs;
  }
}

/**
 * Shares the event loop among connections. A connection that sends more than it can be served within its turn is not read from until
 * its next turn; meanwhile each other connection has one. A turn is a share of `turnRoundMs`, so a round among many connections takes no longer
 * than one among few.
 */
export class Turns {
  readonly #waiting = new Set<TurnTaker>();
  readonly #turn = new Turn();
  /** Time used since the last round. */
  #spentMs = 0;
  #isScheduled = false;
  /** A turn is on. */
  #isGiving = false;
  readonly #roundLater = () => this.#round();

  /** Gives a turn at once while there is time, otherwise later. Returns whether something is left for a later turn. */
  start(taker: TurnTaker): boolean {
    if (this.#waiting.has(taker)) return true;
    // What one turn leads to has a turn of its own, later.
    const isLeft = this.#isGiving || this.#spentMs >= transportLimits.turnRoundMs || this.#give(taker);
    if (isLeft) this.#waiting.add(taker);
    // A round begins the count of time anew. After little work it is not worth its turn of the event loop, which costs a lone request some 10 us.
    if (isLeft || this.#spentMs >= transportLimits.turnRoundMs / 2) this.#schedule();
    return isLeft;
  }

  /** Runs work that a connection leads to, in a later turn: others' events come first. Resolves with its result. */
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

  /** Its input is of no interest any more. */
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
    for (const taker of this.#waiting) {
      if (this.#spentMs >= transportLimits.turnRoundMs) break;
      // A set is walked in the order of insertion: one that is added again comes last.
      this.#waiting.delete(taker);
      if (this.#give(taker)) this.#waiting.add(taker);
    }
    // Connections that send now have as long again before the next round.
    this.#spentMs = 0;
    if (this.#waiting.size > 0) this.#schedule();
  }

  #give(taker: TurnTaker): boolean {
    const shareMs = (transportLimits.turnRoundMs - this.#spentMs) / (this.#waiting.size + 1);
    this.#turn.begin(Math.max(transportLimits.turnMsMin, shareMs));
    this.#isGiving = true;
    try {
      return taker.takeTurn(this.#turn);
    } finally {
      this.#isGiving = false;
      this.#spentMs += this.#turn.spentMs;
    }
  }
}
