/**
 * Tells a slow answer from one that never comes. A network that swallows packets says nothing, and a database that waits for a lock says nothing either; so when an
 * answer takes long, a new connection asks whether the database is there.
 */
import { remoteLimits } from './remote-limits.ts';
import { within } from './within.ts';

export interface SilenceWatchOptions {
  /** Asks the database over a new connection; rejects when it does not answer. */
  probe(): Promise<void>;
  /** Connections have lost what was sent: nothing that waits now will be answered. */
  onLoss(): void;
  /** The database answers again, after `isSilent` was true. */
  onReturn(): void;
}

/** An answer that is waited for. */
interface Since {
  readonly sinceMs: number;
}

/** Something that waits for answers of the database. */
export interface Wait {
  /** An answer came; it waits for the next. */
  heard(): void;
  ended(): void;
}

export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  /** The oldest first. */
  readonly #waits = new Set<Since>();
  readonly #probes = new Set<Since>();
  readonly #timer: NodeJS.Timeout;
  #lastProbeMs = 0;
  #isSilent = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), remoteLimits.silenceLookMs);
    this.#timer.unref();
  }

  /** Whether there is no use in asking the database anything. */
  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** Something begins to wait for the database. */
  waits(): Wait {
    let wait = this.#begin();
    return {
      heard: () => {
        this.#waits.delete(wait);
        wait = this.#begin();
      },
      ended: () => this.#waits.delete(wait),
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#probes.clear();
  }

  #begin(): Since {
    const wait = { sinceMs: performance.now() };
    this.#waits.add(wait);
    return wait;
  }

  #look(): void {
    const nowMs = performance.now();
    if (!this.#isSilent && !this.#hasWaitedSince(nowMs - remoteLimits.suspicionMs)) {
      this.#probes.clear();
      return;
    }
    const isEarly = this.#probes.size > 0 && nowMs < this.#lastProbeMs + remoteLimits.probeIntervalMs;
    if (isEarly && !this.#isSilent) return;
    this.#lastProbeMs = nowMs;
    void this.#probe({ sinceMs: nowMs });
  }

  async #probe(probe: Since): Promise<void> {
    this.#probes.add(probe);
    const isAnswered = await within(remoteLimits.probeMsMax, this.#options.probe());
    // What waited was answered meanwhile, or a later probe was.
    if (!this.#probes.delete(probe)) return;
    if (isAnswered) this.#answered(probe);
    else if (!this.#isSilent && this.#hasWaitedSince(probe.sinceMs)) {
      this.#isSilent = true;
      this.#options.onLoss();
    }
  }

  /** A probe that began earlier and has no answer: the network was away, and with it all that was sent then. */
  #answered({ sinceMs }: Since): void {
    const isBack = this.#isSilent;
    const wasAway = [...this.#probes].some((other) => other.sinceMs < sinceMs);
    this.#probes.clear();
    this.#isSilent = false;
    if (isBack) this.#options.onReturn();
    else if (wasAway) this.#options.onLoss();
  }

  #hasWaitedSince(ms: number): boolean {
    const [oldest] = this.#waits;
    return oldest !== undefined && oldest.sinceMs <= ms;
  }
}
