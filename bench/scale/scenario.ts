import type { Bench } from './bench.ts';

/** One part of the measurements. */
export interface Scenario {
  /** What it does, in a line. */
  readonly about: string;
  /** The scenario reads SQLite's file, which does not exist on a database server. */
  readonly needsFile?: boolean;
  run(bench: Bench): Promise<void>;
}
