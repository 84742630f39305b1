import type { Counter, Registry } from 'prom-client';
import type { MetricsDetail } from '../../config/config.ts';
import { limits } from '../../limits.ts';
import { LatestAnswer } from '../../statistics/latest-answer.ts';
import { paced } from '../../statistics/paced.ts';
import type { SnapshotStatistics } from '../../statistics/snapshot-statistics.ts';
import { internal } from '../../store/queues/requester.ts';
import type { Store } from '../../store/store.ts';
import type { WatchStatistics } from '../../watch/hub.ts';
import type { Identity } from '../../wire/response-headers.ts';
import type { MethodMetrics } from '../transport/grpc/method-metrics.ts';
import { callFamilies } from './call-families.ts';
import { etcdFamilies } from './etcd-families.ts';
import { expositionText } from './exposition.ts';
import { descriptorFamilies } from './process-families.ts';
import type { Scrape } from './scrape.ts';
import { snapshotFamilies } from './snapshot-families.ts';
import { tineFamilies } from './tine-families.ts';

export interface MetricsOptions {
  readonly store: Store;
  readonly methods: readonly MethodMetrics[];
  readonly identity: Identity;
  readonly etcdVersion: string;
  readonly tineVersion: string;
  readonly databaseKind: string;
  readonly detail: MetricsDetail;
  /** Infinity: no quota. */
  readonly quotaBytes: number;
  /** The number of open client connections. */
  readonly connectionCount: () => number;
  readonly watches: () => WatchStatistics;
  /** Undefined: no snapshots by schedule. */
  readonly snapshots: (() => SnapshotStatistics) | undefined;
  readonly droppedSpans: Scrape['droppedSpans'];
  readonly stalls: Scrape['stalls'];
  readonly clockJumps: Scrape['clockJumps'];
}

/**
 * Metrics that list every open resource, of which there are thousands. `tine_client_connections`
 * and `process_open_fds` show the numbers at lower cost.
 */
const expensiveMetrics = ['resources', 'handles', 'requests'].flatMap((what) => [
  `nodejs_active_${what}`,
  `nodejs_active_${what}_total`,
]);

/** The content type of Prometheus's text format. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The text of /metrics. It is assembled on request, from counters of all parts. */
export class Metrics {
  readonly contentType = contentType;
  /** Answers of /health. */
  readonly health = { successes: 0, failures: 0 };
  readonly #options: MetricsOptions;
  #runtime: Promise<Registry> | undefined;
  readonly #size: LatestAnswer<Scrape['size']>;
  readonly #leases: LatestAnswer<number>;
  readonly #keys: LatestAnswer<number | undefined>;

  constructor(options: MetricsOptions) {
    const { store } = options;
    const waitMsMax = limits.scrapeWaitMsMax;
    this.#options = options;
    this.#size = new LatestAnswer({ ask: () => store.size(internal), initial: { bytes: 0, inUseBytes: 0 }, waitMsMax });
    this.#leases = new LatestAnswer({ ask: () => store.leaseCount(), initial: 0, waitMsMax });
    const keyCount = paced(() => store.keyCount(), {
      intervalMsMin: limits.keyCountIntervalMs,
      pauseFactor: limits.keyCountPauseFactor,
    });
    this.#keys = new LatestAnswer({ ask: keyCount, initial: undefined, waitMsMax });
  }

  async text(): Promise<string> {
    this.#runtime ??= runtimeMetrics();
    const [runtime, scrape] = await Promise.all([this.#runtime, this.#scrape()]);
    const { methods, detail } = this.#options;
    const families = [
      ...etcdFamilies(scrape),
      ...callFamilies(methods, { isExtensive: detail === 'extensive' }),
      ...tineFamilies(scrape),
      ...snapshotFamilies(scrape),
      ...descriptorFamilies(),
    ];
    return (await runtime.metrics()) + expositionText(families);
  }

  /**
   * Reads the input of the metrics. While the database is unavailable, it returns the last known
   * values.
   */
  async #scrape(): Promise<Scrape> {
    const { store, watches, connectionCount, snapshots, ...configured } = this.#options;
    const [size, leases, keys, statistics] = await Promise.all([
      this.#size.get(),
      this.#leases.get(),
      this.#keys.get(),
      store.statistics(),
    ]);
    return {
      ...configured,
      store: statistics,
      head: store.latestHead,
      size: size.answer,
      leases: leases.answer,
      keys: keys.answer,
      isDatabaseUp: size.isFresh,
      isLeader: store.knownLeader === configured.identity.memberId,
      members: store.knownMembers.length,
      watches: watches(),
      connections: connectionCount(),
      snapshots: snapshots?.(),
      health: this.health,
    };
  }
}

/**
 * The metrics of the process and of its runtime. The library takes 11 MiB, so it is loaded at the
 * first request.
 */
async function runtimeMetrics(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  const { user, system } = process.cpuUsage();
  collectDefaultMetrics({ register: registry });
  for (const name of expensiveMetrics) registry.removeSingleMetric(name);
  // The library counts from its start, so the CPU time before is added.
  const add = (name: string, microseconds: number) =>
    (registry.getSingleMetric(name) as Counter).inc(microseconds / 1_000_000);
  add('process_cpu_user_seconds_total', user);
  add('process_cpu_system_seconds_total', system);
  add('process_cpu_seconds_total', user + system);
  return registry;
}
