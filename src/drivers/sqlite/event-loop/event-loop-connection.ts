/**
 * The SQLite connection of the event loop. It runs lone writes and small reads, because the round
 * trip to a thread costs more than their statements. A commit writes the log without a sync. The
 * sync runs in the thread pool. A response is sent after the sync of every commit that it shows
 * (docs/adr/015-event-loop-connection.md).
 */
import type { Statement } from 'better-sqlite3';
import { DriverError, EtcdError } from '../../../errors.ts';
import { limits } from '../../../limits.ts';
import type { WriteOperation } from '../../../mvcc/operations.ts';
import type { Program, Query } from '../../../mvcc/program.ts';
import { type ReadInput, type ReadName, type ReadOutput, readProgram } from '../../../mvcc/read-programs.ts';
import { type StartUp, startUp } from '../../../mvcc/start-up/start-up.ts';
import { type BatchResult, writeBatch } from '../../../mvcc/writes/write-batch.ts';
import type { BatchOptions, WriteOptions } from '../../../mvcc/writes/write-state.ts';
import { headId, movedHead } from '../../../sql/rows/head-row.ts';
import { idOfNewest } from '../../../sql/rows/newest-row.ts';
import type { Row } from '../../../sql/statement.ts';
import { ALARMS } from '../../../sql/statements/alarm-statements.ts';
import { HEAD } from '../../../sql/statements/read-statements.ts';
import { commitName, type StepLog } from '../../../statistics/step-log.ts';
import type { StatementMeter } from '../../statement-meter.ts';
import { classifyError } from '../classify-error.ts';
import { openConnection, type SqliteDatabase, StatementRunner } from '../connection.ts';
import { FileIdentity } from '../file/file-identity.ts';
import { isReclaimable, sizeOf } from '../file/file-size.ts';
import { extendWal, resetWal, walBytes, walPath } from '../file/wal.ts';
import { runProgram, runProgramInTurns } from '../run-program.ts';
import { eventLoopFacts } from '../sqlite-facts.ts';
import type { ThreadStatistics } from '../thread-protocol.ts';
import { Transactions, type TransactionTimes } from '../transactions.ts';
import { WriteTimes } from '../write-times.ts';
import { LogSync, type SyncFile } from './log-sync.ts';
import { ProcessorWait } from './processor-wait.ts';
import { SlowDiskDetector } from './slow-disk-detector.ts';
import { TimeBudget } from './time-budget.ts';
import { batchSize, readSize, sizeOfCount, type WorkSize } from './work-size.ts';
import { type WorkStart, WorkTimer } from './work-timer.ts';

export interface EventLoopConnectionOptions {
  readonly path: string;
  /** Device and inode of the file to open. */
  readonly fileId: string | undefined;
  readonly meter: StatementMeter;
  /** Syncs the log. Tests replace it. */
  readonly sync?: SyncFile | undefined;
}

interface Written {
  readonly result: BatchResult;
  readonly times: TransactionTimes;
}

export class EventLoopConnection {
  readonly files: FileIdentity;
  readonly #path: string;
  readonly #meter: StatementMeter;
  readonly #database: SqliteDatabase;
  readonly #statements: StatementRunner;
  readonly #transactions: Transactions;
  readonly #times = new WriteTimes();
  readonly #log: LogSync;
  readonly #slowDisk = new SlowDiskDetector();
  readonly #processorWait = new ProcessorWait();
  readonly #timer = new WorkTimer({ waitedMs: () => this.#processorWait.totalMs });
  readonly #dataVersionStatement: Statement<[]>;
  /**
   * SQLite's count of commits of other connections. Undefined: a thread of this process has written
   * since.
   */
  #dataVersion: number | undefined;
  /** Results of the statements HEAD and ALARMS, valid until another connection commits. */
  #head: readonly Row[] | undefined;
  #alarms: readonly Row[] | undefined;
  /**
   * During a sync: the head that is on disk. Undefined: it is not known, and reads wait for the
   * sync.
   */
  #syncedHead: readonly Row[] | undefined;
  #aloneFromMs = Number.NEGATIVE_INFINITY;
  #batchCount = 0;
  readonly #mediumTime = new TimeBudget({
    burstMs: limits.eventLoopMediumBurstMs,
    share: limits.eventLoopMediumShare,
  });
  #threadTasks = 0;

  /** @throws a SQLite error; DriverError if the path leads to another file. */
  constructor({ path, fileId, meter, sync }: EventLoopConnectionOptions) {
    this.#path = path;
    this.#meter = meter;
    this.#database = openConnection(path, 'eventLoop');
    try {
      extendWal(this.#database, path);
      this.files = new FileIdentity(path, fileId);
      this.#log = new LogSync(walPath(path), sync);
    } catch (error) {
      this.#processorWait.close();
      this.#database.close();
      throw error;
    }
    this.#statements = new StatementRunner(this.#database, meter);
    this.#transactions = new Transactions(this.#database);
    this.#dataVersionStatement = this.#database.prepare<[]>('PRAGMA data_version').raw(true);
  }

  get statistics(): ThreadStatistics & { readonly walBytes: number } {
    const { writeTransactions, commits } = this.#times;
    return { statements: this.#meter.all, writeTransactions, commits, walBytes: this.#walBytes };
  }

  /** The length of the WAL. 0 while the files cannot be examined, which is a fault of the files. */
  get #walBytes(): number {
    try {
      return walBytes(this.#path);
    } catch {
      return 0;
    }
  }

  /**
   * Runs the start-up program before any other work. Other work of the process continues between
   * two statements: the take-over of millions of rows from kine takes minutes.
   *
   * @throws StartError if the database is an unfinished copy; a SQLite error, for example if
   * another program has locked the file.
   */
  async startUp(request: Parameters<typeof startUp>[0]): Promise<StartUp> {
    const result = await this.#transactions.runAsync('BEGIN IMMEDIATE', () =>
      runProgramInTurns(startUp(request), this.#statements),
    );
    await this.#log.synced();
    if (walBytes(this.#path) > limits.walBytesMax) resetWal(this.#database, this.#path, { waitMsMax: 0 });
    return result;
  }

  /** Whether enough free pages exist to return them to the file system. */
  get isReclaimable(): boolean {
    return this.#measure(isReclaimable);
  }

  /** The size of the file. */
  get size(): { bytes: number; inUseBytes: number } {
    return this.#measure(sizeOf);
  }

  /**
   * Resolves when everything that was committed until now is on disk.
   *
   * @throws DriverError if a sync failed.
   */
  async settled(): Promise<void> {
    if (this.#log.isPending) await this.#log.settled();
  }

  /**
   * The failed sync, after which the state of the disk is unknown. Nothing may be read or written
   * until `recovered` is called.
   */
  get syncFailure(): DriverError | undefined {
    return this.#log.failure;
  }

  /** Ends the failure: the whole log was copied into the database, and the database is on disk. */
  recovered(): void {
    this.#log.recovered();
  }

  /**
   * Whether a batch runs on the event loop. The last two of `eventLoopBatchesMax` batches do not:
   * the writer thread then copies the log into the database when it has become long.
   */
  acceptsBatch(operations: readonly WriteOperation[], { expectedReadBytes = 0 }: Partial<WriteOptions> = {}): boolean {
    if (this.#threadTasks > 0 || !this.isAlone || !this.#slowDisk.isFast) return false;
    if (!this.#hasTimeFor(batchSize(operations, expectedReadBytes))) return false;
    this.#batchCount += 1;
    return this.#batchCount % limits.eventLoopBatchesMax < limits.eventLoopBatchesMax - 2;
  }

  acceptsRead(name: ReadName, input: unknown): boolean {
    return this.#slowDisk.isFast && this.#hasTimeFor(readSize(name, input, this.#head?.[0]));
  }

  /** Whether no other process has written to the file for a while. */
  get isAlone(): boolean {
    return performance.now() >= this.#aloneFromMs;
  }

  /** Lets a thread of this process write. No batch runs on the event loop meanwhile. */
  async whileThreadWrites<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#threadTasks += 1;
    this.#forget();
    try {
      return await work();
    } finally {
      this.#threadTasks -= 1;
      this.#forget();
    }
  }

  /**
   * Runs a small batch and resolves when it is on disk. Undefined: nothing was done, for example
   * because another connection writes; the writer thread waits for it.
   *
   * @throws DriverError if it is not known whether the batch is on disk.
   */
  write(
    operations: readonly WriteOperation[],
    options: BatchOptions,
    steps?: StepLog,
  ): Promise<BatchResult> | undefined {
    const start = this.#timer.start();
    let written: Written;
    try {
      written = this.#meter.traced(steps, () =>
        this.#transactions.write(() => {
          this.#checkOtherCommits();
          if (!this.isAlone) throw new DriverError('busy', 'another process writes to the file');
          return runProgram(writeBatch(operations, options), this);
        }),
      );
    } catch {
      this.#forget();
      return undefined;
    } finally {
      this.#observe(start, sizeOfCount(operations.length));
    }
    if (!this.#log.isPending) this.#syncedHead = this.#head;
    this.#keepHead(written.result);
    return this.#durable(written, steps);
  }

  /**
   * Runs a small read. During a sync, reads of single keys and of the head return what is on disk
   * already; all others resolve after the sync. Undefined: the database failed; a thread retries
   * the read.
   *
   * @throws EtcdError for a mistake of the client.
   */
  read<Name extends ReadName>(
    name: Name,
    input: ReadInput<Name>,
  ): { readonly output: ReadOutput<Name>; readonly isSynced: boolean } | undefined {
    const start = this.#timer.start();
    try {
      return this.#transactions.run('BEGIN', () => {
        this.#checkOtherCommits();
        const { isPending } = this.#log;
        const program = () => readProgram(name, input, eventLoopFacts);
        if (isPending && this.#syncedHead !== undefined && (name === 'points' || name === 'head')) {
          const output = this.#runAsOf(this.#syncedHead, program());
          if (output !== undefined) return { output, isSynced: true };
        }
        return { output: runProgram(program(), this), isSynced: !isPending };
      });
    } catch (error) {
      if (error instanceof EtcdError) throw error;
      this.#forget();
      return undefined;
    } finally {
      this.#observe(start, readSize(name, input, this.#head?.[0]));
    }
  }

  /** Runs a query of a program. Returns cached rows if no other connection has changed them. */
  run(query: Query): readonly Row[] {
    switch (query.statement) {
      case HEAD:
        this.#head ??= this.#statements.run(query);
        return this.#head;
      case ALARMS:
        this.#alarms ??= this.#statements.run(query);
        return this.#alarms;
      default:
        return this.#statements.run(query);
    }
  }

  #hasTimeFor(size: WorkSize): boolean {
    return size === 'small' || (size === 'medium' && this.#mediumTime.hasTime);
  }

  /** Slow disks are detected by small work only, because the time of medium work varies. */
  #observe(start: WorkStart, size: WorkSize): void {
    const tookMs = this.#timer.elapsedMs(start);
    if (size === 'small') this.#slowDisk.observe(tookMs);
    else this.#mediumTime.spend(tookMs);
  }

  /** Runs a program of single keys as of a head. Undefined: a key has a newer row. */
  #runAsOf<Result>(head: readonly Row[], program: Program<Result>): Result | undefined {
    const newestId = headId(head[0] as Row);
    let isNewer = false;
    const result = runProgram(program, {
      run: (query) => {
        if (query.statement === HEAD) return head;
        const rows = this.#statements.run(query);
        isNewer ||= rows.some((row) => idOfNewest(row) > newestId);
        return rows;
      },
    });
    return isNewer ? undefined : result;
  }

  async close(): Promise<void> {
    await this.settled().catch(() => {});
    this.#log.close();
    this.#processorWait.close();
    this.#database.close();
  }

  /** @throws DriverError */
  #measure<Reply>(measure: (database: SqliteDatabase) => Reply): Reply {
    try {
      return measure(this.#database);
    } catch (error) {
      throw classifyError(error);
    }
  }

  /**
   * Call this first in a transaction. Drops the cached rows if another connection has committed
   * since the previous transaction.
   */
  #checkOtherCommits(): void {
    const [dataVersion] = this.#dataVersionStatement.get() as [number];
    const before = this.#dataVersion;
    if (dataVersion === before) return;
    this.#forget();
    this.#dataVersion = dataVersion;
    const isOtherProcess = before !== undefined && this.#threadTasks === 0;
    if (isOtherProcess) this.#aloneFromMs = performance.now() + limits.otherProcessPauseMs;
  }

  #forget(): void {
    this.#dataVersion = undefined;
    this.#head = undefined;
    this.#alarms = undefined;
    this.#syncedHead = undefined;
  }

  /**
   * Updates the cached head after a small batch, which changes neither the compaction mark nor auth
   * nor alarms.
   */
  #keepHead({ head }: BatchResult): void {
    const known = this.#head?.[0];
    this.#head = known && [movedHead(known, head)];
  }

  async #durable({ result, times }: Written, steps: StepLog | undefined): Promise<BatchResult> {
    const head = this.#head;
    const synced = this.#log.synced();
    const fault = this.files.fault();
    await synced;
    if (this.#syncedHead !== undefined) this.#syncedHead = head;
    const endMs = performance.now();
    this.#times.observe({ ...times, endMs });
    steps?.addStep({ name: commitName, startMs: times.commitMs, endMs, rows: 0 });
    if (fault !== undefined) throw new DriverError('removed', fault);
    return result;
  }
}
