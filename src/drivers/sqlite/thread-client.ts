/** The main thread's end of a database thread: sends tasks, matches answers, starts the thread again when it dies. */
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { DriverError } from '../../errors.ts';
import { errorOf } from './failure.ts';
import type { Answer, Request, Task, ThreadData } from './protocol.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** How long after its death a thread is started again: soon enough for a request's deadline, seldom enough not to spin. */
const restartDelayMs = 100;

export class ThreadClient {
  readonly #data: ThreadData;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 0;
  #closing = false;
  #hasOpened = false;

  private constructor(data: ThreadData, logger: Logger) {
    this.#data = data;
    this.#logger = logger;
  }

  /** @throws DriverError when the file cannot be opened. */
  static async open(data: ThreadData, logger: Logger): Promise<ThreadClient> {
    const client = new ThreadClient(data, logger);
    await client.#start();
    return client;
  }

  /** Tasks given and not yet answered. */
  get pending(): number {
    return this.#waiting.size;
  }

  /** @throws EtcdError, DriverError or AssertionError, as the thread did. */
  ask<Result>(task: Task): Promise<Result> {
    const worker = this.#worker;
    if (worker === undefined)
      return Promise.reject(new DriverError('lost', 'the database thread is being started again'));
    const request: Request = { id: this.#nextId++, task };
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.set(request.id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    await this.ask({ kind: 'close' });
    await worker.terminate();
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(threadFile, {
        workerData: this.#data,
        // What a task makes dies with it; a larger young generation only keeps more of it around: 20 MiB a thread.
        resourceLimits: { maxYoungGenerationSizeMb: 12 },
      });
      worker.on('message', (answer: Answer) => {
        if (answer.id !== -1) return this.#settle(answer);
        if ('failure' in answer) {
          reject(errorOf(answer.failure));
          void worker.terminate();
          return;
        }
        this.#worker = worker;
        this.#hasOpened = true;
        resolve();
      });
      worker.on('error', (error) => {
        this.#logger.error({ err: error, role: this.#data.role }, 'a database thread failed');
        reject(new DriverError('lost', error.message, { cause: error }));
      });
      worker.on('exit', () => this.#lost());
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    if (waiting === undefined) return;
    this.#waiting.delete(answer.id);
    if ('failure' in answer) waiting.reject(errorOf(answer.failure));
    else waiting.resolve(answer.value);
  }

  /** What was under way is in doubt, and said to be. */
  #lost(): void {
    this.#worker = undefined;
    for (const waiting of this.#waiting.values()) waiting.reject(new DriverError('lost', 'the database thread ended'));
    this.#waiting.clear();
    // A thread that never opened is its caller's concern.
    if (this.#closing || !this.#hasOpened) return;
    setTimeout(() => this.#startAgain(), restartDelayMs).unref();
  }

  /** Tries until it succeeds: each thread that ends without opening leads here again. */
  #startAgain(): void {
    if (this.#closing) return;
    this.#start().catch((error: unknown) => this.#logger.error({ err: error }, 'the database cannot be opened again'));
  }
}

const threadFile = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);
