/** What is known of one of several hosts, by a connection of its own that is kept. */
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import { DriverError } from '../../errors.ts';
import { withAnswerTimeout } from './answer-timeout.ts';
import type { Engine, Node, NodeState } from './engine.ts';
import { NoConnectionLeft } from './no-connection-left.ts';
import { remoteLimits } from './remote-limits.ts';

export class HostMonitor {
  readonly host: DatabaseHost;
  readonly #engine: Engine;
  #node: Node | undefined;
  #opening: Promise<Node> | undefined;
  #check: Promise<void> | undefined;
  #found: NodeState | undefined;
  #lastState: NodeState | undefined;
  #failure: Error | undefined;
  #servesSinceMs: number | undefined;
  /** Looks without an answer, one after the other. */
  #missedChecks = 0;
  #isLost = false;

  constructor(engine: Engine, host: DatabaseHost) {
    this.#engine = engine;
    this.host = host;
  }

  /** Its state at the last look; undefined: it did not answer. */
  get found(): NodeState | undefined {
    return this.#found;
  }

  /** Its state when it answered last. */
  get lastState(): NodeState | undefined {
    return this.#lastState;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  get isServing(): boolean {
    return this.#found !== undefined && this.#found.refusal === undefined;
  }

  /** It answered that it does not serve, refuses connections, or did not answer at two looks. */
  get isLost(): boolean {
    return this.#isLost;
  }

  servesForMs(nowMs: number): number {
    return this.#servesSinceMs === undefined ? 0 : nowMs - this.#servesSinceMs;
  }

  /** Resolves within a bound, whatever the host does. One look at a time. */
  check(): Promise<void> {
    this.#check ??= this.#readState().finally(() => {
      this.#check = undefined;
    });
    return this.#check;
  }

  close(): void {
    this.#opening = undefined;
    this.#abandon();
  }

  async #readState(): Promise<void> {
    try {
      this.#answered(await withAnswerTimeout(this.#state(), () => {}, remoteLimits.hostCheckMsMax));
    } catch (error) {
      this.#abandon();
      this.#failed(this.#engine.classifyError(error));
    }
  }

  /** A kept connection may have been ended, and says nothing of its host then: another is opened. */
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

  /** Over a slow network it takes longer than a look: the next one waits for the same. */
  #open(): Promise<Node> {
    if (this.#opening !== undefined) return this.#opening;
    const opening = this.#engine.openNode(this.host).then((node) => {
      if (this.#opening === opening) {
        this.#opening = undefined;
        this.#node = node;
        return node;
      }
      node.abandon();
      throw new DriverError('lost', 'the host answered too late');
    });
    opening.catch(() => {
      if (this.#opening === opening) this.#opening = undefined;
    });
    this.#opening = opening;
    return opening;
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
    this.#failure = state.refusal === undefined ? undefined : new DriverError('lost', state.refusal);
    this.#servesSinceMs = this.#isLost ? undefined : (this.#servesSinceMs ?? performance.now());
  }

  #failed(failure: Error): void {
    // What is connected already goes on.
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
    if (this.#isLost) this.#opening = undefined;
  }
}

/** Whether there is no doubt: nobody listens there, or the server answered with an error. A connection that breaks may be a moment's. */
function isRefusal(failure: Error): boolean {
  if (!(failure instanceof DriverError) || failure.kind !== 'lost') return true;
  return (failure.cause as { code?: unknown } | undefined)?.code === 'ECONNREFUSED';
}
