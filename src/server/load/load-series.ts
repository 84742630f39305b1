/** The series of the load history. Each has one number for each sample. */
import { type RequestKind, requestKinds, type TimedKind, timedKinds } from './request-kinds.ts';

const scalars = [
  /** Requests that failed, without the ones that clients cancelled. */
  'failuresPerSecond',
  'batchesPerSecond',
  /** Writes committed together, on average. */
  'operationsPerBatch',
  /** Writes that wait for a batch. */
  'writesWaiting',
  /** Commits alone, until the data is durable; and transactions of writes with their commits. */
  'commitP50Ms',
  'commitP99Ms',
  'transactionP50Ms',
  'transactionP99Ms',
  'watchStreams',
  'watchers',
  'watchersBehind',
  'watchLagMs',
  'watchLagRows',
  'eventsPerSecond',
  'databaseBytes',
  'databaseInUseBytes',
  /** The longest delay of the event loop. */
  'eventLoopDelayMs',
  /** Processor time of the process: 1 is one processor. */
  'processors',
  'residentBytes',
  'connections',
] as const;

export type LoadSeries =
  | `${RequestKind}PerSecond`
  | `${TimedKind}P50Ms`
  | `${TimedKind}P99Ms`
  | (typeof scalars)[number];

export const loadSeries: readonly LoadSeries[] = [
  ...requestKinds.map((kind) => `${kind}PerSecond` as const),
  ...timedKinds.flatMap((kind) => [`${kind}P50Ms`, `${kind}P99Ms`] as const),
  ...scalars,
];

/** One sample. NaN: there is no value, such as a latency without requests. */
export type LoadSample = Readonly<Record<LoadSeries, number>>;
