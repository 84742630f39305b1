/**
 * Distinguishes a slow reply from one that never comes. A network that drops packets reports no
 * error, and a database that waits for a lock sends nothing either. So when a reply is overdue, a
 * new connection probes whether the database answers.
 *
 * At most two probes connect at a time, because the server, or its administrator, bounds the
 * connections. The older one has the time that a slow network takes. The newer one is replaced, so
 * that it notices the return of a network that has lost the older one. A probe whose reply no
 * longer counts is replaced first.
 */
import { within } from '../../../kit/within.ts';
import { remoteLimits } from '../remote-limits.ts';

/**
 * How the database answers: over all connections, as far as known, or only over new ones. Then the
 * others have lost data, as after a firewall has dropped its state.
 */
export type ProbeAnswer = 'all' | 'new only';

export interface OutageDetectorOptions {
  /** How often overdue replies are checked. Each check of one costs the server a connection. */
  readonly checkIntervalMs?: number;
  /**
   * Probes the database over a new connection. Rejects if it does not answer. When the signal
   * aborts, the connection is closed.
   */
  probe(signal: AbortSignal): Promise<ProbeAnswer>;
  /** Called when connections have lost data: work that waits on them will get no reply. */
  onLoss(): void;
  /** Called when the database answers again, after `isOutage` was true. */
  onReturn(): void;
}

/** A connection on which a reply is pending. */
export interface UsedConnection {
  /** The server's name of it. Undefined: unknown. */
  readonly serverName: string | undefined;
  /** The number of bytes that have arrived on it. */
  readonly receivedBytes: number;
  /** The number of bytes of all requests on it, also of bytes that are not sent yet. */
  readonly requestedBytes: number;
}

/** A reply that is pending. */
interface Pending {
  readonly sinceMs: number;
  /** Undefined: work that waits for a connection. */
  readonly on: UsedConnection | undefined;
  /** `requestedBytes` of the connection before the request. */
  readonly bytesBefore: number;
}

/** A reply that is overdue. */
export interface Overdue {
  readonly on: UsedConnection;
  /** Whether no reply has come since. */
  isPending(): boolean;
}

interface Probe {
  readonly sinceMs: number;
  readonly end: AbortController;
}

/** Work that waits for replies of the database. */
export interface Wait {
  /** The work has a connection and waits for its first reply. */
  startsOn(connection: UsedConnection): void;
  /** A reply came; the work waits for the next one. */
  answered(): void;
  end(): void;
}

export class OutageDetector {
  readonly #options: OutageDetectorOptions;
  /** In order of age, the oldest first. */
  readonly #waits = new Set<Pending>();
  /** Probes whose replies count. */
  readonly #probes = new Set<Probe>();
  /** Probes that have not ended. The reply of some no longer counts. In order of age. */
  readonly #attempts = new Set<Probe>();
  readonly #timer: NodeJS.Timeout;
  readonly #checkIntervalMs: number;
  #lastProbeMs = 0;
  #outageSinceMs: number | undefined;

  constructor(options: OutageDetectorOptions) {
    this.#options = options;
    this.#checkIntervalMs = options.checkIntervalMs ?? remoteLimits.outageCheckIntervalMs;
    this.#timer = setInterval(() => this.#check(), this.#checkIntervalMs);
    this.#timer.unref();
  }

  /** Whether the database does not answer, so that no work should be sent. */
  get isOutage(): boolean {
    return this.#outageSinceMs !== undefined;
  }

  /** Registers work that waits for the database. */
  startWait(): Wait {
    let wait = this.#begin(undefined);
    const next = (on: UsedConnection | undefined): void => {
      this.#waits.delete(wait);
      wait = this.#begin(on);
    };
    return {
      startsOn: next,
      answered: () => next(wait.on),
      end: () => this.#waits.delete(wait),
    };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const probe of this.#attempts) this.#endProbe(probe);
  }

  /**
   * The replies to requests that a healthy database would have sent by now. A large request may
   * still be on its way to the database.
   */
  overdue(): readonly Overdue[] {
    const lastMs = performance.now() - remoteLimits.slowReplyMs;
    return [...this.#waits].flatMap((wait) => {
      const { on, sinceMs, bytesBefore } = wait;
      if (on === undefined || sinceMs > lastMs) return [];
      if (on.requestedBytes - bytesBefore > remoteLimits.quickRequestBytesMax) return [];
      return [{ on, isPending: () => this.#waits.has(wait) }];
    });
  }

  #begin(on: UsedConnection | undefined): Pending {
    const wait = { sinceMs: performance.now(), on, bytesBefore: on?.requestedBytes ?? 0 };
    this.#waits.add(wait);
    return wait;
  }

  #check(): void {
    const nowMs = performance.now();
    if (!this.isOutage && !this.#hasWaitedSince(nowMs - remoteLimits.slowReplyMs)) {
      // The probes may end by themselves: a server counts handshakes that its client gives up.
      this.#probes.clear();
      return;
    }
    // The nearest check is the one on time: timers fire a moment early or late.
    const dueMs = this.#lastProbeMs + this.#intervalMs(nowMs) - this.#checkIntervalMs / 2;
    if (this.#probes.size > 0 && nowMs < dueMs) return;
    if (this.#attempts.size >= remoteLimits.probesAtOnceMax) this.#endProbe(this.#leastUseful());
    this.#lastProbeMs = nowMs;
    void this.#probe({ sinceMs: nowMs, end: new AbortController() });
  }

  #intervalMs(nowMs: number): number {
    const outageMs = nowMs - (this.#outageSinceMs ?? nowMs);
    return Math.max(remoteLimits.probeIntervalMs, outageMs / remoteLimits.outagePerProbeInterval);
  }

  /**
   * A probe that counts no more, else the newest. The oldest that counts is the evidence of a loss.
   */
  #leastUseful(): Probe {
    const attempts = [...this.#attempts];
    return attempts.find((probe) => !this.#probes.has(probe)) ?? (attempts.at(-1) as Probe);
  }

  async #probe(probe: Probe): Promise<void> {
    this.#probes.add(probe);
    this.#attempts.add(probe);
    const answer = await within(remoteLimits.probeMsMax, this.#options.probe(probe.end.signal), () => undefined).catch(
      () => undefined,
    );
    const counts = this.#probes.has(probe);
    this.#endProbe(probe);
    // The overdue reply came meanwhile, or a later probe was answered.
    if (!counts) return;
    if (answer !== undefined) this.#answered(probe, answer);
    else if (!this.isOutage && this.#hasWaitedSince(probe.sinceMs)) {
      this.#outageSinceMs = performance.now();
      this.#options.onLoss();
    }
  }

  #endProbe(probe: Probe): void {
    this.#probes.delete(probe);
    this.#attempts.delete(probe);
    probe.end.abort();
  }

  /**
   * A probe was answered. An earlier probe without a reply shows that the network lost data in
   * between, unless its reply comes a moment later: a network that has become faster answers the
   * later probe first.
   */
  #answered({ sinceMs }: Probe, answer: ProbeAnswer): void {
    const isBack = this.isOutage;
    const earlier = [...this.#probes].filter((other) => other.sinceMs < sinceMs);
    this.#probes.clear();
    this.#outageSinceMs = undefined;
    if (isBack) this.#options.onReturn();
    else if (answer === 'new only') this.#options.onLoss();
    else if (earlier.length > 0) this.#awaitEarlier(earlier);
  }

  #awaitEarlier(earlier: readonly Probe[]): void {
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
