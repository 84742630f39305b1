import type { Driver, ReadLane } from '../../drivers/driver.ts';
import type { ReadInput, ReadName, ReadOutput } from '../../mvcc/read-programs.ts';
import type { Head } from '../../mvcc/results.ts';
import type { HeadTracker, KnownHead } from './head-tracker.ts';

export interface ObservedReadsOptions {
  readonly heads: HeadTracker;
  /** Receives the head of every answer, before the answer is passed on. */
  observe(answer: { readonly head: Head }, known: KnownHead): void;
}

/** The reads of the driver, with the head of each answer observed. */
export class ObservedReads implements Pick<Driver, 'read' | 'readsAtOnce'> {
  readonly #driver: Pick<Driver, 'read' | 'readsAtOnce'>;
  readonly #options: ObservedReadsOptions;

  constructor(driver: Pick<Driver, 'read' | 'readsAtOnce'>, options: ObservedReadsOptions) {
    this.#driver = driver;
    this.#options = options;
  }

  /**
   * Reads as `Driver.read`. If the database was rewound meanwhile, reads again: the answer may show
   * rows that are gone.
   */
  async read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>> {
    const { heads, observe } = this.#options;
    for (;;) {
      const { known } = heads;
      const answer = await this.#driver.read(name, input, lane);
      if (!heads.isCurrent(known)) continue;
      const head = headIn(name, answer);
      if (head !== undefined) observe({ head }, known);
      return answer;
    }
  }

  readsAtOnce(lane: ReadLane): number {
    return this.#driver.readsAtOnce(lane);
  }
}

/** The head in an answer. The answers of a few programs have none. */
function headIn(name: ReadName, answer: unknown): Head | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const found = name === 'head' ? answer : 'head' in answer ? answer.head : undefined;
  if (found === undefined) return undefined;
  const { id, revision, compactRevision, authState } = found as Head;
  return { id, revision, compactRevision, authState };
}
