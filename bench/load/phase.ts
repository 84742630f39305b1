import type { Connection } from './connection.ts';
import type { KeyTable } from './key-table.ts';
import type { Options } from './options.ts';
import type { Sample } from './sample.ts';

/** The tools of a phase, in one thread. */
export interface PhaseContext {
  readonly options: Options;
  /** The clients of this thread: its share of all clients of the phase. */
  readonly clientCount: number;
  /** The connection of a client. */
  readonly connection: (client: number) => Connection;
  readonly watchConnection: Connection;
  readonly keys: KeyTable;
  readonly value: () => Buffer;
}

/** One kind of load. */
export interface Phase {
  readonly measures: 'rate' | 'time';
  /** Clients of all threads together. One runs in one thread. */
  readonly clientCount: (options: Options) => number;
  readonly run: (context: PhaseContext) => Promise<Sample>;
}
