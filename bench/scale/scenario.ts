import type { Bench } from './bench.ts';

/** One part of the measurements. */
export interface Scenario {
  /** What it does, in a line. */
  readonly about: string;
  /** It looks into SQLite's file: there is none on a database server. */
  readonly needsFile?: boolean;
  run(bench: Bench): Promise<void>;
}
