/**
 * The one place that decides which of several hosts is used, by all connections. All hosts are looked at every two seconds, and at once when the current one fails. With a
 * single host there is nothing to look at.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import { DriverError } from '../../errors.ts';
import { type CheckedHost, chooseHost } from './choose-host.ts';
import type { CurrentHost, Engine } from './engine.ts';
import { HostMonitor } from './host-monitor.ts';
import { hostText } from './host-text.ts';
import { remoteLimits } from './remote-limits.ts';

export interface HostsOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  /** Another host is used from now on. `isLost`: nothing that waits for the old one is worth waiting for. */
  onMove(from: { readonly isLost: boolean }): void;
}

export class Hosts implements CurrentHost {
  readonly #options: HostsOptions;
  readonly #monitors: readonly HostMonitor[];
  readonly #timer: NodeJS.Timeout | undefined;
  #current: HostMonitor;
  /** Whether a host was chosen from all that answer. */
  #isChosen = false;
  #check: Promise<void> | undefined;
  #checkedAtMs = 0;
  #movedAtMs = 0;
  #failbackAfterMs: number = remoteLimits.failbackAfterMs;

  constructor(options: HostsOptions) {
    const { engine } = options;
    this.#options = options;
    this.#monitors = engine.hosts.map((host) => new HostMonitor(engine, host));
    const [first] = this.#monitors;
    if (first === undefined) throw new DriverError('other', 'no database host is named');
    this.#current = first;
    if (!this.isList) return;
    this.#timer = setInterval(() => this.#isChosen && void this.check(), remoteLimits.hostCheckIntervalMs);
    this.#timer.unref();
  }

  get isList(): boolean {
    return this.#monitors.length > 1;
  }

  get current(): DatabaseHost {
    return this.#current.host;
  }

  /** Why no host can be used, as far as that is monitor. */
  get failure(): Error {
    return this.#current.failure ?? new DriverError('lost', 'the database does not answer');
  }

  /** Whether the current host served at the last look. */
  get isServing(): boolean {
    return this.#current.isServing;
  }

  /** Looks at all hosts and uses the one that is best. One look at a time: who asks meanwhile is told with the rest. */
  check(): Promise<void> {
    this.#check ??= this.#checkAll().finally(() => {
      this.#check = undefined;
      this.#checkedAtMs = performance.now();
    });
    return this.#check;
  }

  /** Looks until the current host is known to serve, or is left, or is lost. `came back`: it serves, and was silent before. */
  async settle(): Promise<'serves' | 'recovered' | 'lost'> {
    const asked = this.#current;
    for (let checks = 1; ; checks += 1) {
      await this.check();
      if (this.isServing) return checks > 1 && asked === this.#current ? 'recovered' : 'serves';
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
    this.#moveTo(this.#monitors.find((monitor) => monitor.host === host) ?? this.#current);
    this.#isChosen = true;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const monitor of this.#monitors) monitor.close();
  }

  async #checkAll(): Promise<void> {
    const pauseMs = this.#checkedAtMs + remoteLimits.hostCheckPauseMs - performance.now();
    if (pauseMs > 0) await pause(pauseMs);
    await this.#waitForStates();
    const nowMs = performance.now();
    const found: readonly CheckedHost[] = this.#monitors.map((monitor) => ({
      host: monitor.host,
      state: monitor.found,
      servesForMs: monitor.servesForMs(nowMs),
    }));
    const current = this.#isChosen
      ? { host: this.current, state: this.#current.lastState, isLost: this.#current.isLost }
      : undefined;
    const host = chooseHost(found, current, this.#failbackAfterMs);
    if (host === undefined) return;
    this.use(host);
  }

  /** Waits for the answers of all hosts, but not long for the last when one serves: it may be gone. At a start it is waited for longer: its term may be higher. */
  async #waitForStates(): Promise<void> {
    const graceMs = this.#isChosen ? remoteLimits.hostGraceMs : remoteLimits.hostCheckMsMax;
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    let timer: NodeJS.Timeout | undefined;
    const checks = this.#monitors.map(async (monitor) => {
      await monitor.check();
      if (monitor.isServing) timer ??= setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.all(checks), isLate]);
    clearTimeout(timer);
  }

  #moveTo(monitor: HostMonitor): void {
    const left = this.#current;
    if (left === monitor) return;
    this.#current = monitor;
    this.#slowDown(left);
    this.#options.logger.warn(
      { from: hostText(left.host), to: hostText(monitor.host), reason: left.failure?.message },
      'another database host is used',
    );
    const isStale = (left.lastState?.term ?? 0) < (monitor.lastState?.term ?? 0);
    this.#options.onMove({ isLost: left.isLost || isStale });
  }

  /** A host that is lost soon after it was moved to is not returned to so soon. */
  #slowDown({ isLost }: HostMonitor): void {
    const nowMs = performance.now();
    const wasShort = this.#movedAtMs > 0 && nowMs - this.#movedAtMs < remoteLimits.shortUseMs;
    this.#movedAtMs = nowMs;
    if (!isLost) return;
    this.#failbackAfterMs = wasShort
      ? Math.min(this.#failbackAfterMs * 2, remoteLimits.failbackAfterMsMax)
      : remoteLimits.failbackAfterMs;
  }
}
