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
 *
 * New input has up to half of a round before input that earlier turns have left. So a request does
 * not wait for the rest of what hundreds of other connections have sent.
 */
export class Turns {
  readonly #roundMsMax: number;
  /** Takers with new input, for which there was no time when it came. */
  readonly #new = new Set<TurnTaker>();
  /** Takers with input that their last turn has left. */
  readonly #left = new Set<TurnTaker>();
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
    if (this.#isWaiting(taker)) return true;
    // Work that a turn starts gets a turn of its own, later.
    if (this.#isInTurn || this.#spentMs >= this.#roundMs) this.#new.add(taker);
    else this.#runTurn(taker);
    const isLeft = this.#isWaiting(taker);
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
      this.#new.add({ takeTurn });
      this.#schedule();
    });
  }

  /** The input of this taker is no longer needed. */
  forget(taker: TurnTaker): void {
    this.#new.delete(taker);
    this.#left.delete(taker);
  }

  #isWaiting(taker: TurnTaker): boolean {
    return this.#left.has(taker) || this.#new.has(taker);
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
    this.#runTurns(this.#new, this.#left.size > 0 ? this.#roundMs / 2 : this.#roundMs);
    this.#runTurns(this.#left, this.#roundMs);
    // The connections that send now have the full time again before the next round.
    this.#spentMs = 0;
    if (this.#new.size + this.#left.size > 0) this.#schedule();
  }

  #runTurns(takers: Set<TurnTaker>, untilMs: number): void {
    // A Set is iterated in insertion order, so an entry that is added again comes last.
    for (const taker of takers) {
      if (this.#spentMs >= untilMs) break;
      takers.delete(taker);
      this.#runTurn(taker);
    }
  }

  #runTurn(taker: TurnTaker): void {
    const shareMs = (this.#roundMs - this.#spentMs) / (this.#new.size + this.#left.size + 1);
    this.#turn.begin(Math.max(transportLimits.turnMsMin, shareMs));
    this.#isInTurn = true;
    try {
      if (taker.takeTurn(this.#turn)) this.#left.add(taker);
    } finally {
      this.#isInTurn = false;
      this.#spentMs += this.#turn.spentMs;
    }
  }
}
