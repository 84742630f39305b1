import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The reply of a thread. */
export type ThreadAnswer<Result> = { readonly result: Result } | { readonly problem: string };

/** A thread that handles one order at a time. */
export class ThreadCaller<Order, Result> {
  readonly #worker: Worker;

  constructor(file: URL) {
    this.#worker = new Worker(file);
  }

  /** Throws the error that the thread threw. */
  async ask(order: Order): Promise<Result> {
    this.#worker.postMessage(order);
    const [answer] = (await once(this.#worker, 'message')) as [ThreadAnswer<Result>];
    if ('problem' in answer) throw new Error(answer.problem);
    return answer.result;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
