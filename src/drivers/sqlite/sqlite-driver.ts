/**
 * The SQLite driver. Lone writes and small reads run on the event loop over a connection of its
 * own, while the disk is fast. All other work runs in threads, which start with their first task:
 * one writer, one reader for point reads and the tailer, and one reader for pages of lists. A long
 * list, a large batch or a slow disk blocks its thread, never the server.
 */
import type { Logger } from 'pino';
import { DriverError } from '../../errors.ts';
import { RetryLog } from '../../kit/retry-log.ts';
import { limits } from '../../limits.ts';
import { randomId } from '../../mvcc/cluster/random-id.ts';
import type { MemberId } from '../../mvcc/ids.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import type { ReadInput, ReadName, ReadOutput } from '../../mvcc/read-programs.ts';
import type { BatchResult } from '../../mvcc/writes/write-batch.ts';
import { requestBoundsMs } from '../../statistics/bounds.ts';
import { addedHistograms, Histogram } from '../../statistics/histogram.ts';
import { LatestAnswer } from '../../statistics/latest-answer.ts';
import type { Step, StepLog } from '../../statistics/step-log.ts';
import type { Driver, DriverBatchResult, DriverWriteOptions, ReadLane } from '../driver.ts';
import type { DriverStatistics, SlowStatement } from '../driver-statistics.ts';
import { FailureCounts } from '../failure-counts.ts';
import type { LeaseClock } from '../lease-clock.ts';
import { monotonicMs } from '../monotonic-ms.ts';
import { OutageLog } from '../outage-log.ts';
import { SlowStatementLog } from '../slow-statement-log.ts';
import { addedByName, StatementMeter } from '../statement-meter.ts';
import { withTakeOverProgress } from '../take-over-progress.ts';
import { bootId } from './boot-id.ts';
import { EventLoopConnection } from './event-loop/event-loop-connection.ts';
import type { SyncFile } from './event-loop/log-sync.ts';
import { actualPath, fileId } from './file/file-identity.ts';
import { restrictModes } from './file/file-modes.ts';
import { MachineClock } from './machine-clock.ts';
import { prepareDatabase } from './prepare-database.ts';
import { retryWhileBusy } from './retry-while-busy.ts';
import { deserializeError } from './serialized-error.ts';
import { ThreadClient } from './thread-client.ts';
import { noThreadStatistics } from './thread-counts.ts';
import type { SerializedError, Task, ThreadRole, ThreadStatistics } from './thread-protocol.ts';

type ThreadBatchResult = Omit<BatchResult, 'outcomes'> & {
  readonly outcomes: readonly (BatchResult['outcomes'][number] | { readonly failure: SerializedError })[];
  /** Times are of `monotonicMs`. */
  readonly steps: readonly Step[];
};

/**
 * The reads that a thread accepts at once. It runs them one by one. It can start the next one while
 * the main thread is busy: with two instead of four, lists of 3 MB take a tenth longer.
 */
const readsOfThread = 4;

type PoolName = ReadLane | 'write';
const poolNames: readonly PoolName[] = ['write', 'quick', 'bulk'];

export interface SqliteOptions {
  /** This instance. */
  readonly self: MemberId;
  readonly logger: Logger;
  /** Statements of this duration or longer are logged. */
  readonly slowStatementMs: number;
  /** Syncs the log of the event loop. Tests replace it. */
  readonly sync?: SyncFile;
}

export class SqliteDriver implements Driver {
  readonly name = 'sqlite';
  readonly keyLengthMax = Number.POSITIVE_INFINITY;
  #clusterId = 0n;
  #clock = new MachineClock(0);
  #fault: DriverError | undefined;
  #filesTimer: NodeJS.Timeout | undefined;
  readonly #threads: Record<PoolName, ThreadClient>;
  readonly #failures: FailureCounts;
  readonly #statistics: Record<PoolName, LatestAnswer<ThreadStatistics>>;

  #isRecovering = false;
  readonly #loop: EventLoopConnection;
  readonly #outages: OutageLog;
  readonly #recoveries: RetryLog;

  private constructor(
    threads: Record<PoolName, ThreadClient>,
    loop: EventLoopConnection,
    { failures, logger }: { readonly failures: FailureCounts; readonly logger: Logger },
  ) {
    this.#threads = threads;
    this.#outages = new OutageLog(logger);
    this.#recoveries = new RetryLog(logger, 'database cannot be written after a failed sync of its log; retrying');
    this.#loop = loop;
    this.#failures = failures;
    this.#statistics = {
      write: latestStatistics(threads.write),
      quick: latestStatistics(threads.quick),
      bulk: latestStatistics(threads.bulk),
    };
  }

  /**
   * Opens a file, creates it if it is missing, migrates its schema and takes over rows that kine
   * wrote. Waits while another program has locked the file.
   *
   * @throws StartError with one line for the operator.
   */
  static open(path: string, options: SqliteOptions): Promise<SqliteDriver> {
    const { logger } = options;
    const onWait = () => logger.warn({ path }, 'another program has locked the database; waiting for it');
    return retryWhileBusy(path, { waitMsMax: limits.sqliteStartWaitMsMax, onWait }, async () => {
      await prepareDatabase(path, () =>
        logger.info({ path }, 'changing the schema of the database; this takes longer with more rows'),
      );
      const file = actualPath(path);
      // Only after the checks: until then it may be the file of another program.
      restrictModes(file, logger);
      return SqliteDriver.#openPrepared(file, options);
    });
  }

  static async #openPrepared(
    path: string,
    { self, logger, slowStatementMs, sync }: SqliteOptions,
  ): Promise<SqliteDriver> {
    const failures = new FailureCounts();
    const slowLog = new SlowStatementLog(logger);
    let isServing = false;
    // A take-over walks all rows in large chunks, and reports its progress itself.
    const onSlow = (slow: SlowStatement) => {
      if (isServing) slowLog.log(slow);
    };
    const id = fileId(path);
    const loop = new EventLoopConnection({
      path,
      fileId: id,
      meter: new StatementMeter({ slowMs: slowStatementMs, onSlow }),
      sync,
    });
    const onFailure = (failure: Error) => failures.count(failure);
    const thread = (role: ThreadRole, idleMsMax: number) =>
      new ThreadClient({ path, fileId: id, role, slowStatementMs }, { logger, onSlow, onFailure, idleMsMax });
    const threads = {
      write: thread('writer', limits.writerThreadIdleMsMax),
      quick: thread('quick', limits.readerThreadIdleMsMax),
      bulk: thread('bulk', limits.readerThreadIdleMsMax),
    };
    const driver = new SqliteDriver(threads, loop, { failures, logger });
    try {
      const atMs = Math.floor(monotonicMs());
      const clock = { kind: 'machine', bootId: bootId(), monotonicMs: atMs, wallMs: Date.now() } as const;
      const { taken, clusterId, leaseNowMs } = await withTakeOverProgress(logger, (onTakeOver) =>
        loop.startUp({ self, clock, freshClusterId: randomId(), onTakeOver }),
      );
      isServing = true;
      driver.#clusterId = clusterId;
      driver.#clock = new MachineClock(leaseNowMs - atMs);
      driver.#watchFiles(logger);
      if (taken.rows > 0) logger.info(taken, 'took over rows that kine wrote');
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  get pollMs(): Driver['pollMs'] {
    return this.#loop.isAlone ? pollMsAlone : pollMs;
  }

  get clusterId(): bigint {
    return this.#clusterId;
  }

  get leaseClock(): LeaseClock {
    return this.#clock;
  }

  /** Set while the database file is removed or replaced. */
  get fault(): DriverError | undefined {
    return this.#fault;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** A file carries no messages. */
  onHint(): void {}

  read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>> {
    return this.#outages.observe('read', () => this.#read(name, input, lane));
  }

  async #read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>> {
    const isHere = this.#loop.acceptsRead(name, input) || this.#isThreadUnavailable(lane);
    const small = isHere ? this.#loop.read(name, input) : undefined;
    if (small?.isSynced === true) return small.output;
    const output =
      small === undefined
        ? await this.#threads[lane].run<ReadOutput<Name>>({ kind: 'read', name, input })
        : small.output;
    await this.#loop.settled();
    return output;
  }

  /**
   * Whether the thread of a lane cannot serve. A thread that has not started cannot open a file
   * that was removed. The event loop has the file open, and serves clients that save the data.
   */
  #isThreadUnavailable(lane: ReadLane): boolean {
    return !this.#threads[lane].isStarted && this.#loop.files.fault() !== undefined;
  }

  readsAtOnce(): number {
    return readsOfThread;
  }

  write(operations: readonly WriteOperation[], options: DriverWriteOptions): Promise<DriverBatchResult> {
    return this.#outages.observe('write', () => this.#write(operations, options));
  }

  async #write(
    operations: readonly WriteOperation[],
    { steps, ...options }: DriverWriteOptions,
  ): Promise<DriverBatchResult> {
    if (this.#loop.syncFailure !== undefined) throw this.#loop.syncFailure;
    if (this.#loop.acceptsBatch(operations, options)) {
      const written = this.#loop.write(operations, { ...options, leaseNowMs: () => this.#clock.nowMs() }, steps);
      if (written !== undefined) return written;
    }
    const { steps: threadSteps, ...result } = await this.#runOnWriter<ThreadBatchResult>({
      kind: 'write',
      operations,
      withEvents: options.withEvents,
      leaseOffsetMs: this.#clock.offsetMs,
      isTraced: steps !== undefined,
    });
    // The batch may follow commits in the log that are not on disk. Without them it would be cut
    // off.
    await this.#loop.settled();
    if (steps !== undefined) addThreadSteps(threadSteps, steps);
    const outcomes = result.outcomes.map((outcome) =>
      'failure' in outcome ? { failure: deserializeError(outcome.failure) } : outcome,
    );
    return { ...result, outcomes };
  }

  async reclaim(): Promise<{ more: boolean }> {
    if (!this.#loop.isReclaimable) return { more: false };
    return this.#runOnWriter({ kind: 'reclaim' });
  }

  defragment(): ReturnType<Driver['defragment']> {
    return this.#runOnWriter({ kind: 'defragment' });
  }

  /**
   * Runs a task on the writer thread. The files are checked before it, because a thread that starts
   * without one of them would create it again, and after it, because what was written to a removed
   * file is lost. SQLite itself reports a removed file in many ways, or not at all.
   *
   * @throws DriverError if one of the files was removed or replaced.
   */
  async #runOnWriter<Result>(task: Task): Promise<Result> {
    this.#checkFiles();
    try {
      return await this.#loop.whileThreadWrites(() => this.#threads.write.run<Result>(task));
    } finally {
      this.#checkFiles();
    }
  }

  #checkFiles(): void {
    const fault = this.#loop.files.fault();
    if (fault !== undefined) throw new DriverError('removed', fault);
  }

  async size(): Promise<{ bytes: number; inUseBytes: number }> {
    return this.#loop.size;
  }

  async statistics(): Promise<DriverStatistics> {
    const { write, quick, bulk } = this.#statistics;
    const loop = this.#loop.statistics;
    const threads = (await Promise.all([write.get(), quick.get(), bulk.get()])).map(({ answer }) => answer);
    const all = [loop, ...threads];
    return {
      get statements() {
        return addedByName(all.map(({ statements }) => statements));
      },
      writeTransactions: all.map(({ writeTransactions }) => writeTransactions).reduce(addedHistograms),
      commits: all.map(({ commits }) => commits).reduce(addedHistograms),
      walBytes: loop.walBytes,
      pools: poolNames.map((name) => ({ name, ...this.#threads[name].statistics })),
      failures: { ...this.#failures.byKind },
      echoes: noEchoes,
      clockJumps: 0,
      doubts: { committed: 0, undone: 0, unknown: 0 },
    };
  }

  /** Checks the files at an interval, also without writes. */
  #watchFiles(logger: Logger): void {
    const check = () => {
      this.#onFault(this.#loop.files.fault(), logger);
      if (this.#loop.syncFailure !== undefined) void this.#recoverLog();
    };
    this.#filesTimer = setInterval(check, limits.sqliteFilesLookIntervalMs).unref();
  }

  /**
   * Recovers from a failed sync: copies the log into the database, whose own sync shows what is on
   * disk. Retries until it succeeds. The write whose sync failed has begun an outage in the log.
   */
  async #recoverLog(): Promise<void> {
    if (this.#isRecovering) return;
    this.#isRecovering = true;
    try {
      if (!(await this.#runOnWriter<boolean>({ kind: 'checkpoint' }))) return;
      this.#loop.recovered();
      this.#recoveries.succeeded();
    } catch (error) {
      this.#recoveries.failed(error);
    } finally {
      this.#isRecovering = false;
    }
  }

  #onFault(reason: string | undefined, logger: Logger): void {
    if (reason === this.#fault?.message) return;
    this.#fault = reason === undefined ? undefined : new DriverError('removed', reason);
    if (reason === undefined) logger.warn('database files are back; writes are served again');
    else logger.error({ reason }, removedAdvice);
  }

  async close(): Promise<void> {
    this.#outages.close();
    clearInterval(this.#filesTimer);
    await Promise.all(poolNames.map((name) => this.#threads[name].close()));
    await this.#loop.close();
  }
}

const pollMs = { min: limits.sqlitePollIntervalMs, max: limits.sqlitePollIntervalMs };
const pollMsAlone = { min: limits.sqlitePollIntervalMs, max: limits.sqlitePollIntervalAloneMs };

const removedAdvice =
  'database files were removed or replaced; writes are refused because they would be lost. Reads are still served: save the data with `etcdctl snapshot save` before this server stops, or move the original files back';

function addThreadSteps(steps: readonly Step[], log: StepLog): void {
  const offsetMs = performance.now() - monotonicMs();
  for (const { name, startMs, endMs, rows } of steps)
    log.addStep({ name, startMs: startMs + offsetMs, endMs: endMs + offsetMs, rows });
}

/** A file carries no messages. */
const noEchoes = new Histogram(requestBoundsMs);

function latestStatistics(thread: ThreadClient): LatestAnswer<ThreadStatistics> {
  return new LatestAnswer<ThreadStatistics>({
    ask: () => thread.counts(),
    initial: noThreadStatistics,
    waitMsMax: limits.scrapeWaitMsMax,
  });
}
