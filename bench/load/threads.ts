import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Options } from './options.ts';
import type { Sample } from './sample.ts';
import type { ThreadData, ThreadOrder } from './thread.ts';

/** The threads of the load generator. */
export class Threads {
  private readonly workers: readonly Worker[];

  constructor(options: Options) {
    this.workers = Array.from({ length: options.threadCount }, (_, thread) => {
      const workerData: ThreadData = { options, thread };
      return new Worker(new URL('./thread.ts', import.meta.url), { workerData });
    });
  }

  /**
   * Runs a phase on all threads at once. A thread without a client in this phase has no sample.
   * Throws when a thread cannot run the phase.
   */
  async run(order: ThreadOrder): Promise<Sample[]> {
    const replies = await Promise.all(
      this.workers.map(async (worker) => {
        worker.postMessage(order);
        const [reply] = (await once(worker, 'message')) as [Sample | string | undefined];
        return reply;
      }),
    );
    // Only now: a thread that is still at work would answer the next order with this one's sample.
    const problem = replies.find((reply) => typeof reply === 'string');
    if (problem !== undefined) throw new Error(`${order.target.name} (${order.target.address}): ${problem}`);
    return replies.filter((reply): reply is Sample => typeof reply === 'object');
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
