/**
 * The connections to the database, and transactions over them. Writes, short reads and lists share
 * them through `Lanes`. In an outage all connections are abandoned, and no work is sent until the
 * database answers again. After a switch to another host, new work goes to that host.
 */

import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { DriverError, isDriverError } from '../../../errors.ts';
import { within } from '../../../kit/within.ts';
import { limits } from '../../../limits.ts';
import type { Query } from '../../../mvcc/program.ts';
import type { Histogram } from '../../../statistics/histogram.ts';
import type { PoolStatistics } from '../../driver-statistics.ts';
import type { StatementMeter } from '../../statement-meter.ts';
import type { CurrentHost, Engine } from '../engine.ts';
import { remoteLimits } from '../remote-limits.ts';
import {
  CommitInDoubt,
  type GuardedWrite,
  type Session,
  type TransactionKind,
  type TransactionOptions,
} from '../session.ts';
import { connectionBudget } from './connection-budget.ts';
import { ConnectionRefused } from './connection-refused.ts';
import { type BorrowedConnection, HostConnections, zeroCounts } from './host-connections.ts';
import { Hosts } from './hosts.ts';
import { type Lane, Lanes, laneNames } from './lanes.ts';
import { NoConnectionLeft } from './no-connection-left.ts';
import { OutageDetector, type ProbeAnswer, type Wait } from './outage-detector.ts';

/** The start of a transaction. */
export interface Transaction extends TransactionOptions {
  readonly kind: TransactionKind;
  readonly first?: readonly Query[];
}

export interface ConnectionsOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  readonly countMax: number;
  /** The meter that counts the times of statements. */
  readonly meter: StatementMeter;
  readonly writeTransactions: Histogram;
  readonly commits: Histogram;
  /**
   * Called when the network has lost connections, or when another host is used. All other open
   * connections are then lost, or lead to the wrong host.
   */
  onLoss(): void;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #hosts: Hosts;
  readonly #lanes: Lanes;
  readonly #outages: OutageDetector;
  readonly #counts = zeroCounts();
  /** Whether one connection is reserved for messages between instances. */
  readonly hasMessages: boolean;
  /** Connections to the current host. */
  #used: HostConnections;
  /**
   * Connections to earlier hosts, until their transactions have ended, and connections of separate
   * work. Connections to a lost host are abandoned.
   */
  readonly #others = new Set<HostConnections>();
  /** The server's names of connections that the network has lost. */
  #lost: { readonly to: HostConnections; readonly names: readonly string[] } | undefined;

  constructor(options: ConnectionsOptions) {
    const { engine, logger, countMax } = options;
    const budget = connectionBudget(countMax, engine.openMessages !== undefined);
    this.#options = options;
    this.hasMessages = budget.hasMessages;
    this.#lanes = new Lanes(budget.shared);
    this.#hosts = new Hosts({ engine, logger, onMove: ({ isLost }) => this.#move(isLost) });
    this.#used = this.#newConnections();
    this.#outages = new OutageDetector({
      probe: (signal) => this.#probe(signal),
      onLoss: () => this.#abandonCurrent(),
      onReturn: () => void this.#endLostConnections(),
    });
  }

  get host(): CurrentHost {
    return this.#hosts;
  }

  /**
   * Resolves with whether one of several hosts serves; it becomes the current host. Resolves with
   * true for a single host.
   */
  chooseHost(): Promise<boolean> {
    return this.#hosts.choose();
  }

  /** Sets the host that serves. */
  useHost(host: CurrentHost['current']): void {
    this.#hosts.use(host);
  }

  /**
   * Runs work in a transaction. If anything fails, no transaction stays open and no part of the
   * work takes effect.
   *
   * @throws CommitInDoubt, with the result in it, if the commit of an exclusive transaction may or
   * may not have been made; DriverError for other failures.
   */
  async transaction<Result>(
    lane: Lane,
    transaction: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    return this.#onConnection(lane, (borrowed, wait) =>
      this.#runOn(borrowed, transaction, (session) => work(observeReplies(session, wait))),
    );
  }

  /**
   * Runs a transaction of writes in one request. Returns whether it was done.
   *
   * @throws CommitInDoubt if it may or may not have been done; DriverError for other failures: it
   * was not done.
   */
  async writeGuarded(write: GuardedWrite): Promise<boolean> {
    return this.#onConnection('write', (borrowed) => this.#writeGuardedOn(borrowed, write));
  }

  async #onConnection<Result>(
    lane: Lane,
    work: (borrowed: BorrowedConnection, wait: Wait) => Promise<Result>,
  ): Promise<Result> {
    if (this.#outages.isOutage) throw new DriverError('lost', 'the database does not answer');
    const { borrowed, wait } = await this.#acquire(lane);
    try {
      wait.startsOn(borrowed.used);
      return await work(borrowed, wait);
    } catch (error) {
      // The retry uses the host that serves by then.
      if (this.#hosts.isList && isDriverError(error, 'lost')) await this.#hosts.check();
      throw error;
    } finally {
      wait.end();
    }
  }

  async #writeGuardedOn(borrowed: BorrowedConnection, write: GuardedWrite): Promise<boolean> {
    const startMs = performance.now();
    try {
      const isDone = await borrowed.session.writeGuarded(write);
      if (isDone) this.#observeCommit(borrowed.session, startMs);
      borrowed.release('good');
      return isDone;
    } catch (error) {
      const failure = this.#options.engine.classifyError(error);
      if (endsConnection(failure)) borrowed.release('broken');
      else void end(borrowed, borrowed.session.rollback());
      throw failure;
    }
  }

  #observeCommit({ commitMs }: Session, startMs: number): void {
    const { commits, writeTransactions } = this.#options;
    commits.observe(commitMs);
    writeTransactions.observe(performance.now() - startMs);
  }

  /** How many connections a lane can have while the other lanes use no more than their shares. */
  countMaxOf(lane: Lane): number {
    return this.#lanes.countMaxOf(lane);
  }

  get pools(): readonly PoolStatistics[] {
    const { usage } = this.#lanes;
    return laneNames.map((name) => ({
      name,
      ...usage[name],
      idle: this.#used.idleCount(name),
      ...this.#counts[name],
    }));
  }

  /**
   * Runs long work over a connection of its own. It delays no other work, and its long wait for a
   * reply does not count as an outage.
   */
  async onSeparateConnection<Result>(
    transaction: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    if (this.#outages.isOutage) throw new DriverError('lost', 'the database does not answer');
    await this.#lanes.reserve();
    const connections = this.#newConnections();
    this.#others.add(connections);
    try {
      return await this.#runOn(await this.#openSeparate(connections), transaction, work);
    } finally {
      this.#others.delete(connections);
      await connections.close();
      this.#lanes.unreserve();
    }
  }

  /** Opens a separate connection. If the server grants no more, it closes an idle one first. */
  async #openSeparate(connections: HostConnections): Promise<BorrowedConnection> {
    const deadlineMs = performance.now() + remoteLimits.separateConnectionWaitMsMax;
    for (;;) {
      await this.#used.trimTo(this.#lanes.countMax);
      try {
        return await connections.open('bulk');
      } catch (error) {
        if (!(error instanceof NoConnectionLeft) || performance.now() > deadlineMs) throw error;
        await this.#used.trimTo(this.#used.count - 1);
        await pause(limits.reconnectPauseMs);
      }
    }
  }

  /**
   * A connection within the bounds of the lane. While the server grants no more, it waits for an
   * open connection.
   */
  async #acquire(lane: Lane): Promise<{ borrowed: BorrowedConnection; wait: Wait }> {
    const deadlineMs = performance.now() + limits.connectionWaitMsMax;
    let position: 'first' | 'last' = 'last';
    for (;;) {
      const entering = this.#lanes.enter(lane, deadlineMs, position);
      if (entering !== undefined) await entering;
      const connections = this.#used;
      const wait = this.#outages.startWait();
      try {
        const borrowed = connections.takeIdle(lane) ?? (await this.#open(connections, lane, deadlineMs));
        return { borrowed: this.#inLane(borrowed, lane), wait };
      } catch (error) {
        wait.end();
        const waitMs = deadlineMs - performance.now();
        if (waitMs <= 0) throw error;
        if (error instanceof NoConnectionLeft) await this.#refused(connections, error, waitMs);
        else if (!(await this.#hasMoved(connections, error))) throw error;
        position = 'first';
      }
    }
  }

  /**
   * Opens a connection. One that opens after the deadline goes to the pool. Until the attempt ends,
   * it is a wait for the database: the deadline is earlier than the end of a probe.
   */
  async #open(connections: HostConnections, lane: Lane, deadlineMs: number): Promise<BorrowedConnection> {
    const opening = connections.open(lane);
    const wait = this.#outages.startWait();
    let isLate = false;
    opening.then(
      (borrowed) => {
        wait.end();
        this.#lanes.opened(connections.count);
        if (isLate) this.#inLane(borrowed, lane).release('good');
      },
      () => {
        wait.end();
        this.#lanes.leave(lane);
      },
    );
    return await within(Math.max(1, deadlineMs - performance.now()), opening, () => {
      isLate = true;
      throw new DriverError('lost', 'the connection to the database timed out');
    });
  }

  #inLane({ session, used, release }: BorrowedConnection, lane: Lane): BorrowedConnection {
    return {
      session,
      used,
      release: (state) => {
        release(state);
        this.#lanes.leave(lane);
      },
    };
  }

  /**
   * Waits for a connection after a refusal of the server.
   *
   * @throws the refusal if there is no open connection to wait for. Before, it waits up to 1 s for
   * the server to release closed connections.
   */
  async #refused(connections: HostConnections, refusal: NoConnectionLeft, waitMs: number): Promise<void> {
    this.#lanes.refused(connections.count, refusal);
    if (connections.openCount > 0) return;
    if (waitMs < limits.connectionWaitMsMax - remoteLimits.refusedWaitMsMax) {
      this.#lanes.refuseAll(refusal);
      throw refusal;
    }
    await pause(limits.reconnectPauseMs);
  }

  /** Whether another host is used since the connection failed. */
  async #hasMoved(connections: HostConnections, error: unknown): Promise<boolean> {
    if (!this.#hosts.isList || !isDriverError(error, 'lost') || this.#outages.isOutage) return false;
    if (connections === this.#used) await this.#hosts.check();
    return connections !== this.#used && !this.#outages.isOutage;
  }

  async close(): Promise<void> {
    this.#outages.close();
    this.#hosts.close();
    this.#lanes.refuseAll(new DriverError('lost', 'the connections to the database are closed'));
    await Promise.all([this.#used, ...this.#others].map((connections) => connections.close()));
  }

  async #runOn<Result>(
    borrowed: BorrowedConnection,
    { kind, first, ...options }: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const startMs = performance.now();
    let result: Result;
    try {
      borrowed.session.begin(kind, first, options);
      result = await work(borrowed.session);
    } catch (error) {
      const failure = this.#options.engine.classifyError(error);
      if (endsConnection(failure)) borrowed.release('broken');
      else void end(borrowed, borrowed.session.rollback());
      throw failure;
    }
    // The result of a read does not wait for the end of its transaction.
    if (kind === 'exclusive') await this.#commit(borrowed, result, startMs);
    else void end(borrowed, borrowed.session.commit());
    return result;
  }

  async #commit(borrowed: BorrowedConnection, result: unknown, startMs: number): Promise<void> {
    try {
      await borrowed.session.commit();
      this.#observeCommit(borrowed.session, startMs);
      borrowed.release('good');
    } catch (error) {
      const isInDoubt = error instanceof CommitInDoubt;
      // A commit that a cluster refused leaves the connection usable.
      borrowed.release(isInDoubt && !isDriverError(error.cause, 'lost') ? 'good' : 'broken');
      if (!isInDoubt) throw this.#options.engine.classifyError(error);
      error.result = result;
      throw error;
    }
  }

  /**
   * Resolves when the database answers, even if it only refuses one more connection. The connection
   * is closed at the end of the probe, or when the signal aborts.
   */
  async #probe(signal: AbortSignal): Promise<ProbeAnswer> {
    if (this.#hosts.isList) return this.#probeList();
    const { engine } = this.#options;
    const connections = this.#newConnections(zeroCounts());
    const abandon = () => void connections.abandonAll();
    signal.addEventListener('abort', abandon);
    try {
      const { session } = await connections.open('quick');
      return (await this.#hasLostReply(session)) ? 'new only' : 'all';
    } catch (error) {
      const failure = engine.classifyError(error);
      if (isDriverError(failure, 'lost') && !(failure instanceof ConnectionRefused)) throw failure;
      return 'all';
    } finally {
      signal.removeEventListener('abort', abandon);
      abandon();
    }
  }

  /**
   * Sends one request, whose reply shows that the database answers. Returns whether an earlier
   * request or its reply was lost. Then the server waits for a request on a connection on which a
   * reply is overdue, and nothing arrives on it for a moment.
   */
  async #hasLostReply(session: Session): Promise<boolean> {
    const { engine } = this.#options;
    const overdue = this.#outages.overdue();
    const names = overdue.flatMap(({ on }) => on.serverName ?? []);
    if (names.length === 0 || engine.idleAmong === undefined) {
      await engine.now(session);
      return false;
    }
    const startMs = performance.now();
    const idle = new Set<string | undefined>(await engine.idleAmong(names, session));
    const roundTripMs = performance.now() - startMs;
    const looks = overdue
      .filter(({ on }) => idle.has(on.serverName))
      .map(({ on, isPending }) => ({ on, isPending, receivedBytes: on.receivedBytes }));
    if (looks.length === 0) return false;
    // A large reply arrives in parts, often one in each round trip.
    await pause(roundTripMs + remoteLimits.probeGraceMs);
    // A busy event loop runs timers before it reads what has arrived.
    await immediate();
    return looks.some(({ on, isPending, receivedBytes }) => isPending() && on.receivedBytes === receivedBytes);
  }

  /** Probes over the connections of the checks: each host has one, whatever number of probes. */
  async #probeList(): Promise<ProbeAnswer> {
    const used = this.#used;
    const found = await this.#hosts.settle();
    if (found === 'lost') throw this.#hosts.failure;
    // Of several probes, the first one replaces the connections.
    return found === 'recovered' && used === this.#used ? 'new only' : 'all';
  }

  /**
   * Abandons all connections. Work that waits on them fails; work that had no effect is retried.
   */
  #abandonCurrent(): void {
    this.#options.logger.info('connections to the database receive no replies; they are closed');
    const left = this.#replaceUsed();
    // Without an outage, a separate connection that has sent nothing meanwhile has lost nothing.
    this.#abandon(this.#outages.isOutage ? [left, ...this.#othersTo(left)] : [left]);
    this.#options.onLoss();
    if (!this.#outages.isOutage) void this.#endLostConnections();
  }

  #move(isLost: boolean): void {
    const left = this.#replaceUsed();
    if (isLost) this.#abandon([left, ...this.#othersTo(left)]);
    else this.#retire(left);
    this.#options.onLoss();
  }

  /** Uses new connections, to the current host, from now on. Returns the earlier ones. */
  #replaceUsed(): HostConnections {
    const left = this.#used;
    this.#used = this.#newConnections();
    return left;
  }

  #othersTo({ host }: HostConnections): readonly HostConnections[] {
    return [...this.#others].filter((connections) => connections.host === host);
  }

  /** Abandons connections to one host. */
  #abandon(lost: readonly HostConnections[]): void {
    const [used] = lost;
    this.#lost = used && { to: used, names: lost.flatMap((connections) => connections.abandonAll()) };
    if (this.#outages.isOutage) this.#lanes.refuseAll(new DriverError('lost', 'the database does not answer'));
  }

  /** Lets the transactions under way end on their old host. */
  #retire(connections: HostConnections): void {
    this.#others.add(connections);
    void connections.retire().then(() => this.#others.delete(connections));
  }

  #newConnections(counts = this.#counts): HostConnections {
    const { engine, meter } = this.#options;
    return new HostConnections({ engine, host: this.#hosts.current, meter, counts });
  }

  /**
   * Ends lost connections at the server. The server may not have noticed the loss, and their
   * transactions hold locks.
   */
  async #endLostConnections(): Promise<void> {
    const { to, names } = this.#lost ?? { names: [] };
    this.#lost = undefined;
    if (names.length === 0 || to?.host !== this.#hosts.current) return;
    const { engine, logger } = this.#options;
    try {
      await this.transaction('quick', { kind: 'none' }, async (session) => engine.endLostConnections?.(names, session));
    } catch (error) {
      logger.debug({ err: error }, 'cannot end lost connections; the server ends them later');
    }
  }
}

/** The session, whose replies show that the database answers. */
function observeReplies(session: Session, wait: Wait): Session {
  return {
    get lock() {
      return session.lock;
    },
    get commitMs() {
      return session.commitMs;
    },
    writeGuarded: (write) => session.writeGuarded(write),
    begin: (...how) => session.begin(...how),
    run: async (queries) => {
      const rows = await session.run(queries);
      wait.answered();
      return rows;
    },
    commit: () => session.commit(),
    rollback: () => session.rollback(),
  };
}

/** Returns a connection to the pool when its transaction has ended. */
async function end(borrowed: BorrowedConnection, ending: Promise<void>): Promise<void> {
  try {
    await ending;
    borrowed.release('good');
  } catch {
    borrowed.release('broken');
  }
}

/**
 * Whether a connection is closed after a failure. The bounds of the server are read at the connect:
 * after `tooLarge`, a new connection reads a raised bound.
 */
function endsConnection(failure: Error): boolean {
  return isDriverError(failure, 'lost', 'tooLarge');
}
