import type { Bench } from './bench.ts';

/** One part of the measurements. */
export interface Scenario {
  /** What it does, in a line. */
  readonly about: string;
  run(bench: Bench): Promise<void>;
}
