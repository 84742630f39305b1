import { type Entry, OperationList } from './operation-list.ts';
import type { Interval } from './recording.ts';

/** The sequential behaviour of a kind of object. States are values: a step returns a new one. */
export interface Model<State, Operation> {
  readonly initial: State;
  /**
   * The state after the operation. Undefined when its reply cannot be given in this state. For an
   * operation in doubt it is the state after it took effect; the search itself considers that it
   * had no effect.
   */
  readonly step: (state: State, operation: Operation) => State | undefined;
  /** False when neither this state nor any that can follow gives the operation its reply. */
  readonly mayAnswer: (state: State, operation: Operation) => boolean;
  /** The same text for the same state. */
  readonly describe: (state: State) => string;
}

export interface SearchBounds {
  /** The maximum number of stored pairs of linearized operations and a state. */
  readonly configurationCountMax: number;
  readonly durationMsMax: number;
}

export type Verdict<State, Operation> =
  | { readonly kind: 'linearizable'; readonly order: readonly Operation[] }
  /** With the order that explains the most replies, and the state after it. */
  | { readonly kind: 'violation'; readonly order: readonly Operation[]; readonly state: State }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * A history of a thousand operations by ten clients takes a few thousand configurations when it is
 * linearizable.
 */
export const searchBoundsDefault: SearchBounds = { configurationCountMax: 300_000, durationMsMax: 5_000 };

interface Frame<State, Operation extends Interval> {
  readonly state: State;
  /** The operation that led to this frame. The first frame has none. */
  readonly taken: Entry<Operation> | undefined;
  /** The number of operations that led to this frame and have returned. */
  readonly certainCount: number;
  readonly candidates: readonly Entry<Operation>[];
  nextCandidate: number;
}

/**
 * Searches an order of the operations that explains all replies. An operation that returned before
 * another was called must come before it. This is Wing and Gong's search, which tries the
 * operations that may come next one after the other, with Lowe's memory of the configurations
 * already visited. Operations in doubt may come at any position after their call, or nowhere.
 */
export function search<State, Operation extends Interval>(
  history: readonly Operation[],
  model: Model<State, Operation>,
  bounds: SearchBounds = searchBoundsDefault,
): Verdict<State, Operation> {
  const certain = history.filter(({ returned }) => returned !== Number.POSITIVE_INFINITY);
  const doubtful = history.filter(({ returned }) => returned === Number.POSITIVE_INFINITY);
  return new Search(certain, doubtful, model, bounds).run();
}

class Search<State, Operation extends Interval> {
  readonly #model: Model<State, Operation>;
  readonly #bounds: SearchBounds;
  readonly #certain: OperationList<Operation>;
  readonly #doubtful: OperationList<Operation>;
  readonly #certainCount: number;
  /** One bit for each operation that has its place in the order. */
  readonly #linearized: Buffer;
  readonly #known = new Set<string>();
  readonly #frames: Frame<State, Operation>[] = [];
  #longest: { certainCount: number; order: Operation[]; state: State };

  constructor(
    certain: readonly Operation[],
    doubtful: readonly Operation[],
    model: Model<State, Operation>,
    bounds: SearchBounds,
  ) {
    this.#model = model;
    this.#bounds = bounds;
    this.#certainCount = certain.length;
    this.#certain = new OperationList(certain, 0);
    this.#doubtful = new OperationList(doubtful, certain.length);
    this.#linearized = Buffer.alloc(Math.ceil((certain.length + doubtful.length) / 8));
    this.#longest = { certainCount: 0, order: [], state: model.initial };
  }

  run(): Verdict<State, Operation> {
    const deadline = performance.now() + this.#bounds.durationMsMax;
    this.#enter(undefined, this.#model.initial);
    while (!this.#certain.isEmpty) {
      const frame = this.#frames.at(-1);
      if (frame === undefined) return { kind: 'violation', order: this.#longest.order, state: this.#longest.state };
      if (this.#known.size > this.#bounds.configurationCountMax)
        return { kind: 'unknown', why: `more than ${this.#bounds.configurationCountMax} configurations` };
      if (performance.now() > deadline) return { kind: 'unknown', why: `more than ${this.#bounds.durationMsMax} ms` };
      this.#advance(frame);
    }
    return { kind: 'linearizable', order: this.#order() };
  }

  /** Tries the frame's next candidate, or leaves the frame when there are no more. */
  #advance(frame: Frame<State, Operation>): void {
    const entry = frame.candidates[frame.nextCandidate];
    frame.nextCandidate += 1;
    if (entry === undefined) {
      this.#frames.pop();
      if (frame.taken !== undefined) this.#putBack(frame.taken);
      return;
    }
    const state = this.#model.step(frame.state, entry.operation);
    if (state === undefined) return;
    this.#takeOut(entry);
    const configuration = this.#linearized.toString('latin1') + this.#model.describe(state);
    if (this.#known.has(configuration)) {
      this.#putBack(entry);
      return;
    }
    this.#known.add(configuration);
    this.#enter(entry, state);
  }

  #enter(taken: Entry<Operation> | undefined, state: State): void {
    const isCertain = taken !== undefined && taken.index < this.#certainCount;
    const certainCount = (this.#frames.at(-1)?.certainCount ?? 0) + (isCertain ? 1 : 0);
    this.#frames.push({ state, taken, certainCount, candidates: this.#candidates(state), nextCandidate: 0 });
    if (certainCount > this.#longest.certainCount) this.#longest = { certainCount, order: this.#order(), state };
  }

  /**
   * Operations in doubt come last: most had no effect, or an effect that a later reply requires.
   * Empty at a dead end.
   */
  #candidates(state: State): Entry<Operation>[] {
    const { entries, firstReturn } = this.#certain.openers(Number.POSITIVE_INFINITY);
    if (!entries.every(({ operation }) => this.#model.mayAnswer(state, operation))) return [];
    return [...entries, ...this.#doubtful.openers(firstReturn).entries];
  }

  #order(): Operation[] {
    return this.#frames.flatMap(({ taken }) => taken?.operation ?? []);
  }

  #takeOut(entry: Entry<Operation>): void {
    this.#listOf(entry).takeOut(entry);
    this.#flip(entry.index);
  }

  #putBack(entry: Entry<Operation>): void {
    this.#listOf(entry).putBack(entry);
    this.#flip(entry.index);
  }

  #listOf({ index }: Entry<Operation>): OperationList<Operation> {
    return index < this.#certainCount ? this.#certain : this.#doubtful;
  }

  #flip(index: number): void {
    const byte = index >> 3;
    this.#linearized.writeUInt8(this.#linearized.readUInt8(byte) ^ (1 << (index & 7)), byte);
  }
}
