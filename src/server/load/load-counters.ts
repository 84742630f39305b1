/** Reads everything that a sample of the load is computed from. */
import { StatusCode } from '../../errors.ts';
import { recordOf } from '../../kit/record-of.ts';
import { limits } from '../../limits.ts';
import { requestBoundsMs } from '../../statistics/bounds.ts';
import { addedHistograms, Histogram, type HistogramCounts } from '../../statistics/histogram.ts';
import { LatestAnswer } from '../../statistics/latest-answer.ts';
import { paced } from '../../statistics/paced.ts';
import { internal } from '../../store/queues/requester.ts';
import type { Store } from '../../store/store.ts';
import type { WatchStatistics } from '../../watch/hub.ts';
import { serverLimits } from '../server-limits.ts';
import type { MethodMetrics } from '../transport/grpc/method-metrics.ts';
import { type RequestKind, requestKindOf, requestKinds, type TimedKind, timedKinds } from './request-kinds.ts';

/** Where the numbers are counted. */
export interface LoadSources {
  readonly store: Pick<Store, 'statistics' | 'size'>;
  readonly methods: readonly MethodMetrics[];
  readonly watches: () => WatchStatistics;
  readonly connectionCount: () => number;
  /** The longest delay of the event loop since the previous call. */
  readonly takeLongestDelayMs: () => number;
}

/** The counters since the start of the server, and the state at one moment. */
export interface LoadCounters {
  /** As in `performance.now()`. */
  readonly atMs: number;
  readonly requests: Readonly<Record<RequestKind, number>>;
  readonly latencies: Readonly<Record<TimedKind, HistogramCounts>>;
  readonly failures: number;
  readonly batchOperations: HistogramCounts;
  readonly writesWaiting: number;
  readonly commits: HistogramCounts;
  readonly writeTransactions: HistogramCounts;
  readonly watches: Pick<WatchStatistics, 'streams' | 'watchers' | 'watchersBehind' | 'eventsSent' | 'lag'>;
  /** NaN until it was read for the first time. */
  readonly size: { readonly bytes: number; readonly inUseBytes: number };
  readonly connections: number;
  /** The longest delay of the event loop since the previous reading. */
  readonly eventLoopDelayMs: number;
  readonly processorMs: number;
  readonly residentBytes: number;
}

export class LoadCounterReader {
  readonly #sources: LoadSources;
  readonly #methodsByKind: Readonly<Record<RequestKind, readonly MethodMetrics[]>>;
  /**
   * Read once a minute: on servers it is a query, and an idle server should send none that it can
   * avoid.
   */
  readonly #size: LatestAnswer<LoadCounters['size'] | undefined>;

  constructor(sources: LoadSources) {
    this.#sources = sources;
    this.#methodsByKind = byKind(sources.methods);
    const readSize = paced(() => sources.store.size(internal), {
      intervalMsMin: serverLimits.loadSizeIntervalMs,
      pauseFactor: limits.keyCountPauseFactor,
    });
    this.#size = new LatestAnswer({ ask: readSize, initial: undefined, waitMsMax: limits.scrapeWaitMsMax });
  }

  async read(): Promise<LoadCounters> {
    const { store, watches, connectionCount, takeLongestDelayMs } = this.#sources;
    const [{ writes, database, quotaWaits }, size] = await Promise.all([store.statistics(), this.#size.get()]);
    const { user, system } = process.cpuUsage();
    return {
      atMs: performance.now(),
      ...this.#calls(),
      batchOperations: copyOf(writes.batchOperations),
      writesWaiting: writes.waiting + quotaWaits.waiting,
      commits: copyOf(database.commits),
      writeTransactions: copyOf(database.writeTransactions),
      watches: watches(),
      size: size.answer ?? { bytes: Number.NaN, inUseBytes: Number.NaN },
      connections: connectionCount(),
      eventLoopDelayMs: takeLongestDelayMs(),
      processorMs: (user + system) / 1_000,
      residentBytes: process.memoryUsage.rss(),
    };
  }

  #calls(): Pick<LoadCounters, 'requests' | 'latencies' | 'failures'> {
    const methods = this.#methodsByKind;
    return {
      requests: recordOf(requestKinds, (kind) => sumOf(methods[kind], requestsOf)),
      latencies: recordOf(timedKinds, (kind) => methods[kind].map(latenciesOf).reduce(addedHistograms, noLatencies)),
      failures: sumOf(this.#sources.methods, failuresOf),
    };
  }
}

const noLatencies: HistogramCounts = new Histogram(requestBoundsMs);

/** Renewals of leases are messages of a stream. All others are calls. */
function requestsOf({ method, received, started }: MethodMetrics): number {
  return requestKindOf(method.path) === 'keepAlive' ? received.messages : started;
}

function latenciesOf({ successes, failures }: MethodMetrics): HistogramCounts {
  return addedHistograms(successes, failures);
}

function failuresOf({ handled }: MethodMetrics): number {
  const total = handled.reduce((sum, count) => sum + count, 0);
  return total - (handled[StatusCode.ok] ?? 0) - (handled[StatusCode.canceled] ?? 0);
}

/** The counters of the store are changed in place. */
function copyOf({ bounds, counts, sum }: HistogramCounts): HistogramCounts {
  return { bounds, counts: [...counts], sum };
}

function byKind(methods: readonly MethodMetrics[]): Readonly<Record<RequestKind, readonly MethodMetrics[]>> {
  return recordOf(requestKinds, (kind) => methods.filter(({ method }) => requestKindOf(method.path) === kind));
}

function sumOf(methods: readonly MethodMetrics[], read: (metrics: MethodMetrics) => number): number {
  return methods.reduce((sum, metrics) => sum + read(metrics), 0);
}
