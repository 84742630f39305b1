/** The body of a database thread: one connection, one task at a time. */
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Statement } from 'better-sqlite3';
import { AssertionError } from '../../errors.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import { readProgram } from '../../mvcc/read-programs.ts';
import { startUp } from '../../mvcc/start-up.ts';
import { type BatchResult, writeBatch } from '../../mvcc/write-batch.ts';
import type { WriteOptions } from '../../mvcc/write-state.ts';
import { commitBoundsMs } from '../../statistics/bounds.ts';
import { Histogram } from '../../statistics/histogram.ts';
import { StatementMeter } from '../statement-meter.ts';
import { openConnection, type SqliteDatabase, StatementRunner } from './connection.ts';
import { failureOf } from './failure.ts';
import { FileIdentity } from './file-identity.ts';
import { MachineClock } from './machine-clock.ts';
import type { Answer, Failure, Request, Task, ThreadData, ThreadStatistics } from './protocol.ts';
import { runProgram } from './run-program.ts';
import { defragmentBite, reclaimBite, sizeOf } from './space.ts';
import { sqliteFacts } from './sqlite-facts.ts';
import { boundWal, extendWal, walBytes } from './wal.ts';
import { weather } from './weather.ts';

if (parentPort === null) throw new AssertionError('thread.ts is the body of a worker thread');
const port = parentPort;
const { path, fileId, role, slowStatementMs } = workerData as ThreadData;

const meter = new StatementMeter({
  slowMs: slowStatementMs,
  onSlow: (slow) => say({ id: -2, slow }),
});
const writeTransactions = new Histogram(commitBoundsMs);
const commits = new Histogram(commitBoundsMs);

/** Buffers from this size on are handed over instead of copied. */
const transferBytesMin = 8 * 1024;

function start(): void {
  let database: SqliteDatabase;
  let files: FileIdentity;
  try {
    database = openConnection(path, role);
    if (role === 'writer') extendWal(database, path);
    // The WAL is there from here on.
    files = new FileIdentity(path, fileId);
  } catch (error) {
    say({ id: -1, failure: failureOf(error) });
    return;
  }
  const statements = new StatementRunner(database, meter);
  port.on('message', (request: Request) => {
    try {
      const value = perform(request.task, { database, statements, files });
      say({ id: request.id, value });
    } catch (error) {
      say({ id: request.id, failure: failureOf(error) });
    }
    if (request.task.kind === 'close') port.close();
  });
  say({ id: -1, value: 'open' });
  // As the main thread does once it serves.
  flushCompileCache();
}

function say(answer: Answer): void {
  port.postMessage(answer, 'value' in answer ? transferable(answer.value) : []);
}

interface Opened {
  readonly database: SqliteDatabase;
  readonly statements: StatementRunner;
  readonly files: FileIdentity;
}

function perform(task: Task, { database, statements, files }: Opened): unknown {
  switch (task.kind) {
    case 'fault':
      return files.fault();
    case 'read': {
      const program = readProgram(task.name, task.input as never, sqliteFacts);
      return inTransaction<unknown>(database, 'BEGIN', () => runProgram<unknown>(program, statements));
    }
    case 'write':
      return checkedWrite(task, { database, statements, files });
    case 'startUp':
      return inTransaction(database, 'BEGIN IMMEDIATE', () => runProgram(startUp(task), statements));
    case 'reclaim':
      files.check();
      boundWal(database, path);
      return reclaimBite(database);
    case 'defragment':
      files.check();
      boundWal(database, path);
      return defragmentBite(database);
    case 'size':
      return sizeOf(database);
    case 'statistics':
      return { statements: meter.all, writeTransactions, commits, walBytes: walBytes(path) } satisfies ThreadStatistics;
    default:
      database.close();
      return null;
  }
}

/** What was committed to a file that is gone is not acknowledged: the check after the commit leaves it no more than the time until the answer. */
function checkedWrite(
  task: Task & { kind: 'write' },
  { database, statements, files }: Opened,
): ReturnType<typeof write> {
  files.checkAgain();
  const result = write(task, database, statements);
  files.check();
  return result;
}

/** All together; if the database refuses, one by one, so that one operation's failure is not its neighbours'. */
function write(
  { operations, withEvents, leaseOffsetMs }: Task & { kind: 'write' },
  database: SqliteDatabase,
  statements: StatementRunner,
): Omit<BatchResult, 'outcomes'> & { outcomes: readonly (BatchResult['outcomes'][number] | { failure: Failure })[] } {
  const clock = new MachineClock(leaseOffsetMs);
  const attempt = (batch: readonly WriteOperation[], options: WriteOptions) =>
    measuredWrite(database, () =>
      runProgram(writeBatch(batch, { ...options, leaseNowMs: () => clock.nowMs() }), statements),
    );
  boundWal(database, path);
  try {
    return attempt(operations, { withEvents });
  } catch (error) {
    if (operations.length === 1 || isForAll(error)) throw error;
  }
  let head: BatchResult['head'] | undefined;
  const outcomes = operations.map((operation) => {
    try {
      const alone = attempt([operation], { withEvents: false });
      head = alone.head;
      return alone.outcomes[0] as BatchResult['outcomes'][number];
    } catch (error) {
      return { failure: failureOf(error) };
    }
  });
  return { outcomes, head: head ?? runProgram(readProgram('head', null, sqliteFacts), statements) };
}

/** A lock that another process holds would refuse each of the batch in turn. */
function isForAll(error: unknown): boolean {
  const cause = weather(error);
  return 'kind' in cause && cause.kind === 'busy';
}

/** A transaction of writes, and how long it and its commit take. */
function measuredWrite<Result>(database: SqliteDatabase, work: () => Result): Result {
  const startMs = performance.now();
  let commitMs = startMs;
  const result = inTransaction(database, 'BEGIN IMMEDIATE', () => {
    const worked = work();
    commitMs = performance.now();
    return worked;
  });
  const endMs = performance.now();
  commits.observe(endMs - commitMs);
  writeTransactions.observe(endMs - startMs);
  return result;
}

/** Whatever goes wrong, nothing is left open and nothing half done. */
function inTransaction<Result>(database: SqliteDatabase, begin: string, work: () => Result): Result {
  const run = (sql: string) => prepareOnce(database, sql).run();
  run(begin);
  try {
    const result = work();
    run('COMMIT');
    return result;
  } catch (error) {
    if (database.inTransaction) run('ROLLBACK');
    throw error;
  }
}

const control = new Map<string, Statement<[]>>();

function prepareOnce(database: SqliteDatabase, sql: string): Statement<[]> {
  let prepared = control.get(sql);
  if (prepared === undefined) {
    prepared = database.prepare<[]>(sql);
    control.set(sql, prepared);
  }
  return prepared;
}

/** The large buffers of an answer, wherever the programs put them. */
function transferable(value: unknown): ArrayBuffer[] {
  const candidates = value as {
    bytes?: unknown;
    blocks?: readonly { bytes: unknown }[];
    events?: { bytes?: unknown; events?: { bytes?: unknown } };
  } | null;
  const { bytes, events } = candidates ?? {};
  return [bytes, events?.bytes, events?.events?.bytes, ...(candidates?.blocks ?? []).map(({ bytes }) => bytes)]
    .filter(
      (bytes): bytes is Uint8Array<ArrayBuffer> => bytes instanceof Uint8Array && bytes.byteLength >= transferBytesMin,
    )
    .map((bytes) => bytes.buffer);
}

start();
