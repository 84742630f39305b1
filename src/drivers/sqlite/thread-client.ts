/**
 * The main thread's side of a database thread: starts the thread for its first task, sends tasks,
 * assigns the replies, and restarts the thread when it dies.
 */
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { DriverError } from '../../errors.ts';
import type { PoolStatistics, SlowStatement } from '../driver-statistics.ts';
import { deserializeError } from './serialized-error.ts';
import type { Reply, Request, Task, ThreadData } from './thread-protocol.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface ThreadClientOptions {
  readonly logger: Logger;
  onSlow(slow: SlowStatement): void;
  /** Called with each failure of a task. */
  onFailure(failure: Error): void;
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
  #hasOpened = false;
  #openedCount = 0;
  #lostCount = 0;
  #runCount = 0;

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
      closed: this.#lostCount,
    };
  }

  /** Whether the thread has opened its connection. */
  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** The number of tasks that `run` has sent. */
  get runCount(): number {
    return this.#runCount;
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
    if (this.#hasOpened || this.#closing)
      return Promise.reject(new DriverError('lost', 'the database thread is restarting'));
    this.#opening ??= this.#start().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening.then(() => this.run(task));
  }

  /** Runs a task if the thread has started. Undefined: it had no task yet. */
  runIfStarted<Result>(task: Task): Promise<Result> | undefined {
    return this.#worker === undefined ? undefined : this.#send(this.#worker, task);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#opening?.catch(() => {});
    const worker = this.#worker;
    if (worker === undefined) return;
    await this.#send(worker, { kind: 'close' });
    await worker.terminate();
  }

  #send<Result>(worker: Worker, task: Task): Promise<Result> {
    const request: Request = { id: this.#nextId++, task };
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage(request);
    });
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(threadFile, {
        workerData: this.#data,
        // The objects of a task die with it. A larger young generation would only keep more of
        // them: 20 MiB per thread.
        resourceLimits: { maxYoungGenerationSizeMb: 12 },
      });
      worker.on('message', (reply: Reply) => {
        if ('slow' in reply) return this.#options.onSlow(reply.slow);
        if (reply.id !== -1) return this.#settle(reply);
        if ('failure' in reply) {
          reject(deserializeError(reply.failure));
          void worker.terminate();
          return;
        }
        this.#worker = worker;
        this.#hasOpened = true;
        this.#openedCount += 1;
        resolve();
      });
      worker.on('error', (error) => {
        this.#logger.error({ err: error, role: this.#data.role }, 'database thread failed');
        reject(new DriverError('lost', error.message, { cause: error }));
      });
      worker.on('exit', () => this.#lost());
    });
  }

  #settle(reply: Exclude<Reply, { readonly slow: SlowStatement }>): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    this.#waiting.delete(reply.id);
    if ('failure' in reply) this.#fail(waiting, deserializeError(reply.failure));
    else waiting.resolve(reply.value);
  }

  #fail(waiting: Waiting, failure: Error): void {
    this.#options.onFailure(failure);
    waiting.reject(failure);
  }

  /** Fails the tasks under way, whose outcome is unknown. */
  #lost(): void {
    this.#worker = undefined;
    this.#lostCount += 1;
    for (const waiting of this.#waiting.values())
      this.#fail(waiting, new DriverError('lost', 'the database thread ended'));
    this.#waiting.clear();
    // The next task starts a thread that has never opened.
    if (this.#closing || !this.#hasOpened) return;
    setTimeout(() => this.#startAgain(), restartDelayMs).unref();
  }

  /**
   * Restarts the thread until it opens: each thread that ends without an open connection leads here
   * again.
   */
  #startAgain(): void {
    if (this.#closing) return;
    this.#start().catch((error: unknown) => this.#logger.error({ err: error }, 'cannot open the database again'));
  }
}

/** In the same folder, in the sources and in the package. */
const threadFile = join(import.meta.dirname, `thread${extname(import.meta.filename)}`);
