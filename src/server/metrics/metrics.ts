import type { Counter, Registry } from 'prom-client';
import type { MetricsDetail } from '../../config/config.ts';
import { limits } from '../../limits.ts';
import { LatestAnswer } from '../../statistics/latest-answer.ts';
import { paced } from '../../statistics/paced.ts';
import { internal } from '../../store/requester.ts';
import type { Store } from '../../store/store.ts';
import type { WatchStatistics } from '../../watch/hub.ts';
import type { Origin } from '../../wire/response-headers.ts';
import type { MethodMetrics } from '../transport/grpc/method-metrics.ts';
import { callFamilies } from './call-families.ts';
import { etcdFamilies } from './etcd-families.ts';
import { expositionText } from './exposition.ts';
import { descriptorFamilies } from './process-families.ts';
import type { Scrape } from './scrape.ts';
import { tineFamilies } from './tine-families.ts';

export interface MetricsOptions {
  readonly store: Store;
  readonly methods: readonly MethodMetrics[];
  readonly origin: Origin;
  readonly etcdVersion: string;
  readonly tineVersion: string;
  readonly databaseKind: string;
  readonly detail: MetricsDetail;
  /** Infinite: there is none. */
  readonly quotaBytes: number;
  /** Client connections that are open. */
  readonly connectionCount: () => number;
  readonly watches: () => WatchStatistics;
  readonly stalls: Scrape['stalls'];
  readonly clockJumps: Scrape['clockJumps'];
}

/** Lists of everything open, of which there are thousands. `tine_client_connections` and `process_open_fds` say it for less. */
const walksOverConnections = ['resources', 'handles', 'requests'].flatMap((what) => [
  `nodejs_active_${what}`,
  `nodejs_active_${what}_total`,
]);

/** Of Prometheus's text format. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The text of /metrics: put together when it is asked for, from what is counted where it happens. */
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
      ...descriptorFamilies(),
    ];
    return (await runtime.metrics()) + expositionText(families);
  }

  /** It must work while the database is away: then it says what was seen last. */
  async #scrape(): Promise<Scrape> {
    const { store, watches, connectionCount, ...told } = this.#options;
    const [size, leases, keys, statistics] = await Promise.all([
      this.#size.get(),
      this.#leases.get(),
      this.#keys.get(),
      store.statistics(),
    ]);
    return {
      ...told,
      store: statistics,
      head: store.latestHead,
      size: size.answer,
      leases: leases.answer,
      keys: keys.answer,
      isDatabaseUp: size.isFresh,
      isLeader: store.knownLeader === told.origin.memberId,
      members: store.knownMembers.length,
      watches: watches(),
      connections: connectionCount(),
      health: this.health,
    };
  }
}

/** The process's own metrics, and those of its runtime: where nobody ever asks, the library's 11 MiB are not loaded. */
async function runtimeMetrics(): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  const { user, system } = process.cpuUsage();
  collectDefaultMetrics({ register: registry });
  for (const name of walksOverConnections) registry.removeSingleMetric(name);
  // The library counts from here on.
  const add = (name: string, microseconds: number) =>
    (registry.getSingleMetric(name) as Counter).inc(microseconds / 1_000_000);
  add('process_cpu_user_seconds_total', user);
  add('process_cpu_system_seconds_total', system);
  add('process_cpu_seconds_total', user + system);
  return registry;
}
