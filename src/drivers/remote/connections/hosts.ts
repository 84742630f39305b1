/**
 * Decides for all connections which of several hosts is used. It checks all hosts every 2 s, and at
 * once when the current one fails. A single host is not checked.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DatabaseHost } from '../../../config/database/database-dsn.ts';
import { DriverError } from '../../../errors.ts';
import type { CurrentHost, Engine } from '../engine.ts';
import { remoteLimits } from '../remote-limits.ts';
import { type CheckedHost, chooseHost } from './choose-host.ts';
import { HostMonitor } from './host-monitor.ts';
import { hostText } from './host-text.ts';

export interface HostsOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  /**
   * Called when another host is used from now on. `isLost`: requests to the old host need not be
   * waited for.
   */
  onMove(from: { readonly isLost: boolean }): void;
}

export class Hosts implements CurrentHost {
  readonly #options: HostsOptions;
  readonly #monitors: readonly HostMonitor[];
  readonly #timer: NodeJS.Timeout | undefined;
  #current: HostMonitor;
  /** Whether a host was chosen from all hosts that answer. */
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
    if (first === undefined) throw new DriverError('other', 'no database host is given');
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

  /** The reason why no host can be used, if known. */
  get failure(): Error {
    return this.#current.failure ?? new DriverError('lost', 'the database does not answer');
  }

  /** Whether the current host served at the last check. */
  get isServing(): boolean {
    return this.#current.isServing;
  }

  /**
   * Checks all hosts and selects the best one. One check runs at a time; calls during a check share
   * its result.
   */
  check(): Promise<void> {
    this.#check ??= this.#checkAll().finally(() => {
      this.#check = undefined;
      this.#checkedAtMs = performance.now();
    });
    return this.#check;
  }

  /**
   * Checks until the current host serves, is replaced, or is lost. `recovered`: it serves, and did
   * not answer before.
   */
  async settle(): Promise<'serves' | 'recovered' | 'lost'> {
    const checked = this.#current;
    for (let checks = 1; ; checks += 1) {
      await this.check();
      if (this.isServing) return checks > 1 && checked === this.#current ? 'recovered' : 'serves';
      if (this.#current.isLost) return 'lost';
    }
  }

  /**
   * Chooses from all hosts that answer, at a start, without the results of earlier checks. Resolves
   * with whether one serves.
   */
  async choose(): Promise<boolean> {
    if (!this.isList) return true;
    this.#isChosen = false;
    return (await this.settle()) !== 'lost';
  }

  /** Selects a host that a start has found to serve. */
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
      state: monitor.state,
      servesForMs: monitor.servesForMs(nowMs),
    }));
    const current = this.#isChosen
      ? {
          host: this.current,
          state: this.#current.lastState,
          isLost: this.#current.isLost,
          isStalled: this.#current.isStalled,
        }
      : undefined;
    const host = chooseHost(found, current, this.#failbackAfterMs);
    if (host === undefined) return;
    this.use(host);
  }

  /**
   * Waits for the replies of all hosts. When one host serves, it waits only `hostGraceMs` for the
   * others, which may be down. A start waits longer, because another host may have a higher term.
   */
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
      'switched to another database host',
    );
    const isStale = (left.lastState?.term ?? 0) < (monitor.lastState?.term ?? 0);
    this.#options.onMove({ isLost: left.isLost || left.isStalled || isStale });
  }

  /** Delays the return to a host that was lost soon after a switch to it. */
  #slowDown({ isLost, isStalled }: HostMonitor): void {
    const nowMs = performance.now();
    const wasShort = this.#movedAtMs > 0 && nowMs - this.#movedAtMs < remoteLimits.shortUseMs;
    this.#movedAtMs = nowMs;
    if (!isLost && !isStalled) return;
    this.#failbackAfterMs = wasShort
      ? Math.min(this.#failbackAfterMs * 2, remoteLimits.failbackAfterMsMax)
      : remoteLimits.failbackAfterMs;
  }
}
