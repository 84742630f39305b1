/**
 * The SQLite connection of the event loop. Lone writes and small reads run here, because the way to a thread and back costs more than their statements. A commit writes the log without a sync.
 * The sync runs in the thread pool. A response is sent after the sync of every commit that it shows (docs/adr/015-event-loop-connection.md).
 */
import type { Statement } from 'better-sqlite3';
import { DriverError, EtcdError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import type { Program, Query } from '../../mvcc/program.ts';
import { type ReadInput, type ReadName, type ReadOutput, readProgram } from '../../mvcc/read-programs.ts';
import { type StartUp, startUp } from '../../mvcc/start-up.ts';
import { type BatchResult, writeBatch } from '../../mvcc/write-batch.ts';
import type { BatchOptions } from '../../mvcc/write-state.ts';
import { ALARMS } from '../../sql/alarm-statements.ts';
import { headId, movedHead } from '../../sql/head-row.ts';
import { idOfNewest } from '../../sql/newest-row.ts';
import { HEAD } from '../../sql/read-statements.ts';
import type { Row } from '../../sql/statement.ts';
import type { StatementMeter } from '../statement-meter.ts';
import { classifyError } from './classify-error.ts';
import { openConnection, type SqliteDatabase, StatementRunner } from './connection.ts';
import { FileIdentity } from './file-identity.ts';
import { isReclaimable, sizeOf } from './file-size.ts';
import { LogSync, type SyncFile } from './log-sync.ts';
import { runProgram, runProgramInTurns } from './run-program.ts';
import { SlowDiskDetector } from './slow-disk-detector.ts';
import { isSmallBatch, isSmallRead } from './small-work.ts';
import { eventLoopFacts } from './sqlite-facts.ts';
import type { ThreadStatistics } from './thread-protocol.ts';
import { Transactions, type TransactionTimes } from './transactions.ts';
import { extendWal, resetWal, walBytes, walPath } from './wal.ts';
import { WriteTimes } from './write-times.ts';

export interface EventLoopConnectionOptions {
  readonly path: string;
  /** Device and inode of the file that is meant. */
  readonly fileId: string | undefined;
  readonly meter: StatementMeter;
  /** Syncs the log; replaced in tests. */
  readonly sync?: SyncFile;
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
  readonly #dataVersionStatement: Statement<[]>;
  /** As SQLite counts the commits of other connections; undefined: a thread of this process has written since. */
  #dataVersion: number | undefined;
  /** What these statements found; valid while nobody else commits. */
  #head: readonly Row[] | undefined;
  #alarms: readonly Row[] | undefined;
  /** While a sync is under way: the head that is on disk. Undefined: it is not known, reads wait for the sync. */
  #syncedHead: readonly Row[] | undefined;
  #aloneFromMs = Number.NEGATIVE_INFINITY;
  #batchCount = 0;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #threadTasks = 0;

  /** @throws a SQLite error; DriverError when the path leads to another file. */
  constructor({ path, fileId, meter, sync }: EventLoopConnectionOptions) {
    this.#path = path;
    this.#meter = meter;
    this.#database = openConnection(path, 'eventLoop');
    try {
      extendWal(this.#database, path);
      this.files = new FileIdentity(path, fileId);
      this.#log = new LogSync(walPath(path), sync);
    } catch (error) {
      this.#database.close();
      throw error;
    }
    this.#statements = new StatementRunner(this.#database, meter);
    this.#transactions = new Transactions(this.#database);
    this.#dataVersionStatement = this.#database.prepare<[]>('PRAGMA data_version').raw(true);
  }

  get statistics(): ThreadStatistics & { readonly walBytes: number } {
    const { writeTransactions, commits } = this.#times;
    return { statements: this.#meter.all, writeTransactions, commits, walBytes: walBytes(this.#path) };
  }

  /**
   * Runs before anything else. Other work of the process goes on between two statements: taking over what kine wrote takes minutes for millions of rows.
   *
   * @throws StartError when the database is half of a copy; a SQLite error, for example when another program has locked the file.
   */
  async startUp(request: Parameters<typeof startUp>[0]): Promise<StartUp> {
    const result = await this.#transactions.runAsync('BEGIN IMMEDIATE', () =>
      runProgramInTurns(startUp(request), this.#statements),
    );
    await this.#log.synced();
    if (walBytes(this.#path) > limits.walBytesMax) resetWal(this.#database, this.#path);
    return result;
  }

  /** Whether free pages are to be given back to the file system. */
  get isReclaimable(): boolean {
    return this.#measure(isReclaimable);
  }

  /** Of the file. */
  get size(): { bytes: number; inUseBytes: number } {
    return this.#measure(sizeOf);
  }

  /** Resolves when everything that was committed until now is on disk. @throws DriverError when that is not known. */
  async settled(): Promise<void> {
    if (this.#log.isPending) await this.#log.settled();
  }

  /** Why it is not known what is on disk: nothing may be read or written until `recovered`. */
  get syncFailure(): DriverError | undefined {
    return this.#log.failure;
  }

  /** All of the log is in the database, and the database on disk. */
  recovered(): void {
    this.#log.recovered();
  }

  /** Whether a batch is run here. The last two of `eventLoopBatchesMax` are not: the writer's thread copies the log into the database when it has become long. */
  acceptsBatch(operations: readonly WriteOperation[]): boolean {
    if (this.#threadTasks > 0 || !this.isAlone || !this.#slowDisk.isFast || !isSmallBatch(operations)) return false;
    this.#batchCount += 1;
    return this.#batchCount % limits.eventLoopBatchesMax < limits.eventLoopBatchesMax - 2;
  }

  acceptsRead(name: ReadName, input: unknown): boolean {
    if (!this.#slowDisk.isFast || !isSmallRead(name, input, this.#head?.[0])) return false;
    if (name !== 'rangePages' && name !== 'idBefore') return true;
    // Many lists at once, or watches that start in the past, are the work of a thread. Reads of keys and of the head come in batches.
    const nowMs = performance.now();
    const isFirst = nowMs - this.#readAtMs >= limits.eventLoopReadIntervalMs;
    if (isFirst) this.#readAtMs = nowMs;
    return isFirst;
  }

  /** No other process has written to the file for a while. */
  get isAlone(): boolean {
    return performance.now() >= this.#aloneFromMs;
  }

  /** Lets a thread of this process write. No batch is run here meanwhile. */
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
   * Runs a small batch and resolves when it is on disk. Undefined: nothing was done, for example because another connection is writing; the writer's thread waits for it.
   *
   * @throws DriverError when it is not known whether the batch is on disk.
   */
  write(operations: readonly WriteOperation[], options: BatchOptions): Promise<BatchResult> | undefined {
    const startMs = performance.now();
    let written: Written;
    try {
      written = this.#transactions.write(() => {
        this.#checkOtherCommits();
        if (!this.isAlone) throw new DriverError('busy', 'another process writes to the file');
        return runProgram(writeBatch(operations, options), this);
      });
    } catch {
      this.#forget();
      return undefined;
    } finally {
      this.#slowDisk.observe(performance.now() - startMs);
    }
    if (!this.#log.isPending) this.#syncedHead = this.#head;
    this.#keepHead(written.result);
    return this.#durable(written);
  }

  /**
   * Runs a small read. While a sync is under way, reads of single keys and of the head show what is on disk already; the others resolve after the sync. Undefined: the
   * database failed; a thread tries it again.
   *
   * @throws EtcdError the client's mistake.
   */
  read<Name extends ReadName>(
    name: Name,
    input: ReadInput<Name>,
  ): { readonly output: ReadOutput<Name>; readonly isSynced: boolean } | undefined {
    const startMs = performance.now();
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
      this.#slowDisk.observe(performance.now() - startMs);
    }
  }

  /** For programs: answers from memory what nobody has changed. */
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

  /** Runs a program of single keys as of a head; undefined: a key has a newer row. */
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
    this.#database.close();
  }

  /** @throws DriverError */
  #measure<Answer>(measure: (database: SqliteDatabase) => Answer): Answer {
    try {
      return measure(this.#database);
    } catch (error) {
      throw classifyError(error);
    }
  }

  /** To be called first in a transaction. Forgets what was remembered when anybody else has committed since the transaction before. */
  #checkOtherCommits(): void {
    const [dataVersion] = this.#dataVersionStatement.get() as [number];
    const before = this.#dataVersion;
    if (dataVersion === before) return;
    this.#forget();
    this.#dataVersion = dataVersion;
    const isOther = before !== undefined && this.#threadTasks === 0;
    if (isOther) this.#aloneFromMs = performance.now() + limits.otherProcessPauseMs;
  }

  #forget(): void {
    this.#dataVersion = undefined;
    this.#head = undefined;
    this.#alarms = undefined;
    this.#syncedHead = undefined;
  }

  /** A small batch changes neither the compaction mark nor auth nor alarms. */
  #keepHead({ head }: BatchResult): void {
    const known = this.#head?.[0];
    this.#head = known && [movedHead(known, head)];
  }

  async #durable({ result, times }: Written): Promise<BatchResult> {
    const head = this.#head;
    const synced = this.#log.synced();
    const fault = this.files.fault();
    await synced;
    if (this.#syncedHead !== undefined) this.#syncedHead = head;
    this.#times.observe({ ...times, endMs: performance.now() });
    if (fault !== undefined) throw new DriverError('removed', fault);
    return result;
  }
}
