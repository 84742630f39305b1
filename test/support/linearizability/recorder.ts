import type { EtcdClient } from '../index.ts';
import { ask, neverArrived } from './ask.ts';
import type { Operation, Reply, Request } from './recording.ts';

/** A client, its instance, and its timeout. */
export interface Asker {
  readonly name: string;
  readonly client: EtcdClient;
  readonly instance: string;
  readonly deadlineMs: number;
}

/**
 * The operations of all clients of a run in one order of calls and returns. All clients run in one
 * process, so one counter gives the order.
 */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly #started = performance.now();
  #time = 0;

  get elapsedMs(): number {
    return performance.now() - this.#started;
  }

  /**
   * Sends a request and records it. Undefined: it is in doubt, or it never reached the server and
   * is not recorded.
   */
  async ask(by: Asker, request: Request): Promise<Reply | undefined> {
    const { name: client, instance, deadlineMs } = by;
    const called = this.#next();
    const calledMs = this.elapsedMs;
    const asked = { client, instance, request, called, calledMs };
    try {
      const reply = await ask(by.client, request, { deadlineMs });
      this.operations.push({ ...asked, reply, returned: this.#next(), returnedMs: this.elapsedMs });
      return reply;
    } catch (error) {
      const never = Number.POSITIVE_INFINITY;
      if (!neverArrived(error))
        this.operations.push({ ...asked, reply: undefined, returned: never, returnedMs: never });
      return undefined;
    }
  }

  #next(): number {
    this.#time += 1;
    return this.#time;
  }
}
