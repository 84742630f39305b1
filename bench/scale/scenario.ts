import type { Bench } from './bench.ts';

/** One part of the measurements. */
export interface Scenario {
  /** What the scenario measures, in one line. */
  readonly about: string;
  /** The scenario reads SQLite's file, which does not exist on a database server. */
  readonly needsFile?: boolean;
  run(bench: Bench): Promise<void>;
}
