/** Monitors one of several hosts over a connection of its own, which it keeps. */
import type { DatabaseHost } from '../../../config/database/database-dsn.ts';
import { DriverError, isDriverError } from '../../../errors.ts';
import type { Engine, Node, NodeState } from '../engine.ts';
import { remoteLimits } from '../remote-limits.ts';
import { withReplyTimeout } from '../reply-timeout.ts';
import { NoConnectionLeft } from './no-connection-left.ts';

export class HostMonitor {
  readonly host: DatabaseHost;
  readonly #engine: Engine;
  #node: Node | undefined;
  #opening: { readonly node: Promise<Node>; readonly end: AbortController } | undefined;
  #check: Promise<void> | undefined;
  #found: NodeState | undefined;
  #lastState: NodeState | undefined;
  #failure: Error | undefined;
  #servesSinceMs: number | undefined;
  /** Consecutive checks without a reply. */
  #missedChecks = 0;
  /** Consecutive checks that found the host stalled. */
  #stalledChecks = 0;
  #isLost = false;

  constructor(engine: Engine, host: DatabaseHost) {
    this.#engine = engine;
    this.host = host;
  }

  /** The state at the last check. Undefined: the host did not answer. */
  get state(): NodeState | undefined {
    return this.#found;
  }

  /** The state of the last reply. */
  get lastState(): NodeState | undefined {
    return this.#lastState;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  get isServing(): boolean {
    return this.#found !== undefined && this.#found.refusal === undefined;
  }

  /** The host answered that it does not serve, refused the connection, or missed two checks. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Several checks in a row found the host stalled. */
  get isStalled(): boolean {
    return this.#stalledChecks >= remoteLimits.missedChecksMax;
  }

  servesForMs(nowMs: number): number {
    return this.#servesSinceMs === undefined ? 0 : nowMs - this.#servesSinceMs;
  }

  /** Checks the host. Resolves within a bound, whatever the host does. One check runs at a time. */
  check(): Promise<void> {
    this.#check ??= this.#readState().finally(() => {
      this.#check = undefined;
    });
    return this.#check;
  }

  close(): void {
    this.#stopOpening();
    this.#abandon();
  }

  async #readState(): Promise<void> {
    try {
      this.#answered(await withReplyTimeout(this.#state(), () => {}, remoteLimits.hostCheckMsMax));
    } catch (error) {
      this.#abandon();
      this.#failed(this.#engine.classifyError(error));
    }
  }

  /**
   * Reads the state. If the kept connection was closed, which proves nothing about the host, it
   * opens another one.
   */
  async #state(): Promise<NodeState> {
    const kept = this.#node;
    if (kept !== undefined) {
      try {
        return await kept.state();
      } catch {
        if (this.#node === kept) this.#abandon();
      }
    }
    return (await this.#open()).state();
  }

  /**
   * Opens the connection. Over a slow network this takes longer than one check: the next check
   * waits for the same connection.
   */
  #open(): Promise<Node> {
    if (this.#opening !== undefined) return this.#opening.node;
    const end = new AbortController();
    const node = this.#engine.openNode(this.host, end.signal).then((opened) => {
      if (this.#opening === opening) {
        this.#opening = undefined;
        this.#node = opened;
        return opened;
      }
      opened.abandon();
      throw tooLate();
    });
    const opening = { node, end };
    node.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    return node;
  }

  /** Closes a connection that is being opened. The next check opens another one. */
  #stopOpening(): void {
    this.#opening?.end.abort(tooLate());
    this.#opening = undefined;
  }

  #abandon(): void {
    this.#node?.abandon();
    this.#node = undefined;
  }

  #answered(state: NodeState): void {
    this.#found = state;
    this.#lastState = state;
    this.#missedChecks = 0;
    this.#isLost = state.refusal !== undefined;
    this.#stalledChecks = state.isStalled ? this.#stalledChecks + 1 : 0;
    this.#failure = failureOf(state);
    const isUseful = !this.#isLost && !state.isStalled;
    this.#servesSinceMs = isUseful ? (this.#servesSinceMs ?? performance.now()) : undefined;
  }

  #failed(failure: Error): void {
    // Open connections keep working.
    if (failure instanceof NoConnectionLeft && this.#lastState !== undefined && this.#lastState.refusal === undefined) {
      this.#found = this.#lastState;
      this.#isLost = false;
      return;
    }
    this.#found = undefined;
    this.#failure = failure;
    this.#servesSinceMs = undefined;
    this.#missedChecks += 1;
    this.#isLost = isRefusal(failure) || this.#missedChecks >= remoteLimits.missedChecksMax;
    if (this.#isLost) this.#stopOpening();
  }
}

function tooLate(): DriverError {
  return new DriverError('lost', 'the host answered too late');
}

function failureOf({ refusal, isStalled }: NodeState): Error | undefined {
  if (refusal !== undefined) return new DriverError('lost', refusal);
  return isStalled ? new DriverError('lost', 'it does not apply the writes of its cluster') : undefined;
}

/**
 * Whether the failure is certain: no process listens at the address, or the server answered with an
 * error. A broken connection may be temporary.
 */
function isRefusal(failure: Error): boolean {
  if (!isDriverError(failure, 'lost')) return true;
  return (failure.cause as { code?: unknown } | undefined)?.code === 'ECONNREFUSED';
}
