import { limits } from '../limits.ts';
import { FairQueue, type Queued } from './fair-queue.ts';
import type { Requester } from './requester.ts';
import type { QueueStatistics } from './store-statistics.ts';

interface Waiting extends Queued {
  /** Finds the answer and settles the promise. Returns the answer's bytes. */
  answer(): number;
}

/** What a question holds in memory beside its keys. */
const baseBytes = 256;

/**
 * Answers that are found in memory: so many bytes of them in each turn of the event loop, because sending them takes longer than finding them. Fair among client connections; a client
 * that does not read its answers gets no more of them.
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
   * Finds an answer when it is the requester's turn: at once, while few bytes are answered. `keyBytes`: of the keys in the question. `bytesOf`: of the answer.
   *
   * @throws what `find` throws; `tooManyRequests` when too many wait; `canceled` when the requester was gone before it was its turn.
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
      this.#waiting.push({ requester, bytes: baseBytes + keyBytes, answer, reject });
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

  /** Until the answers are sent and the other connections had their turn. */
  #pause(): void {
    this.#isPaused = true;
    setImmediate(() => {
      this.#isPaused = false;
      this.#bytes = 0;
      this.#start();
    });
  }
}
