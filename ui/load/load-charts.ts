/** The charts of the view Load, in their order. */
import { bytesText, countText, millisecondsText, numberText } from '../parts/quantities.ts';

export interface LoadChart {
  readonly title: string;
  /** What the numbers are. */
  readonly about: string;
  readonly text: (value: number) => string;
  /** Distances between two lines of the grid; absent: any round number. */
  readonly steps?: readonly number[];
  readonly lines: readonly LoadLine[];
}

/** Sizes in the units of `bytesText`. */
const sizeSteps = Array.from({ length: 45 }, (_, exponent) => 2 ** exponent);
const countSteps = Array.from({ length: 10 }, (_, exponent) => [1, 2, 5].map((digit) => digit * 10 ** exponent)).flat();

export interface LoadLine {
  /** The name of the series in the server's answer. */
  readonly series: string;
  readonly label: string;
}

const perSecond = (value: number): string => `${numberText(value)}/s`;

/** Requests by kind, in one order everywhere, so that a kind has one colour. */
const kinds = [
  ['range', 'Range'],
  ['put', 'Put'],
  ['deleteRange', 'DeleteRange'],
  ['txn', 'Txn'],
  ['lease', 'Lease'],
] as const;

const latencyLines = (quantile: 'P50' | 'P99'): readonly LoadLine[] =>
  kinds.map(([kind, label]) => ({ series: `${kind}${quantile}Ms`, label }));

export const loadCharts: readonly LoadChart[] = [
  {
    title: 'Requests',
    about: 'Requests a second, by method',
    text: perSecond,
    lines: [
      ...kinds.map(([kind, label]) => ({ series: `${kind}PerSecond`, label })),
      { series: 'keepAlivePerSecond', label: 'LeaseKeepAlive' },
      { series: 'otherPerSecond', label: 'Other' },
      { series: 'failuresPerSecond', label: 'Failed' },
    ],
  },
  {
    title: 'Latency, 99 of 100',
    about: '99 of 100 requests took at most this time',
    text: millisecondsText,
    lines: latencyLines('P99'),
  },
  {
    title: 'Latency, median',
    about: 'Half of the requests took at most this time',
    text: millisecondsText,
    lines: latencyLines('P50'),
  },
  {
    title: 'Write batches',
    about: 'Batches a second. Writes that arrive together are committed together',
    text: perSecond,
    lines: [{ series: 'batchesPerSecond', label: 'Batches' }],
  },
  {
    title: 'Writes in a batch',
    about: 'Writes committed together, on average, and writes that wait for their batch',
    text: numberText,
    lines: [
      { series: 'operationsPerBatch', label: 'In a batch' },
      { series: 'writesWaiting', label: 'Waiting' },
    ],
  },
  {
    title: 'Commit',
    about: 'Time until a batch is on disk (fsync), and of its whole transaction',
    text: millisecondsText,
    lines: [
      { series: 'commitP50Ms', label: 'Commit, median' },
      { series: 'commitP99Ms', label: 'Commit, 99 of 100' },
      { series: 'transactionP99Ms', label: 'Transaction, 99 of 100' },
    ],
  },
  {
    title: 'Watches',
    about: 'Open watches, the streams they are on, and watches that catch up',
    text: countText,
    steps: countSteps,
    lines: [
      { series: 'watchers', label: 'Watches' },
      { series: 'watchStreams', label: 'Streams' },
      { series: 'watchersBehind', label: 'Catching up' },
    ],
  },
  {
    title: 'Events',
    about: 'Events a second sent to watches',
    text: perSecond,
    lines: [{ series: 'eventsPerSecond', label: 'Events' }],
  },
  {
    title: 'Watch lag',
    about: 'Time since there have been committed events that watches have not received',
    text: millisecondsText,
    lines: [{ series: 'watchLagMs', label: 'Lag' }],
  },
  {
    title: 'Database',
    about: 'Size of the database, and the part of it in use. Read once a minute',
    text: bytesText,
    steps: sizeSteps,
    lines: [
      { series: 'databaseBytes', label: 'Size' },
      { series: 'databaseInUseBytes', label: 'In use' },
    ],
  },
  {
    title: 'Event loop',
    about: 'The longest time for which the event loop was blocked',
    text: millisecondsText,
    lines: [{ series: 'eventLoopDelayMs', label: 'Longest delay' }],
  },
  {
    title: 'Processor',
    about: 'Processors that the server used: 1 is one whole processor',
    text: numberText,
    lines: [{ series: 'processors', label: 'Processors' }],
  },
  {
    title: 'Memory',
    about: 'Resident memory of the server',
    text: bytesText,
    steps: sizeSteps,
    lines: [{ series: 'residentBytes', label: 'Resident' }],
  },
  {
    title: 'Connections',
    about: 'Open connections of clients',
    text: countText,
    steps: countSteps,
    lines: [{ series: 'connections', label: 'Connections' }],
  },
];
