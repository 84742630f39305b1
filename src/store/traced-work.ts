/** Records how requests that are traced spend their time in the store. */
import type { Trace } from '../kit/trace.ts';
import { StepLog } from '../statistics/step-log.ts';
import type { Requester } from './queues/requester.ts';

/** A request that waited for its batch since a moment. */
interface Waited {
  readonly requester: Requester;
  readonly sinceMs: number;
}

/**
 * The requests of a batch of writes that are traced. Each has a part `batch` in its trace. The
 * statements are recorded once, in the trace of the first of them, and the others link to it.
 */
export class TracedBatch {
  readonly steps = new StepLog();
  readonly #batch: readonly Waited[];

  private constructor(batch: readonly Waited[]) {
    this.#batch = batch;
  }

  /** Undefined: no request of the batch is traced. */
  static of(batch: readonly Waited[]): TracedBatch | undefined {
    return batch.some(isTraced) ? new TracedBatch(batch) : undefined;
  }

  /**
   * The batch has ended, which was given to the database at `startMs`. `doneCount`: how many of its
   * requests have an outcome; the others wait again.
   */
  end(startMs: number, doneCount: number): void {
    const endMs = performance.now();
    const attributes = { 'tine.batch.requests': this.#batch.length };
    let first: Trace | undefined;
    for (const { requester, sinceMs } of this.#batch.slice(0, doneCount)) {
      requester.trace?.part({ name: 'queue', startMs: sinceMs, endMs: startMs });
      const part = requester.trace?.part({ name: 'batch', startMs, endMs, attributes, link: first });
      first ??= part;
    }
    for (const { name, rows, ...times } of this.steps.steps)
      first?.part({ name, ...times, attributes: { 'tine.statement': name, 'tine.rows': rows } });
  }
}

/** Records a batch of reads that has ended, which left at `startMs`. */
export function traceReads(batch: readonly Waited[], startMs: number): void {
  if (!batch.some(isTraced)) return;
  const endMs = performance.now();
  const attributes = { 'tine.batch.requests': batch.length };
  for (const { requester, sinceMs } of batch) {
    requester.trace?.part({ name: 'queue', startMs: sinceMs, endMs: startMs });
    requester.trace?.part({ name: 'read', startMs, endMs, attributes });
  }
}

/** Records a list that is read in parts, until its last part was taken. */
export async function* tracedParts<Part>(parts: AsyncIterable<Part>, trace: Trace): AsyncGenerator<Part> {
  const startMs = performance.now();
  try {
    yield* parts;
  } finally {
    trace.part({ name: 'read', startMs, endMs: performance.now() });
  }
}

const isTraced = ({ requester }: Waited): boolean => requester.trace !== undefined;
