/**
 * SQLite in threads of its own: one writer, two readers. A commit's fsync or a long list stops its thread, never the server. Of the
 * readers one answers point reads and the tailer, the other the pages of lists.
 */
import type { Logger } from 'pino';
import { limits } from '../../limits.ts';
import type { EventsRequest } from '../../mvcc/events.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import type { ReadInput, ReadName, ReadOutput } from '../../mvcc/read-programs.ts';
import type { TakeOver } from '../../mvcc/take-over.ts';
import type { BatchResult } from '../../mvcc/write-batch.ts';
import type { Driver, DriverBatchResult, ReadLane } from '../driver.ts';
import { errorOf } from './failure.ts';
import { fileError } from './file-error.ts';
import { prepareFile } from './prepare-file.ts';
import type { Failure } from './protocol.ts';
import { ThreadClient } from './thread-client.ts';

type ThreadBatchResult = Omit<BatchResult, 'outcomes'> & {
  readonly outcomes: readonly (BatchResult['outcomes'][number] | { readonly failure: Failure })[];
};

export class SqliteDriver implements Driver {
  readonly name = 'sqlite';
  readonly keyLengthMax = Number.POSITIVE_INFINITY;
  readonly pollMs = { min: limits.sqlitePollIntervalMs, max: limits.sqlitePollIntervalMs };
  readonly #writer: ThreadClient;
  readonly #readers: Record<ReadLane, ThreadClient>;

  private constructor(writer: ThreadClient, readers: Record<ReadLane, ThreadClient>) {
    this.#writer = writer;
    this.#readers = readers;
  }

  /**
   * Opens a file, makes it if it is not there, brings its schema up to date and catches up with what kine wrote.
   *
   * @throws StartError with one line for a person.
   */
  static async open(path: string, logger: Logger): Promise<SqliteDriver> {
    await prepareFile(path);
    const [writer, quick, bulk] = await Promise.all([
      ThreadClient.open({ path, role: 'writer' }, logger),
      ThreadClient.open({ path, role: 'quick' }, logger),
      ThreadClient.open({ path, role: 'bulk' }, logger),
    ]);
    const driver = new SqliteDriver(writer, { quick, bulk });
    try {
      const taken = await writer.ask<TakeOver>({ kind: 'takeOver', nowMs: driver.nowMs() });
      if (taken.rows > 0) logger.info(taken, 'took over what kine wrote');
      return driver;
    } catch (error) {
      await driver.close();
      throw fileError(path, error);
    }
  }

  /** All processes that share a file are on one machine. */
  nowMs(): number {
    return Date.now();
  }

  /** A file carries no messages. */
  onHead(): void {}

  read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>> {
    return this.#readers[lane].ask({ kind: 'read', name, input });
  }

  async write(operations: readonly WriteOperation[], events?: EventsRequest): Promise<DriverBatchResult> {
    const result = await this.#writer.ask<ThreadBatchResult>({ kind: 'write', operations, events });
    const outcomes = result.outcomes.map((outcome) =>
      'failure' in outcome ? { failure: errorOf(outcome.failure) } : outcome,
    );
    return { ...result, outcomes };
  }

  reclaim(): Promise<{ more: boolean }> {
    return this.#writer.ask({ kind: 'reclaim' });
  }

  size(): Promise<{ bytes: number; inUseBytes: number }> {
    return this.#readers.quick.ask({ kind: 'size' });
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.quick.close(), this.#readers.bulk.close()]);
    await this.#writer.close();
  }
}
