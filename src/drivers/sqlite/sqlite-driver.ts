/**
 * SQLite in threads of its own: one writer, two readers. A commit's fsync or a long list stops its thread, never the server. Of the
 * readers one answers point reads and the tailer, the other the pages of lists.
 */
import type { Logger } from 'pino';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import { randomId } from '../../mvcc/random-id.ts';
import type { ReadInput, ReadName, ReadOutput } from '../../mvcc/read-programs.ts';
import type { StartUp } from '../../mvcc/start-up.ts';
import type { BatchResult } from '../../mvcc/write-batch.ts';
import type { WriteOptions } from '../../mvcc/write-state.ts';
import { commitBoundsMs, requestBoundsMs } from '../../statistics/bounds.ts';
import { Histogram } from '../../statistics/histogram.ts';
import { LatestAnswer } from '../../statistics/latest-answer.ts';
import type { Driver, DriverBatchResult, ReadLane } from '../driver.ts';
import type { DriverStatistics } from '../driver-statistics.ts';
import { FailureCounts } from '../failure-counts.ts';
import type { LeaseClock } from '../lease-clock.ts';
import { monotonicMs } from '../monotonic-ms.ts';
import { SlowStatementLog } from '../slow-statement-log.ts';
import { addedByName } from '../statement-meter.ts';
import { bootId } from './boot-id.ts';
import type { ConnectionRole } from './connection.ts';
import { errorOf } from './failure.ts';
import { fileId } from './file-identity.ts';
import { mendModes } from './file-modes.ts';
import { MachineClock } from './machine-clock.ts';
import { prepareFile } from './prepare-file.ts';
import type { Failure, ThreadStatistics } from './protocol.ts';
import { ThreadClient, type ThreadClientOptions } from './thread-client.ts';
import { whileBusy } from './while-busy.ts';

type ThreadBatchResult = Omit<BatchResult, 'outcomes'> & {
  readonly outcomes: readonly (BatchResult['outcomes'][number] | { readonly failure: Failure })[];
};

/** A thread reads one by one. It finds the next ones while the main thread is busy: with two instead of four, lists of 3 MB are read a tenth slower. */
const readsOfThread = 4;

type PoolName = ReadLane | 'write';
const poolNames: readonly PoolName[] = ['write', 'quick', 'bulk'];

export interface SqliteOptions {
  readonly logger: Logger;
  /** Statements that take so long are logged. */
  readonly slowStatementMs: number;
}

export class SqliteDriver implements Driver {
  readonly name = 'sqlite';
  readonly keyLengthMax = Number.POSITIVE_INFINITY;
  readonly pollMs = { min: limits.sqlitePollIntervalMs, max: limits.sqlitePollIntervalMs };
  #clusterId = 0n;
  #clock = new MachineClock(0);
  #fault: DriverError | undefined;
  #filesTimer: NodeJS.Timeout | undefined;
  readonly #threads: Record<PoolName, ThreadClient>;
  readonly #failures: FailureCounts;
  readonly #statistics: Record<PoolName, LatestAnswer<ThreadStatistics>>;

  private constructor(threads: Record<PoolName, ThreadClient>, failures: FailureCounts) {
    this.#threads = threads;
    this.#failures = failures;
    this.#statistics = {
      write: latestStatistics(threads.write),
      quick: latestStatistics(threads.quick),
      bulk: latestStatistics(threads.bulk),
    };
  }

  /**
   * Opens a file, makes it if it is not there, brings its schema up to date and catches up with what kine wrote. Waits while another program has the file for itself.
   *
   * @throws StartError with one line for a person.
   */
  static open(path: string, options: SqliteOptions): Promise<SqliteDriver> {
    const { logger } = options;
    const onWait = () => logger.warn({ path }, 'another program has the database open; waiting for it');
    return whileBusy(path, { waitMsMax: limits.sqliteStartWaitMsMax, onWait }, async () => {
      await prepareFile(path);
      // Not before it is known to be ours.
      mendModes(path, logger);
      return SqliteDriver.#openPrepared(path, options);
    });
  }

  static async #openPrepared(path: string, { logger, slowStatementMs }: SqliteOptions): Promise<SqliteDriver> {
    const failures = new FailureCounts();
    const slowLog = new SlowStatementLog(logger);
    const options: ThreadClientOptions = {
      logger,
      onSlow: (slow) => slowLog.tell(slow),
      onFailure: (failure) => failures.count(failure),
    };
    const id = fileId(path);
    const threads = await openThreads((role) =>
      ThreadClient.open({ path, fileId: id, role, slowStatementMs }, options),
    );
    const driver = new SqliteDriver(threads, failures);
    try {
      const atMs = Math.floor(monotonicMs());
      const { taken, clusterId, leaseNowMs } = await threads.write.ask<StartUp>({
        kind: 'startUp',
        clock: { kind: 'machine', bootId: bootId(), monotonicMs: atMs, wallMs: Date.now() },
        freshClusterId: randomId(),
      });
      driver.#clusterId = clusterId;
      driver.#clock = new MachineClock(leaseNowMs - atMs);
      driver.#watchFiles(logger);
      if (taken.rows > 0) logger.info(taken, 'took over what kine wrote');
      return driver;
    } catch (error) {
      await driver.close();
      throw error;
    }
  }

  get clusterId(): bigint {
    return this.#clusterId;
  }

  get leaseClock(): LeaseClock {
    return this.#clock;
  }

  /** Its file was removed or replaced. */
  get fault(): DriverError | undefined {
    return this.#fault;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** A file carries no messages. */
  onHint(): void {}

  read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>> {
    return this.#threads[lane].ask({ kind: 'read', name, input });
  }

  readsAtOnce(): number {
    return readsOfThread;
  }

  async write(operations: readonly WriteOperation[], { withEvents }: WriteOptions): Promise<DriverBatchResult> {
    const result = await this.#threads.write.ask<ThreadBatchResult>({
      kind: 'write',
      operations,
      withEvents,
      leaseOffsetMs: this.#clock.offsetMs,
    });
    const outcomes = result.outcomes.map((outcome) =>
      'failure' in outcome ? { failure: errorOf(outcome.failure) } : outcome,
    );
    return { ...result, outcomes };
  }

  reclaim(): Promise<{ more: boolean }> {
    return this.#threads.write.ask({ kind: 'reclaim' });
  }

  defragment(): ReturnType<Driver['defragment']> {
    return this.#threads.write.ask({ kind: 'defragment' });
  }

  size(): Promise<{ bytes: number; inUseBytes: number }> {
    return this.#threads.quick.ask({ kind: 'size' });
  }

  async statistics(): Promise<DriverStatistics> {
    const { write, quick, bulk } = this.#statistics;
    const [writer, ...readers] = await Promise.all([write.get(), quick.get(), bulk.get()]);
    const { writeTransactions, commits, walBytes } = writer.answer;
    return {
      statements: addedByName([writer, ...readers].map(({ answer }) => answer.statements)),
      writeTransactions,
      commits,
      walBytes,
      pools: poolNames.map((name) => ({ name, ...this.#threads[name].statistics })),
      failures: { ...this.#failures.byKind },
      echoes: noEchoes,
      clockJumps: 0,
      doubts: { committed: 0, undone: 0, unknown: 0 },
    };
  }

  /** Also while nobody writes. */
  #watchFiles(logger: Logger): void {
    this.#filesTimer = setInterval(() => {
      this.#threads.write.ask<string | undefined>({ kind: 'fault' }).then(
        (reason) => this.#onFault(reason, logger),
        // A thread that is being started again has no files.
        () => {},
      );
    }, limits.sqliteFilesLookIntervalMs).unref();
  }

  #onFault(reason: string | undefined, logger: Logger): void {
    if (reason === this.#fault?.message) return;
    this.#fault = reason === undefined ? undefined : new DriverError('removed', reason);
    if (reason === undefined) logger.warn('the database files are back: writes are served again');
    else logger.error({ reason }, removedAdvice);
  }

  async close(): Promise<void> {
    clearInterval(this.#filesTimer);
    await Promise.all([this.#threads.quick.close(), this.#threads.bulk.close()]);
    await this.#threads.write.close();
  }
}

/** All of them, or none: a thread that opened is closed when another could not. */
async function openThreads(
  open: (role: ConnectionRole) => Promise<ThreadClient>,
): Promise<Record<PoolName, ThreadClient>> {
  const opened = await Promise.allSettled([open('writer'), open('quick'), open('bulk')]);
  const [writer, quick, bulk] = opened;
  if (writer.status === 'fulfilled' && quick.status === 'fulfilled' && bulk.status === 'fulfilled') {
    return { write: writer.value, quick: quick.value, bulk: bulk.value };
  }
  await Promise.all(opened.map((each) => (each.status === 'fulfilled' ? each.value.close() : undefined)));
  throw opened.find((each) => each.status === 'rejected')?.reason;
}

const nothingYet: ThreadStatistics = {
  statements: [],
  writeTransactions: new Histogram(commitBoundsMs),
  commits: new Histogram(commitBoundsMs),
  walBytes: 0,
};

const removedAdvice =
  'writes are refused: they would be lost. Reads go on: save the data with `etcdctl snapshot save` before this server stops, or put the very files back';

/** A file carries no messages. */
const noEchoes = new Histogram(requestBoundsMs);

function latestStatistics(thread: ThreadClient): LatestAnswer<ThreadStatistics> {
  return new LatestAnswer<ThreadStatistics>({
    ask: () => thread.ask({ kind: 'statistics' }),
    initial: nothingYet,
    waitMsMax: limits.scrapeWaitMsMax,
  });
}
