import { countedBetween, type HistogramCounts, valueCount } from '../../statistics/histogram.ts';
import { quantile } from '../../statistics/quantile.ts';
import type { LoadCounters } from './load-counters.ts';
import type { LoadSample } from './load-series.ts';
import { type RequestKind, requestKinds, type TimedKind, timedKinds } from './request-kinds.ts';

/** The load between two readings of the counters. */
export function loadSample(earlier: LoadCounters, later: LoadCounters): LoadSample {
  const seconds = (later.atMs - earlier.atMs) / 1_000;
  const perSecond = (read: (counters: LoadCounters) => number): number => (read(later) - read(earlier)) / seconds;
  const between = (read: (counters: LoadCounters) => HistogramCounts): HistogramCounts =>
    countedBetween(read(earlier), read(later));
  const batches = between(({ batchOperations }) => batchOperations);
  const batchCount = valueCount(batches);
  return {
    ...rates((kind) => perSecond(({ requests }) => requests[kind])),
    ...latencies((kind) => between((counters) => counters.latencies[kind])),
    failuresPerSecond: perSecond(({ failures }) => failures),
    batchesPerSecond: batchCount / seconds,
    operationsPerBatch: batchCount === 0 ? Number.NaN : batches.sum / batchCount,
    writesWaiting: later.writesWaiting,
    ...quantiles(
      'commit',
      between(({ commits }) => commits),
    ),
    ...quantiles(
      'transaction',
      between(({ writeTransactions }) => writeTransactions),
    ),
    watchStreams: later.watches.streams,
    watchers: later.watches.watchers,
    watchersBehind: later.watches.watchersBehind,
    watchLagMs: later.watches.lag.ms,
    watchLagRows: later.watches.lag.ids,
    eventsPerSecond: perSecond(({ watches }) => watches.eventsSent),
    databaseBytes: later.size.bytes,
    databaseInUseBytes: later.size.inUseBytes,
    eventLoopDelayMs: later.eventLoopDelayMs,
    processors: perSecond(({ processorMs }) => processorMs) / 1_000,
    residentBytes: later.residentBytes,
    connections: later.connections,
  };
}

function rates(rateOf: (kind: RequestKind) => number) {
  const entries = requestKinds.map((kind) => [`${kind}PerSecond`, rateOf(kind)]);
  return Object.fromEntries(entries) as Record<`${RequestKind}PerSecond`, number>;
}

function latencies(countsOf: (kind: TimedKind) => HistogramCounts) {
  const parts = timedKinds.map((kind) => quantiles(kind, countsOf(kind)));
  return Object.assign({}, ...parts) as Quantiles<TimedKind>;
}

type Quantiles<Name extends string> = Record<`${Name}P50Ms` | `${Name}P99Ms`, number>;

function quantiles<Name extends string>(name: Name, counts: HistogramCounts) {
  const entries = [
    [`${name}P50Ms`, quantile(counts, 0.5)],
    [`${name}P99Ms`, quantile(counts, 0.99)],
  ];
  return Object.fromEntries(entries) as Quantiles<Name>;
}
