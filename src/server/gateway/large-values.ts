import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Slots } from '../../kit/slots.ts';
import { serverLimits } from '../server-limits.ts';
import { JsonError } from './json/json-error.ts';
import type { MessageSchema } from './json/message-schema.ts';
import type { LargeValue, LargeValueOutcome } from './read-large-value.ts';

/**
 * Reads large JSON values in a separate thread, so that the event loop is not blocked: 4 MiB of
 * short fields take a second. The thread starts with the first large value, and ends after some
 * time without one.
 */
export class LargeValues {
  readonly #oneAtATime = new Slots({ countMax: 1 });
  #worker: Worker | undefined;
  #idleTimer: NodeJS.Timeout | undefined;

  /**
   * The message of a value. Undefined: it is no longer needed when its turn comes.
   *
   * @throws JsonError
   */
  read(json: Buffer, schema: MessageSchema, isNeeded: () => boolean): Promise<Buffer | undefined> {
    return this.#oneAtATime.run(async () => (isNeeded() ? this.#read(json, schema) : undefined));
  }

  async #read(json: Buffer, { name }: MessageSchema): Promise<Buffer> {
    clearTimeout(this.#idleTimer);
    try {
      this.#worker ??= startWorker();
      // A copy, because a view would transfer its whole buffer.
      const value: LargeValue = { json: Uint8Array.from(json), schema: name };
      const answered = once(this.#worker, 'message');
      this.#worker.postMessage(value, [value.json.buffer]);
      const [outcome] = (await answered) as [LargeValueOutcome];
      if ('badJson' in outcome) throw new JsonError(outcome.badJson);
      if ('fault' in outcome) throw outcome.fault;
      const { message } = outcome;
      return Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    } catch (error) {
      if (!(error instanceof JsonError)) this.#end();
      throw error;
    } finally {
      this.#idleTimer = setTimeout(() => this.#end(), serverLimits.largeValueThreadIdleMs).unref();
    }
  }

  #end(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/** Errors of the worker reach the caller that waits for the answer. */
function startWorker(): Worker {
  const worker = new Worker(threadFile, { resourceLimits: { maxYoungGenerationSizeMb: 12 } });
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

/** In the same folder, both in the sources and in the package. */
const threadFile = join(import.meta.dirname, `large-value-thread${extname(import.meta.filename)}`);
