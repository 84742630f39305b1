/**
 * The turn of one slot, as long as this instance has it. It is extended from time to time. When it
 * is lost, the signal ends the work: another instance may have begun.
 */
import { limits } from '../limits.ts';
import type { SnapshotTurns } from '../store/snapshot-turns.ts';

export class HeldTurn {
  readonly slotMs: number;
  readonly #turns: SnapshotTurns;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #extendedAtMs = performance.now();

  constructor(turns: SnapshotTurns, slotMs: number) {
    this.#turns = turns;
    this.slotMs = slotMs;
    this.#timer = setInterval(() => void this.#extend(), limits.snapshotTurnRenewalMs);
    this.#timer.unref();
  }

  /** Ends the work: the turn was lost, or tine stops. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Extends the turn. Called before a snapshot gets its name. @throws TurnLost */
  async confirm(): Promise<void> {
    this.#abort.signal.throwIfAborted();
    if (await this.#isGranted()) return;
    this.#lose('another instance has the turn');
    this.#abort.signal.throwIfAborted();
  }

  stop(): void {
    this.#lose('tine stops');
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #extend(): Promise<void> {
    try {
      if (!(await this.#isGranted())) this.#lose('another instance has the turn');
    } catch {
      // The database may answer again in time.
      if (performance.now() - this.#extendedAtMs > limits.snapshotTurnMs)
        this.#lose('the database did not answer in time');
    }
  }

  async #isGranted(): Promise<boolean> {
    const askedAtMs = performance.now();
    const { isGranted } = await this.#turns.claim(this.slotMs);
    if (isGranted) this.#extendedAtMs = askedAtMs;
    return isGranted;
  }

  #lose(reason: string): void {
    clearInterval(this.#timer);
    this.#abort.abort(new TurnLost(reason));
  }
}

/** The work ends without a result. It is no failure: the slot stays open. */
export class TurnLost extends Error {
  override readonly name = 'TurnLost';
}
