/**
 * Tells a slow answer from one that never comes. A network that swallows packets says nothing, and a database that waits for a lock says nothing either; so when an
 * answer takes long, a new connection asks whether the database is there.
 */
import { remoteLimits } from './remote-limits.ts';
import { succeedsWithin } from './succeeds-within.ts';

export interface OutageDetectorOptions {
  /** Asks the database over a new connection; rejects when it does not answer. */
  probe(): Promise<void>;
  /** Connections have lost what was sent: nothing that waits now will be answered. */
  onLoss(): void;
  /** The database answers again, after `isOutage` was true. */
  onReturn(): void;
}

/** An answer that is waited for. */
interface Pending {
  readonly sinceMs: number;
}

/** Something that waits for answers of the database. */
export interface Wait {
  /** An answer came; it waits for the next. */
  answered(): void;
  end(): void;
}

export class OutageDetector {
  readonly #options: OutageDetectorOptions;
  /** The oldest first. */
  readonly #waits = new Set<Pending>();
  readonly #probes = new Set<Pending>();
  readonly #timer: NodeJS.Timeout;
  #lastProbeMs = 0;
  #isOutage = false;

  constructor(options: OutageDetectorOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#check(), remoteLimits.outageCheckIntervalMs);
    this.#timer.unref();
  }

  /** Whether there is no use in asking the database anything. */
  get isOutage(): boolean {
    return this.#isOutage;
  }

  /** Something begins to wait for the database. */
  startWait(): Wait {
    let wait = this.#begin();
    return {
      answered: () => {
        this.#waits.delete(wait);
        wait = this.#begin();
      },
      end: () => this.#waits.delete(wait),
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#probes.clear();
  }

  #begin(): Pending {
    const wait = { sinceMs: performance.now() };
    this.#waits.add(wait);
    return wait;
  }

  #check(): void {
    const nowMs = performance.now();
    if (!this.#isOutage && !this.#hasWaitedSince(nowMs - remoteLimits.slowAnswerMs)) {
      this.#probes.clear();
      return;
    }
    const isEarly = this.#probes.size > 0 && nowMs < this.#lastProbeMs + remoteLimits.probeIntervalMs;
    if (isEarly && !this.#isOutage) return;
    this.#lastProbeMs = nowMs;
    void this.#probe({ sinceMs: nowMs });
  }

  async #probe(probe: Pending): Promise<void> {
    this.#probes.add(probe);
    const isAnswered = await succeedsWithin(remoteLimits.probeMsMax, this.#options.probe());
    // What waited was answered meanwhile, or a later probe was.
    if (!this.#probes.delete(probe)) return;
    if (isAnswered) this.#answered(probe);
    else if (!this.#isOutage && this.#hasWaitedSince(probe.sinceMs)) {
      this.#isOutage = true;
      this.#options.onLoss();
    }
  }

  /** A probe that began earlier and has no answer: the network was away, and with it all that was sent then. */
  #answered({ sinceMs }: Pending): void {
    const isBack = this.#isOutage;
    const wasAway = [...this.#probes].some((other) => other.sinceMs < sinceMs);
    this.#probes.clear();
    this.#isOutage = false;
    if (isBack) this.#options.onReturn();
    else if (wasAway) this.#options.onLoss();
  }

  #hasWaitedSince(ms: number): boolean {
    const [oldest] = this.#waits;
    return oldest !== undefined && oldest.sinceMs <= ms;
  }
}
