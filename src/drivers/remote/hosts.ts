/**
 * The one place that decides which of several hosts is used, by all connections. All hosts are looked at every two seconds, and at once when the current one fails. With a
 * single host there is nothing to look at.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import { DriverError } from '../../errors.ts';
import { chooseHost, type FoundHost } from './choose-host.ts';
import type { CurrentHost, Engine } from './engine.ts';
import { hostText } from './host-text.ts';
import { KnownHost } from './known-host.ts';
import { remoteLimits } from './remote-limits.ts';

export interface HostsOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  /** Another host is used from now on. `isLost`: nothing that waits for the old one is worth waiting for. */
  onMove(from: { readonly isLost: boolean }): void;
}

export class Hosts implements CurrentHost {
  readonly #options: HostsOptions;
  readonly #known: readonly KnownHost[];
  readonly #timer: NodeJS.Timeout | undefined;
  #current: KnownHost;
  /** Whether a host was chosen from all that answer. */
  #isChosen = false;
  #look: Promise<void> | undefined;
  #lookedAtMs = 0;
  #movedAtMs = 0;
  #returnAfterMs: number = remoteLimits.returnAfterMs;

  constructor(options: HostsOptions) {
    const { engine } = options;
    this.#options = options;
    this.#known = engine.hosts.map((host) => new KnownHost(engine, host));
    const [first] = this.#known;
    if (first === undefined) throw new DriverError('other', 'no database host is named');
    this.#current = first;
    if (!this.isList) return;
    this.#timer = setInterval(() => this.#isChosen && void this.look(), remoteLimits.hostLookIntervalMs);
    this.#timer.unref();
  }

  get isList(): boolean {
    return this.#known.length > 1;
  }

  get current(): DatabaseHost {
    return this.#current.host;
  }

  /** Why no host can be used, as far as that is known. */
  get failure(): Error {
    return this.#current.failure ?? new DriverError('lost', 'the database does not answer');
  }

  /** Whether the current host served at the last look. */
  get isServing(): boolean {
    return this.#current.isServing;
  }

  /** Looks at all hosts and uses the one that is best. One look at a time: who asks meanwhile is told with the rest. */
  look(): Promise<void> {
    this.#look ??= this.#lookAtAll().finally(() => {
      this.#look = undefined;
      this.#lookedAtMs = performance.now();
    });
    return this.#look;
  }

  /** Looks until the current host is known to serve, or is left, or is lost. `came back`: it serves, and was silent before. */
  async settle(): Promise<'serves' | 'came back' | 'lost'> {
    const asked = this.#current;
    for (let looks = 1; ; looks += 1) {
      await this.look();
      if (this.isServing) return looks > 1 && asked === this.#current ? 'came back' : 'serves';
      if (this.#current.isLost) return 'lost';
    }
  }

  /** Chooses from all hosts that answer, at a start: what was known of them before is gone. Resolves with whether one serves. */
  async choose(): Promise<boolean> {
    if (!this.isList) return true;
    this.#isChosen = false;
    return (await this.settle()) !== 'lost';
  }

  /** A start has found this host to serve. */
  use(host: DatabaseHost): void {
    this.#moveTo(this.#known.find((known) => known.host === host) ?? this.#current);
    this.#isChosen = true;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const known of this.#known) known.close();
  }

  async #lookAtAll(): Promise<void> {
    const pauseMs = this.#lookedAtMs + remoteLimits.hostLookPauseMs - performance.now();
    if (pauseMs > 0) await pause(pauseMs);
    await this.#found();
    const nowMs = performance.now();
    const found: readonly FoundHost[] = this.#known.map((known) => ({
      host: known.host,
      state: known.found,
      servesForMs: known.servesForMs(nowMs),
    }));
    const current = this.#isChosen
      ? { host: this.current, state: this.#current.lastState, isLost: this.#current.isLost }
      : undefined;
    const host = chooseHost(found, current, this.#returnAfterMs);
    if (host === undefined) return;
    this.use(host);
  }

  /** Waits for the answers of all hosts, but not long for the last when one serves: it may be gone. At a start it is waited for longer: its term may be higher. */
  async #found(): Promise<void> {
    const graceMs = this.#isChosen ? remoteLimits.hostGraceMs : remoteLimits.hostLookMsMax;
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    const looks = this.#known.map(async (known) => {
      await known.look();
      if (known.isServing) timer ??= setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.all(looks), isLate]);
    clearTimeout(timer);
  }

  #moveTo(known: KnownHost): void {
    const left = this.#current;
    if (left === known) return;
    this.#current = known;
    this.#slowDown(left);
    this.#options.logger.warn(
      { from: hostText(left.host), to: hostText(known.host), reason: left.failure?.message },
      'another database host is used',
    );
    const isStale = (left.lastState?.term ?? 0) < (known.lastState?.term ?? 0);
    this.#options.onMove({ isLost: left.isLost || isStale });
  }

  /** A host that is lost soon after it was moved to is not returned to so soon. */
  #slowDown({ isLost }: KnownHost): void {
    const nowMs = performance.now();
    const wasShort = this.#movedAtMs > 0 && nowMs - this.#movedAtMs < remoteLimits.shortUseMs;
    this.#movedAtMs = nowMs;
    if (!isLost) return;
    this.#returnAfterMs = wasShort
      ? Math.min(this.#returnAfterMs * 2, remoteLimits.returnAfterMsMax)
      : remoteLimits.returnAfterMs;
  }
}
