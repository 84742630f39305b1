/** A statement of a transaction, or its commit. Times are of `performance.now()`. */
export interface Step {
  /** The short name of the statement. */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Rows returned or changed. */
  readonly rows: number;
}

/** A transaction may run thousands of statements. The first ones show what it does. */
const stepsMax = 64;

/** Collects the steps of a transaction that is traced. */
export class StepLog {
  readonly #steps: Step[] = [];

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** Adds a step that has just ended. */
  add(name: string, ms: number, rows: number): void {
    const endMs = performance.now();
    this.addStep({ name, startMs: endMs - ms, endMs, rows });
  }

  addStep(step: Step): void {
    if (this.#steps.length < stepsMax || step.name === commitName) this.#steps.push(step);
  }
}

/** The name of the step that commits. There are few, and each is recorded. */
export const commitName = 'commit';
