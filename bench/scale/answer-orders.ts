import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './thread-caller.ts';

/** The other end of `ThreadCaller`. */
export function answerOrders<Order, Result>(work: (order: Order) => Promise<Result>): void {
  const answer = (value: ThreadAnswer<Result>) => parentPort?.postMessage(value);
  parentPort?.on('message', (order: Order) => {
    work(order).then(
      (result) => answer({ result }),
      (error: Error) => answer({ problem: error.message }),
    );
  });
}
