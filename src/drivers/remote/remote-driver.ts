/**
 * A database server as a driver. It survives an outage of the database: requests during the outage
 * are refused, and later ones work.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { DriverError, isDriverError, StartError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { randomId } from '../../mvcc/cluster/random-id.ts';
import type { MemberId, RowId } from '../../mvcc/ids.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import type { Query } from '../../mvcc/program.ts';
import {
  needsSnapshot,
  type ReadInput,
  type ReadName,
  type ReadOutput,
  readProgram,
} from '../../mvcc/read-programs.ts';
import type { Head } from '../../mvcc/results.ts';
import { startUp } from '../../mvcc/start-up/start-up.ts';
import { type PlannedBatch, planBatch } from '../../mvcc/writes/planned-batch.ts';
import { type HeldLock, StateCache } from '../../mvcc/writes/state-cache.ts';
import { type BatchResult, writeBatch } from '../../mvcc/writes/write-batch.ts';
import { commitBoundsMs, requestBoundsMs } from '../../statistics/bounds.ts';
import { Histogram } from '../../statistics/histogram.ts';
import type { StepLog } from '../../statistics/step-log.ts';
import type { Driver, DriverBatchResult, DriverWriteOptions, ReadLane } from '../driver.ts';
import type { DriverStatistics } from '../driver-statistics.ts';
import { FailureCounts } from '../failure-counts.ts';
import type { LeaseClock } from '../lease-clock.ts';
import { OutageLog } from '../outage-log.ts';
import { SlowStatementLog } from '../slow-statement-log.ts';
import { addedByName, StatementMeter } from '../statement-meter.ts';
import { withTakeOverProgress } from '../take-over-progress.ts';
import { commitOnce, type OnceOptions } from './commit-once.ts';
import { CommitSlots } from './commit-slots.ts';
import { Connections, type Transaction } from './connections/connections.ts';
import type { Lane } from './connections/lanes.ts';
import type { Engine, MessageChannel } from './engine.ts';
import { freshLockNumber } from './lock-number.ts';
import { remoteLimits } from './remote-limits.ts';
import { withReplyTimeout } from './reply-timeout.ts';
import { withRetry } from './retry.ts';
import { runProgram } from './run-program.ts';
import { ServerClock } from './server-clock.ts';
import { CommitInDoubt, type Session } from './session.ts';
import { SharedLeaseClock } from './shared-lease-clock.ts';
import { probeHost, whileAnswering } from './while-answering.ts';

export interface RemoteOptions {
  /** This instance. */
  readonly self: MemberId;
  readonly logger: Logger;
  /** Statements of this duration or longer are logged. */
  readonly slowStatementMs: number;
  readonly connectionCountMax: number;
}

/** The attempts of one batch: how many may have been committed, and the lock of the last one. */
interface Attempts {
  count: number;
  lock: HeldLock | undefined;
}

export class RemoteDriver implements Driver {
  readonly name: string;
  readonly #engine: Engine;
  readonly #self: MemberId;
  readonly #logger: Logger;
  readonly #connections: Connections;
  readonly #slots = new CommitSlots();
  readonly #stateCache = new StateCache();
  /** Batches of writes under way. */
  #batchCount = 0;
  readonly #meter: StatementMeter;
  readonly #writeTransactions = new Histogram(commitBoundsMs);
  readonly #commits = new Histogram(commitBoundsMs);
  readonly #echoes = new Histogram(requestBoundsMs);
  readonly #failures = new FailureCounts();
  readonly #outages: OutageLog;
  readonly #doubts = { committed: 0, undone: 0, unknown: 0 };
  readonly #hintListeners = new Set<(id: RowId) => void>();
  #messages: MessageChannel | undefined;
  readonly #clock: ServerClock;
  readonly #leaseClock = new SharedLeaseClock();
  #clockTimer: NodeJS.Timeout | undefined;
  #state: 'away' | 'ready' | 'closed' = 'away';
  #clusterId = 0n;
  #lastFailure = new DriverError('lost', 'the database has not answered yet');

  private constructor(engine: Engine, { self, logger, slowStatementMs, connectionCountMax }: RemoteOptions) {
    const slowLog = new SlowStatementLog(logger);
    this.name = engine.name;
    this.#engine = engine;
    this.#self = self;
    this.#logger = logger;
    this.#clock = new ServerClock(logger);
    this.#outages = new OutageLog(logger);
    this.#meter = new StatementMeter({
      slowMs: slowStatementMs,
      // A take-over walks all rows in large chunks, and reports its progress itself.
      onSlow: (slow) => {
        if (this.#state === 'ready') slowLog.log(slow);
      },
    });
    this.#connections = new Connections({
      engine,
      logger,
      countMax: connectionCountMax,
      meter: this.#meter,
      writeTransactions: this.#writeTransactions,
      commits: this.#commits,
      onLoss: () => this.#messages?.reopen(),
    });
  }

  /**
   * Connects, creates the database if it is missing, migrates its schema and takes over rows that
   * kine wrote. During an outage this happens as soon as the server answers.
   *
   * @throws StartError with one line for the operator.
   */
  static async open(engine: Engine, options: RemoteOptions): Promise<RemoteDriver> {
    const driver = new RemoteDriver(engine, options);
    const preparing = driver.#prepare();
    try {
      await withinStart(preparing);
    } catch (error) {
      if (!(error instanceof DriverError)) {
        await driver.close();
        throw error;
      }
      driver.#isAway(error.message);
      void driver.#prepareLater(preparing);
    }
    return driver;
  }

  /** While the channel between instances receives nothing, the database is polled more often. */
  get pollMs(): Driver['pollMs'] {
    return this.#messages?.isReceiving === true ? this.#engine.pollMs : this.#engine.pollMsWithoutMessages;
  }

  /** A server reports its faults with each refusal. */
  get fault(): undefined {
    return undefined;
  }

  get clusterId(): bigint {
    return this.#clusterId;
  }

  get keyLengthMax(): number {
    return this.#engine.keyLengthMax;
  }

  get leaseClock(): LeaseClock {
    return this.#leaseClock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  onHint(listener: (id: RowId) => void): void {
    this.#hintListeners.add(listener);
  }

  read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>> {
    const { facts } = this.#engine;
    const kind = needsSnapshot(name, facts) ? 'snapshot' : 'none';
    return this.#outages.observe('read', () =>
      withRetry(() =>
        this.#inTransaction(lane, { kind }, (session) => runProgram(readProgram(name, input, facts), session)),
      ),
    );
  }

  readsAtOnce(lane: ReadLane): number {
    return this.#connections.countMaxOf(lane);
  }

  write(operations: readonly WriteOperation[], options: DriverWriteOptions): Promise<DriverBatchResult> {
    return this.#outages.observe('write', () => this.#write(operations, options));
  }

  async #write(operations: readonly WriteOperation[], options: DriverWriteOptions): Promise<DriverBatchResult> {
    try {
      return this.#announced(await this.#commit(operations, options));
    } catch (error) {
      if (operations.length === 1 || failsAllOperations(error)) throw error;
    }
    return this.#announced(await this.#inHalves(operations, options.steps));
  }

  async reclaim(): Promise<{ more: boolean }> {
    // The server's own vacuum does it.
    return { more: false };
  }

  async defragment(): Promise<{ more: boolean }> {
    if (this.#state !== 'ready') throw this.#lastFailure;
    const transaction = { kind: 'none', replyMsMax: remoteLimits.defragmentMsMax } as const;
    await withRetry(() =>
      this.#connections.onSeparateConnection(transaction, (session) => this.#engine.defragment(session)),
    );
    return { more: false };
  }

  size(): Promise<{ bytes: number; inUseBytes: number }> {
    return this.#inTransaction('quick', { kind: 'none' }, (session) => this.#engine.size(session));
  }

  async statistics(): Promise<DriverStatistics> {
    const meter = this.#meter;
    return {
      get statements() {
        return addedByName([meter.all]);
      },
      writeTransactions: this.#writeTransactions,
      commits: this.#commits,
      pools: this.#connections.pools,
      failures: this.#failures.byKind,
      echoes: this.#echoes,
      doubts: this.#doubts,
      clockJumps: this.#clock.jumpCount,
      walBytes: 0,
    };
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#outages.close();
    clearInterval(this.#clockTimer);
    await this.#messages?.close();
    await this.#connections.close();
  }

  #announced<Result extends DriverBatchResult>(result: Result): Result {
    this.#messages?.announce(result.head.id);
    return result;
  }

  /** Commits a batch in its own transaction. */
  async #commit(
    operations: readonly WriteOperation[],
    { steps, ...options }: DriverWriteOptions,
  ): Promise<BatchResult> {
    const batchOptions = { ...options, leaseNowMs: () => this.#leaseClock.nowMs(), withFinalState: true };
    // The result of another batch under way is not known yet.
    const plan = this.#batchCount === 0 ? planBatch(operations, batchOptions, this.#stateCache) : undefined;
    const attempts: Attempts = { count: 0, lock: undefined };
    this.#batchCount += 1;
    try {
      const { finalState, ...result } = await this.#once({
        ...(plan && { writeGuarded: (mark) => this.#writePlanned(plan, mark, { attempts, steps }) }),
        program: () => writeBatch(operations, batchOptions),
        transact: (transaction, program) => {
          attempts.count += 1;
          return this.#inTransaction('write', { kind: 'exclusive', steps, ...transaction }, async (session) => {
            const value = await runProgram(program, session);
            attempts.lock = session.lock;
            return value;
          });
        },
      });
      // After several attempts, others may have written between the attempt that counts and the
      // last one.
      const { count, lock } = attempts;
      if (count === 1 && lock !== undefined && finalState !== undefined)
        this.#stateCache.update(operations, lock, finalState);
      else this.#stateCache.clear();
      return result;
    } finally {
      this.#batchCount -= 1;
    }
  }

  /**
   * Commits a planned batch with one request. Undefined: it had no effect, because the store
   * differs from the plan, or for a reason that the next attempt reports.
   */
  async #writePlanned(
    plan: PlannedBatch,
    mark: Query,
    { attempts, steps }: { readonly attempts: Attempts; readonly steps: StepLog | undefined },
  ): Promise<BatchResult | undefined> {
    const { number: found, unusedNames } = plan;
    const lock = { found, left: freshLockNumber() };
    const queries = [mark, ...plan.queries];
    try {
      if (this.#state !== 'ready') throw this.#lastFailure;
      if (!(await this.#connections.writeGuarded({ ...lock, unusedNames, queries, steps }))) return undefined;
      attempts.count += 1;
      attempts.lock = lock;
      return plan.result;
    } catch (error) {
      if (error instanceof CommitInDoubt) {
        attempts.count += 1;
        error.result = plan.result;
      } else if (error instanceof DriverError && !failsAllOperations(error)) return undefined;
      this.#failures.count(error);
      throw error;
    }
  }

  #once<Result>(work: Omit<OnceOptions<Result>, 'slots' | 'nowMs' | 'onDoubtEnd'>): Promise<Result> {
    return commitOnce({
      ...work,
      slots: this.#slots,
      nowMs: () => this.nowMs(),
      onDoubtEnd: (outcome) => {
        this.#doubts[outcome] += 1;
        this.#logger.info({ outcome }, 'connection to the database was lost during a commit');
      },
    });
  }

  /**
   * Splits a failed batch into two batches and runs both, down to single operations. So a failed
   * operation does not fail the others, and a batch that is too large for one transaction is
   * committed in parts.
   */
  async #inHalves(operations: readonly WriteOperation[], steps: StepLog | undefined): Promise<DriverBatchResult> {
    const middle = Math.ceil(operations.length / 2);
    const outcomes: DriverBatchResult['outcomes'][number][] = [];
    let head: Head | undefined;
    for (const half of [operations.slice(0, middle), operations.slice(middle)]) {
      try {
        const result = await this.write(half, { withEvents: false, steps });
        head = result.head;
        outcomes.push(...result.outcomes);
        // The others of this half come before the next half.
        if (result.outcomes.length < half.length) break;
      } catch (error) {
        outcomes.push(...half.map(() => ({ failure: error as Error })));
      }
    }
    return { outcomes, head: head ?? (await this.read('head', null, 'quick')) };
  }

  /** @throws DriverError while the database is not ready; the errors of `Connections`. */
  async #inTransaction<Result>(
    lane: Lane,
    transaction: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    try {
      if (this.#state !== 'ready') throw this.#lastFailure;
      return await this.#connections.transaction(lane, transaction, work);
    } catch (error) {
      this.#failures.count(error);
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    await this.#prepareSomeHost();
    await this.#connections.transaction('quick', { kind: 'none' }, (session) => this.#readClock(session));
    const { taken, clusterId, leaseNowMs } = await withTakeOverProgress(this.#logger, (onTakeOver) =>
      this.#once({
        program: () =>
          startUp({
            self: this.#self,
            clock: { kind: 'shared', nowMs: this.nowMs() },
            freshClusterId: randomId(),
            onTakeOver,
          }),
        transact: (transaction, program) =>
          this.#connections.transaction(
            'write',
            { kind: 'exclusive', replyMsMax: remoteLimits.takeOverMsMax, ...transaction },
            (session) => runProgram(program, session),
          ),
      }),
    );
    this.#clusterId = clusterId;
    this.#leaseClock.saw(leaseNowMs);
    if (taken.rows > 0) this.#logger.info(taken, 'took over rows that kine wrote');
    this.#openMessages();
    if (this.#state === 'closed') {
      await this.#messages?.close();
      return;
    }
    this.#state = 'ready';
    this.#clockTimer = setInterval(() => void this.#keepClock(), remoteLimits.clockIntervalMs);
    this.#clockTimer.unref();
  }

  #openMessages(): void {
    if (!this.#connections.hasMessages) return;
    this.#messages ??= this.#engine.openMessages?.(
      {
        onHint: (id) => {
          for (const listener of this.#hintListeners) listener(id);
        },
        onEcho: (ms) => this.#echoes.observe(ms),
      },
      this.#connections.host,
    );
  }

  /**
   * Reads the clock of the database. Clocks drift apart and are set. During an outage the last
   * difference counts.
   */
  async #keepClock(): Promise<void> {
    try {
      await this.#inTransaction('quick', { kind: 'none' }, (session) => this.#readClock(session));
    } catch (error) {
      if (!(error instanceof DriverError)) this.#logger.error({ err: error }, 'cannot read the clock of the database');
    }
  }

  #readClock(session: Session): Promise<void> {
    return this.#clock.read(() => this.#engine.now(session));
  }

  /**
   * Prepares the host that serves. If none serves, all hosts are tried, and the error is the first
   * one that the operator must repair, or the last one.
   */
  async #prepareSomeHost(): Promise<void> {
    const isServing = await this.#connections.chooseHost();
    let failure: unknown;
    for (const host of isServing ? [this.#connections.host.current] : this.#engine.hosts) {
      try {
        await whileAnswering(
          (signal) => probeHost(this.#engine, host, signal),
          (signal) => this.#engine.prepare(host, signal),
        );
        this.#connections.useHost(host);
        return;
      } catch (error) {
        failure = this.#engine.classifyError(error);
        if (!(failure instanceof DriverError)) throw failure;
      }
    }
    throw failure;
  }

  /** Prepares the database until it succeeds. `preparing` is the attempt under way. */
  async #prepareLater(preparing: Promise<void>): Promise<void> {
    let attempt = preparing;
    let loggedMessage = '';
    while (this.#state === 'away') {
      try {
        await attempt;
        this.#outages.ended();
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        // The operator may repair the fault meanwhile. Each cause is logged once.
        if (message !== loggedMessage) this.#logPrepareFailure(error, message);
        loggedMessage = message;
        this.#isAway(message);
        await pause(limits.reconnectPauseMs);
        attempt = this.#prepare();
        attempt.catch(() => {});
      }
    }
  }

  /** Requests fail with this reason until the database is prepared. */
  #isAway(reason: string): void {
    this.#lastFailure = new DriverError('lost', reason);
    this.#outages.failed('write', reason);
  }

  #logPrepareFailure(error: unknown, message: string): void {
    if (error instanceof StartError) this.#logger.error(message);
    else if (!(error instanceof DriverError)) this.#logger.error({ err: error }, 'cannot prepare the database');
  }
}

/** @throws DriverError after `startWaitMsMax`; the preparation continues. */
function withinStart(preparing: Promise<void>): Promise<void> {
  return withReplyTimeout(preparing, () => {}, remoteLimits.startWaitMsMax);
}

/**
 * Whether an error would refuse each operation of a batch in turn. A bug in tine does not count.
 */
function failsAllOperations(error: unknown): boolean {
  return isDriverError(error, 'lost', 'busy');
}
