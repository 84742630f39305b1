import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { StatusCode } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { WatchStatistics } from '../watch/hub.ts';
import { latencyBucketsMs, type MethodMetrics } from './grpc/method-metrics.ts';
import { splitPath } from './grpc/method-table.ts';
import type { Method } from './transport.ts';

export interface MetricsOptions {
  readonly store: Store;
  readonly methods: readonly MethodMetrics[];
  readonly version: string;
  /** Client connections that are open. */
  readonly connectionCount: () => number;
  readonly watches: () => WatchStatistics;
}

/** The text of /metrics: the process's own metrics, etcd's names where tine has the thing, and the counts of all calls. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #methods: readonly MethodMetrics[];
  readonly #store: Store;
  #size = { bytes: 0, inUseBytes: 0 };

  constructor({ store, methods, version, connectionCount, watches }: MetricsOptions) {
    this.#methods = methods;
    this.#store = store;
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    gauge('etcd_server_has_leader', 'Whether or not a leader exists. 1 is existence, 0 is not.', () => 1);
    gauge('etcd_server_is_leader', 'Whether or not this member is a leader. 1 if is, 0 otherwise.', () => 1);
    gauge('etcd_server_is_learner', 'Whether or not this member is a learner. 1 if is, 0 otherwise.', () => 0);
    gauge('etcd_debugging_mvcc_current_revision', 'The current revision of store.', () => store.latestHead.revision);
    gauge('etcd_debugging_mvcc_compact_revision', 'The revision of the last compaction in store.', () =>
      Math.max(0, store.latestHead.compactRevision),
    );
    gauge('etcd_debugging_mvcc_watch_stream_total', 'Total number of watch streams.', () => watches().streams);
    gauge('etcd_debugging_mvcc_watcher_total', 'Total number of watchers.', () => watches().watchers);
    gauge(
      'etcd_debugging_mvcc_slow_watcher_total',
      'Total number of unsynced slow watchers.',
      () => watches().watchersBehind,
    );
    gauge(
      'etcd_debugging_mvcc_events_total',
      'Total number of events sent by this member.',
      () => watches().eventsSent,
    );
    gauge('tine_event_log_bytes', 'Bytes of recent events kept in memory.', () => watches().eventLogBytes);
    gauge('tine_client_connections', 'Client connections that are open.', connectionCount);
    gauge(
      'etcd_mvcc_db_total_size_in_bytes',
      'Total size of the underlying database physically allocated in bytes.',
      () => this.#size.bytes,
    );
    gauge(
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'Total size of the underlying database logically in use in bytes.',
      () => this.#size.inUseBytes,
    );
    new Gauge({
      name: 'etcd_server_version',
      help: "Which version is running. 1 for 'server_version' label with current version.",
      labelNames: ['server_version'],
      registers,
    }).set({ server_version: version }, 1);

    function gauge(name: string, help: string, read: () => number): void {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    // A scrape must work while the database is away: then the sizes are the last that were seen.
    this.#size = await this.#store.size().catch(() => this.#size);
    return (await this.#registry.metrics()) + this.#callText();
  }

  #callText(): string {
    const labels = this.#methods.map(({ method }) => labelsOf(method));
    const lines: string[] = [];
    const section = (name: string, type: string, help: string, of: (each: MethodMetrics, labels: string) => void) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [index, each] of this.#methods.entries()) of(each, labels[index] ?? '');
    };
    section('grpc_server_started_total', 'counter', 'Total number of RPCs started on the server.', (each, own) => {
      lines.push(`grpc_server_started_total{${own}} ${each.started}`);
    });
    section(
      'grpc_server_handled_total',
      'counter',
      'Total number of RPCs completed on the server, regardless of success or failure.',
      (each, own) => {
        for (const [code, count] of each.handled.entries()) {
          // As etcd shows them: calls that went well are there from the start, failures when there are some.
          if (count === 0 && code !== StatusCode.ok) continue;
          lines.push(`grpc_server_handled_total{grpc_code="${codeNames[code]}",${own}} ${count}`);
        }
      },
    );
    section(
      'grpc_server_handling_seconds',
      'histogram',
      'Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.',
      (each, own) => {
        if (each.method.kind === 'unary') lines.push(...histogramLines(each, own));
      },
    );
    return `${lines.join('\n')}\n`;
  }
}

function histogramLines({ latencies, latencySumMs }: MethodMetrics, labels: string): readonly string[] {
  let count = 0;
  const buckets = latencies.map((each, index) => {
    count += each;
    const boundMs = latencyBucketsMs[index];
    const bound = boundMs === undefined ? '+Inf' : String(boundMs / 1000);
    return `grpc_server_handling_seconds_bucket{${labels},le="${bound}"} ${count}`;
  });
  return [
    ...buckets,
    `grpc_server_handling_seconds_sum{${labels}} ${latencySumMs / 1000}`,
    `grpc_server_handling_seconds_count{${labels}} ${count}`,
  ];
}

const typeNames: Readonly<Record<Method['kind'], string>> = {
  unary: 'unary',
  serverStream: 'server_stream',
  bidirectional: 'bidi_stream',
};

function labelsOf({ path, kind }: Method): string {
  const split = splitPath(path);
  return `grpc_method="${split?.method}",grpc_service="${split?.service}",grpc_type="${typeNames[kind]}"`;
}

/** By number, as prometheus's middleware for gRPC spells them. */
const codeNames: readonly string[] = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];
