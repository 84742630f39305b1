import { limits } from '../../limits.ts';
import type { QueueStatistics } from '../store-statistics.ts';
import { FairQueue, type Queued } from './fair-queue.ts';
import type { Requester } from './requester.ts';

interface Waiting extends Queued {
  /** Finds the answer and settles the promise. Returns the bytes of the answer. */
  answer(): number;
}

/**
 * Limits the answers from memory to a number of bytes in each turn of the event loop, because
 * sending an answer takes longer than finding it. Fair among client connections. A client that does
 * not read its replies receives no more of them.
 */
export class PacedAnswers {
  readonly #waiting: FairQueue<Waiting>;
  /** Bytes of answers since the last pause. */
  #bytes = 0;
  #isPaused = false;

  constructor() {
    this.#waiting = new FairQueue<Waiting>({
      countMax: limits.readQueueCountMax,
      bytesMax: limits.readQueueBytesMax,
      hasLargeReply: () => true,
      onReady: () => this.#start(),
    });
  }

  get statistics(): QueueStatistics {
    return this.#waiting.statistics;
  }

  /**
   * Finds an answer when the requester has its turn: at once, while few bytes are answered.
   * `keyBytes`: bytes of the keys in the request. `bytesOf`: bytes of the answer.
   *
   * @throws what `find` throws; `tooManyRequests` when the queue is full; `canceled` when the
   * requester was gone before its turn.
   */
  find<Answer>(
    find: () => Answer,
    {
      requester,
      keyBytes,
      bytesOf,
    }: { readonly requester: Requester; readonly keyBytes: number; readonly bytesOf: (answer: Answer) => number },
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const answer = () => {
        try {
          const found = find();
          resolve(found);
          return bytesOf(found);
        } catch (error) {
          reject(error);
          return 0;
        }
      };
      this.#waiting.push({ requester, bytes: limits.waitingRequestBytes + keyBytes, answer, reject });
      this.#start();
    });
  }

  #start(): void {
    while (!this.#isPaused) {
      const next = this.#waiting.take();
      if (next === undefined) return;
      this.#bytes += next.answer();
      if (this.#bytes >= limits.memoryAnswerBytesPerTurn) this.#pause();
    }
  }

  /** Pauses until the answers are sent and the other connections had their turn. */
  #pause(): void {
    this.#isPaused = true;
    setImmediate(() => {
      this.#isPaused = false;
      this.#bytes = 0;
      this.#start();
    });
  }
}
