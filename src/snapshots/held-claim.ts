/**
 * The claim of this instance to one slot. It is extended from time to time. When it is lost, the
 * signal ends the work: another instance may have begun.
 */
import { limits } from '../limits.ts';
import type { SnapshotClaims } from '../store/snapshot-claims.ts';

export class HeldClaim {
  readonly slotMs: number;
  readonly #claims: SnapshotClaims;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #extendedAtMs = performance.now();

  constructor(claims: SnapshotClaims, slotMs: number) {
    this.#claims = claims;
    this.slotMs = slotMs;
    this.#timer = setInterval(() => void this.#extend(), limits.snapshotClaimRenewalMs);
    this.#timer.unref();
  }

  /** Ends the work: the claim was lost, or tine stops. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Extends the claim. Called before a snapshot gets its name. @throws ClaimLost */
  async confirm(): Promise<void> {
    this.#abort.signal.throwIfAborted();
    if (await this.#isGranted()) return;
    this.#lose('another instance has the claim');
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
      if (!(await this.#isGranted())) this.#lose('another instance has the claim');
    } catch {
      // The database may answer again in time.
      if (performance.now() - this.#extendedAtMs > limits.snapshotClaimMs)
        this.#lose('the database did not answer in time');
    }
  }

  async #isGranted(): Promise<boolean> {
    const askedAtMs = performance.now();
    const { isGranted } = await this.#claims.claim(this.slotMs);
    if (isGranted) this.#extendedAtMs = askedAtMs;
    return isGranted;
  }

  #lose(reason: string): void {
    clearInterval(this.#timer);
    this.#abort.abort(new ClaimLost(reason));
  }
}

/** The work ends without a result. It is no failure: the slot stays open. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}
