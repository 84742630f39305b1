/**
 * The main thread's side of a database thread: starts the thread for its first task, sends tasks,
 * assigns the replies, restarts the thread when it dies, and ends it when it has been idle.
 */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { DriverError } from '../../errors.ts';
import type { PoolStatistics, SlowStatement } from '../driver-statistics.ts';
import { deserializeError } from './serialized-error.ts';
import { ThreadCounts } from './thread-counts.ts';
import type { Reply, Request, Task, ThreadData, ThreadStatistics } from './thread-protocol.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface ThreadClientOptions {
  readonly logger: Logger;
  onSlow(slow: SlowStatement): void;
  /** Called with each failure of a task. */
  onFailure(failure: Error): void;
  /** A thread that had no task for this long ends. The next task starts another. */
  readonly idleMsMax: number;
}

/**
 * The delay before a dead thread restarts: short enough for the deadline of a request, long enough
 * not to spin.
 */
const restartDelayMs = 100;

export class ThreadClient {
  readonly #data: ThreadData;
  readonly #options: ThreadClientOptions;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #opening: Promise<void> | undefined;
  #nextId = 0;
  #closing = false;
  /** A thread ends because it was idle. */
  #ending: Promise<void> | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #settledMs = 0;
  /** The thread died, and no other one has opened the file since. */
  #isRestarting = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #openedCount = 0;
  #closedCount = 0;
  #runCount = 0;
  readonly #counts = new ThreadCounts();
  /** `#runCount` when the thread last sent its counts. */
  #countedRunCount = 0;

  constructor(data: ThreadData, options: ThreadClientOptions) {
    this.#data = data;
    this.#options = options;
    this.#logger = options.logger;
  }

  /** The thread as a pool of one connection. */
  get statistics(): Omit<PoolStatistics, 'name'> {
    const open = this.#worker === undefined ? 0 : 1;
    const used = Math.min(open, this.#waiting.size);
    return {
      countMax: 1,
      used,
      idle: open - used,
      waiting: this.#waiting.size - used,
      opened: this.#openedCount,
      closed: this.#closedCount,
    };
  }

  /** Whether the thread has opened its connection. */
  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /**
   * The counts of this thread and of the earlier ones. A thread that had no task since they were
   * read is not woken up.
   */
  async counts(): Promise<ThreadStatistics> {
    const worker = this.#worker;
    const runCount = this.#runCount;
    if (worker !== undefined && runCount !== this.#countedRunCount) {
      this.#counts.update(await this.#send<ThreadStatistics>(worker, { kind: 'statistics' }));
      this.#countedRunCount = runCount;
    }
    return this.#counts.total;
  }

  /**
   * Runs a task.
   *
   * @throws EtcdError, DriverError or AssertionError, as in the thread; DriverError if the thread
   * cannot open the file.
   */
  run<Result>(task: Task): Promise<Result> {
    if (this.#worker !== undefined) {
      this.#runCount += 1;
      return this.#send(this.#worker, task);
    }
    if (this.#isRestarting || this.#closing)
      return Promise.reject(new DriverError('lost', 'the database thread is restarting'));
    return this.#open().then(() => this.run(task));
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#restartTimer);
    await this.#opening?.catch(() => {});
    await this.#ending;
    const worker = this.#worker;
    if (worker === undefined) return;
    // A thread that dies meanwhile has closed its connection too.
    await this.#send(worker, { kind: 'close' }).catch(() => {});
    await worker.terminate();
  }

  #send<Result>(worker: Worker, task: Task): Promise<Result> {
    const request: Request = { id: this.#nextId++, task };
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage(request);
    });
  }

  /** Opens a thread, or joins the attempt under way. */
  #open(): Promise<void> {
    this.#opening ??= this.#start().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** @throws DriverError if the thread cannot start or cannot open the file. */
  async #start(): Promise<void> {
    // Two threads of a role would count twice.
    await this.#ending;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const worker = this.#newWorker();
    worker.on('message', (reply: Reply) => {
      if ('slow' in reply) return this.#options.onSlow(reply.slow);
      if (reply.id !== -1) return this.#settle(reply);
      if ('failure' in reply) {
        reject(deserializeError(reply.failure));
        void worker.terminate();
        return;
      }
      this.#worker = worker;
      this.#openedCount += 1;
      worker.on('exit', () => this.#lost());
      resolve();
    });
    const failed = (error: Error) => {
      if (this.#worker === worker) this.#logger.error({ err: error, role: this.#data.role }, 'database thread failed');
      reject(new DriverError('lost', error.message, { cause: error }));
    };
    worker.on('error', failed);
    // For example a reply for which there is no memory. Its task would wait for ever.
    worker.on('messageerror', (error) => {
      failed(error);
      void worker.terminate();
    });
    worker.on('exit', () => reject(new DriverError('lost', 'the database thread ended before it opened the file')));
    return promise;
  }

  /** @throws DriverError if the system has no thread left. */
  #newWorker(): Worker {
    try {
      return new Worker(threadFile, {
        workerData: this.#data,
        // The objects of a task die with it. A larger young generation would only keep more of
        // them: 20 MiB per thread.
        resourceLimits: { maxYoungGenerationSizeMb: 12 },
      });
    } catch (error) {
      throw new DriverError('lost', `no thread for the database: ${(error as Error).message}`, { cause: error });
    }
  }

  #settle(reply: Exclude<Reply, { readonly slow: SlowStatement }>): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    this.#settledMs = performance.now();
    if (this.#waiting.size === 0) this.#idleTimer ??= this.#checkIdleIn(this.#options.idleMsMax);
    if ('failure' in reply) this.#fail(waiting, deserializeError(reply.failure));
    else waiting.resolve(reply.value);
  }

  #checkIdleIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#idleTimer = undefined;
      // The end of the last task starts the timer again.
      if (this.#waiting.size > 0 || this.#worker === undefined || this.#closing) return;
      const leftMs = this.#settledMs + this.#options.idleMsMax - performance.now();
      if (leftMs > 0) this.#idleTimer = this.#checkIdleIn(leftMs);
      else this.#ending = this.#end(this.#worker);
    }, ms).unref();
  }

  /** Ends a thread without tasks, which gives back its memory. */
  async #end(worker: Worker): Promise<void> {
    this.#worker = undefined;
    try {
      this.#counts.update(await this.#send<ThreadStatistics>(worker, { kind: 'close' }));
    } catch (error) {
      this.#logger.warn({ err: error, role: this.#data.role }, 'idle database thread failed while it closed');
    }
    await worker.terminate();
    this.#ending = undefined;
  }

  #fail(waiting: Waiting, failure: Error): void {
    this.#options.onFailure(failure);
    waiting.reject(failure);
  }

  /**
   * An open thread ended. Fails the tasks under way, whose outcome is unknown, and opens another
   * thread unless this one was idle.
   */
  #lost(): void {
    this.#worker = undefined;
    this.#closedCount += 1;
    this.#counts.end();
    for (const waiting of this.#waiting.values())
      this.#fail(waiting, new DriverError('lost', 'the database thread ended'));
    this.#waiting.clear();
    if (this.#closing || this.#ending !== undefined) return;
    this.#isRestarting = true;
    this.#restart();
  }

  /** Opens a thread, and retries until it is open. Logs the first failure. */
  #restart({ isRetry = false } = {}): void {
    const attempt = async () => {
      try {
        await this.#open();
        this.#isRestarting = false;
      } catch (error) {
        if (this.#closing) return;
        const { role } = this.#data;
        if (!isRetry) this.#logger.error({ err: error, role }, 'cannot start the database thread again; retrying');
        this.#restart({ isRetry: true });
      }
    };
    this.#restartTimer = setTimeout(() => void attempt(), restartDelayMs).unref();
  }
}

/** In the same folder, in the sources and in the package. */
const threadFile = join(import.meta.dirname, `thread${extname(import.meta.filename)}`);
