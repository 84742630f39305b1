/** The body of a database thread: one connection, one task at a time. */
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { AssertionError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import { handedOverByRead, readProgram } from '../../mvcc/read-programs.ts';
import { type BatchResult, handedOverByBatch, writeBatch } from '../../mvcc/writes/write-batch.ts';
import type { WriteOptions } from '../../mvcc/writes/write-state.ts';
import { commitName, type Step, StepLog } from '../../statistics/step-log.ts';
import { monotonicMs } from '../monotonic-ms.ts';
import { StatementMeter } from '../statement-meter.ts';
import { classifyError } from './classify-error.ts';
import { openConnection, type SqliteDatabase, StatementRunner } from './connection.ts';
import { refuseMovedFile } from './file/file-identity.ts';
import { defragmentChunk, reclaimChunk } from './file/file-size.ts';
import { boundWal, resetWal } from './file/wal.ts';
import { MachineClock } from './machine-clock.ts';
import { runProgram } from './run-program.ts';
import { serializeError } from './serialized-error.ts';
import { sqliteFacts } from './sqlite-facts.ts';
import type { Reply, Request, SerializedError, Task, ThreadData, ThreadStatistics } from './thread-protocol.ts';
import { Transactions } from './transactions.ts';
import { writeOneByOne } from './write-one-by-one.ts';
import { WriteTimes } from './write-times.ts';

if (parentPort === null) throw new AssertionError('thread.ts is the body of a worker thread');
const port = parentPort;
const { path, fileId, role, slowStatementMs } = workerData as ThreadData;

const meter = new StatementMeter({
  slowMs: slowStatementMs,
  onSlow: (slow) => post({ id: -2, slow }),
});
const writeTimes = new WriteTimes();

/** Buffers of at least this size are transferred instead of copied. */
const transferBytesMin = 8 * 1024;

function start(): void {
  let database: SqliteDatabase;
  try {
    // Before the open too: SQLite would copy the log of the removed file into the one in its place.
    refuseMovedFile(path, fileId);
    database = openConnection(path, role);
    refuseMovedFile(path, fileId);
  } catch (error) {
    post({ id: -1, failure: serializeError(error) });
    return;
  }
  const opened = {
    database,
    statements: new StatementRunner(database, meter),
    transactions: new Transactions(database),
  };

  port.on('message', (request: Request) => {
    try {
      const { value, handedOver } = runTask(request.task, opened);
      post({ id: request.id, value }, handedOver);
    } catch (error) {
      post({ id: request.id, failure: serializeError(error) });
    }
    if (request.task.kind === 'close') port.close();
  });
  // The task is unknown, so the thread ends and all of its tasks fail.
  port.on('messageerror', (error) => {
    throw error;
  });
  post({ id: -1, value: 'open' });
  // The main thread does the same once it serves.
  flushCompileCache();
}

function post(reply: Reply, handedOver: Iterable<Uint8Array> = []): void {
  port.postMessage(reply, largeOf(handedOver));
}

/** The result of a task, and the buffers in it that are transferred. */
interface TaskResult {
  readonly value: unknown;
  readonly handedOver?: Iterable<Uint8Array>;
}

interface OpenDatabase {
  readonly database: SqliteDatabase;
  readonly statements: StatementRunner;
  readonly transactions: Transactions;
}

function runTask(task: Task, opened: OpenDatabase): TaskResult {
  const { database, statements, transactions } = opened;
  switch (task.kind) {
    case 'read': {
      const program = readProgram(task.name, task.input as never, sqliteFacts);
      const value = transactions.run('BEGIN', () => runProgram(program, statements));
      return { value, handedOver: handedOverByRead(task.name, value) };
    }
    case 'write': {
      const value = write(task, opened);
      return { value, handedOver: handedOverByBatch(value) };
    }
    case 'reclaim':
      boundWal(database, path);
      return { value: reclaimChunk(database) };
    case 'defragment':
      boundWal(database, path);
      return { value: defragmentChunk(database) };
    case 'checkpoint':
      return { value: resetWal(database, path, { waitMsMax: limits.sqliteBusyTimeoutMs }) };
    case 'statistics':
      return { value: statistics() };
    default:
      database.close();
      return { value: statistics() };
  }
}

function statistics(): ThreadStatistics {
  return {
    statements: meter.all,
    writeTransactions: writeTimes.writeTransactions,
    commits: writeTimes.commits,
  };
}

/**
 * Writes all operations together. If the database refuses, it writes them one by one, so that a
 * failure of one does not fail the others.
 */
function write(
  { operations, withEvents, leaseOffsetMs, isTraced }: Task & { kind: 'write' },
  { database, statements, transactions }: OpenDatabase,
): Omit<BatchResult, 'outcomes'> & {
  outcomes: readonly (BatchResult['outcomes'][number] | { failure: SerializedError })[];
  steps: readonly Step[];
} {
  const clock = new MachineClock(leaseOffsetMs);
  const log = isTraced ? new StepLog() : undefined;
  const attempt = (batch: readonly WriteOperation[], options: WriteOptions) => {
    const { result, times } = meter.traced(log, () =>
      transactions.write(() =>
        runProgram(writeBatch(batch, { ...options, leaseNowMs: () => clock.nowMs() }), statements),
      ),
    );
    writeTimes.observe(times);
    log?.addStep({ name: commitName, startMs: times.commitMs, endMs: times.endMs, rows: 0 });
    return result;
  };
  boundWal(database, path);
  try {
    return { ...attempt(operations, { withEvents }), steps: monotonicSteps(log) };
  } catch (error) {
    if (operations.length === 1 || failsAllOperations(error)) throw error;
  }
  let head: BatchResult['head'] | undefined;
  const outcomes = writeOneByOne(operations, (operation) => {
    const alone = attempt([operation], { withEvents: false });
    head = alone.head;
    return alone.outcomes[0] as BatchResult['outcomes'][number];
  });
  head ??= runProgram(readProgram('head', null, sqliteFacts), statements);
  return { outcomes, head, steps: monotonicSteps(log) };
}

/** The steps with times that the main thread can compare with its own. */
function monotonicSteps(log: StepLog | undefined): readonly Step[] {
  if (log === undefined) return noSteps;
  const offsetMs = monotonicMs() - performance.now();
  return log.steps.map((step) => ({ ...step, startMs: step.startMs + offsetMs, endMs: step.endMs + offsetMs }));
}

const noSteps: readonly Step[] = [];

/** Whether an error would refuse each operation in turn: a lock that another process holds. */
function failsAllOperations(error: unknown): boolean {
  const cause = classifyError(error);
  return 'kind' in cause && cause.kind === 'busy';
}

/** The memory of the buffers that are large enough to transfer. */
function largeOf(buffers: Iterable<Uint8Array>): ArrayBuffer[] {
  return [...buffers]
    .filter((each): each is Uint8Array<ArrayBuffer> => each.byteLength >= transferBytesMin)
    .map(({ buffer }) => buffer);
}

start();
