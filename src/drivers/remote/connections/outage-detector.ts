/**
 * Distinguishes a slow reply from one that never comes. A network that drops packets reports no
 * error, and a database that waits for a lock sends nothing either. So when a reply is overdue, a
 * new connection probes whether the database answers.
 */
import { succeedsWithin } from '../../../kit/within.ts';
import { remoteLimits } from '../remote-limits.ts';

export interface OutageDetectorOptions {
  /** How often overdue replies are checked. Each check of one costs the server a connection. */
  readonly checkIntervalMs?: number;
  /** Probes the database over a new connection. Rejects if it does not answer. */
  probe(): Promise<void>;
  /** Called when connections have lost data: work that waits on them will get no reply. */
  onLoss(): void;
  /** Called when the database answers again, after `isOutage` was true. */
  onReturn(): void;
}

/** A reply that is pending. */
interface Pending {
  readonly sinceMs: number;
}

/** Work that waits for replies of the database. */
export interface Wait {
  /** A reply came; the work waits for the next one. */
  answered(): void;
  end(): void;
}

export class OutageDetector {
  readonly #options: OutageDetectorOptions;
  /** In order of age, the oldest first. */
  readonly #waits = new Set<Pending>();
  readonly #probes = new Set<Pending>();
  readonly #timer: NodeJS.Timeout;
  #lastProbeMs = 0;
  #isOutage = false;

  constructor(options: OutageDetectorOptions) {
    this.#options = options;
    const checkMs = options.checkIntervalMs ?? remoteLimits.outageCheckIntervalMs;
    this.#timer = setInterval(() => this.#check(), checkMs);
    this.#timer.unref();
  }

  /** Whether the database does not answer, so that no work should be sent. */
  get isOutage(): boolean {
    return this.#isOutage;
  }

  /** Registers work that waits for the database. */
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
    if (!this.#isOutage && !this.#hasWaitedSince(nowMs - remoteLimits.slowReplyMs)) {
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
    // The overdue reply came meanwhile, or a later probe was answered.
    if (!this.#probes.delete(probe)) return;
    if (isAnswered) this.#answered(probe);
    else if (!this.#isOutage && this.#hasWaitedSince(probe.sinceMs)) {
      this.#isOutage = true;
      this.#options.onLoss();
    }
  }

  /**
   * A probe was answered. An earlier probe without a reply shows that the network lost data in
   * between, unless its reply comes a moment later: a network that has become faster answers the
   * later probe first.
   */
  #answered({ sinceMs }: Pending): void {
    const isBack = this.#isOutage;
    const earlier = [...this.#probes].filter((other) => other.sinceMs < sinceMs);
    this.#probes.clear();
    this.#isOutage = false;
    if (isBack) this.#options.onReturn();
    else if (earlier.length > 0) this.#awaitEarlier(earlier);
  }

  #awaitEarlier(earlier: readonly Pending[]): void {
    for (const probe of earlier) this.#probes.add(probe);
    setTimeout(() => {
      if (!earlier.some((probe) => this.#probes.has(probe))) return;
      this.#probes.clear();
      this.#options.onLoss();
    }, remoteLimits.probeGraceMs).unref();
  }

  #hasWaitedSince(ms: number): boolean {
    const [oldest] = this.#waits;
    return oldest !== undefined && oldest.sinceMs <= ms;
  }
}
