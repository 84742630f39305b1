import type { Origin } from '../../kit/origin.ts';
import { SparseLog } from '../../kit/sparse-log.ts';
import { within } from '../../kit/within.ts';
import { limits } from '../../limits.ts';
import type { Logger } from '../../logger.ts';
import { type Alarm, alarmNumbers } from '../../mvcc/operations.ts';
import type { Requester } from '../../store/queues/requester.ts';
import type { Store } from '../../store/store.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { alarmName } from '../replies/alarm-text.ts';
import { clusterVersion, storageVersion } from '../replies/versions.ts';
import { serverLimits } from '../server-limits.ts';
import type { HeaderField } from '../transport/http/header-field.ts';
import type { WebExchange, WebHandler } from '../transport/web/web-exchange.ts';

export interface HttpEndpointsOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly emulatedEtcdVersion: string;
  /** `monitoring`: only health and metrics, for a separate address. */
  readonly served?: 'all' | 'monitoring';
}

type Handler = (query: URLSearchParams, origin: Origin) => Promise<HttpReply>;

interface HttpReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const plainText = 'text/plain; charset=utf-8';
const json = 'application/json';

/**
 * The checks of /livez and /readyz, each with its own path. The names are etcd's. The checks of
 * /readyz test whether the database answers and is not corrupt.
 */
const livenessChecks = ['serializable_read'] as const;
const readinessChecks = ['data_corruption', 'linearizable_read', 'non_learner', 'serializable_read'] as const;

/** Health, version and metrics over HTTP, with the bodies and status codes of etcd 3.7. */
export function httpEndpoints(options: HttpEndpointsOptions): WebHandler {
  const handlers = new Map<string, Handler>([
    ['/health', (query, origin) => countedHealth(options, { query, origin })],
    ['/metrics', () => metricsPage(options.metrics)],
    // An unavailable database is no reason to restart this process.
    ...checkHandlers('/livez', livenessChecks, async () => ({ failure: undefined, alarms: [] })),
    ...checkHandlers('/readyz', readinessChecks, (origin) => stateOf(options.store, origin)),
  ]);
  const faults = new SparseLog({
    logger: options.logger,
    level: 'error',
    message: 'HTTP request failed because of a bug in tine',
    linesMax: limits.sparseLogLinesMax,
    intervalMs: limits.sparseLogIntervalMs,
  });
  if (options.served !== 'monitoring') handlers.set('/version', () => version(options.emulatedEtcdVersion));

  return (exchange) => {
    answer(exchange).then(
      ({ status, type, body }) => {
        const allow: readonly HeaderField[] = status === 405 ? [['allow', 'GET']] : [];
        const fields: readonly HeaderField[] = [
          ['content-type', type],
          ['x-content-type-options', 'nosniff'],
          ...allow,
          ['content-length', String(Buffer.byteLength(body))],
        ];
        exchange.head(status, fields);
        exchange.write(Buffer.from(body));
        exchange.end();
      },
      (error: unknown) => {
        faults.write(() => ({ err: error, path: exchange.target }));
        exchange.head(500, [['content-length', '0']]);
        exchange.end();
      },
    );
    return undefined;
  };

  async function answer({ method, target, origin }: WebExchange): Promise<HttpReply> {
    // The base completes a target that is only a path.
    const url = URL.parse(target, 'http://localhost');
    const handler = url === null ? undefined : handlers.get(url.pathname);
    if (url === null || handler === undefined) return { status: 404, type: plainText, body: '404 page not found\n' };
    // Prometheus's own handler accepts any method.
    if (method !== 'GET' && url.pathname !== '/metrics')
      return { status: 405, type: plainText, body: 'Method Not Allowed\n' };
    return await handler(url.searchParams, origin);
  }
}

async function countedHealth({ store, metrics }: HttpEndpointsOptions, request: HealthRequest): Promise<HttpReply> {
  const reply = await health(store, request);
  metrics.health[reply.status === 200 ? 'successes' : 'failures'] += 1;
  return reply;
}

/**
 * `exclude`: names of alarms to ignore. `serializable=true` checks only this instance, for probes
 * that would restart it: then an unavailable database is ignored.
 */
async function health(store: Store, { query, origin }: HealthRequest): Promise<HttpReply> {
  const { failure, alarms } = await stateOf(store, origin);
  const excluded = new Set(query.getAll('exclude'));
  const alarm = alarms.find(({ number }) => !excluded.has(alarmName(number)));
  if (alarm !== undefined) return unhealthy(`ALARM ${alarmReason(alarm)}`);
  if (failure !== undefined && query.get('serializable') !== 'true') return unhealthy(`RANGE ERROR:${failure}`);
  return { status: 200, type: plainText, body: '{"health":"true","reason":""}' };
}

function unhealthy(reason: string): HttpReply {
  return { status: 503, type: plainText, body: `${JSON.stringify({ health: 'false', reason })}\n` };
}

function alarmReason({ number }: Alarm): string {
  return number === alarmNumbers.noSpace || number === alarmNumbers.corrupt ? alarmName(number) : 'UNKNOWN';
}

async function version(etcdVersion: string): Promise<HttpReply> {
  const body = JSON.stringify({
    etcdserver: etcdVersion,
    etcdcluster: clusterVersion(etcdVersion),
    storage: storageVersion(etcdVersion),
  });
  return { status: 200, type: json, body };
}

async function metricsPage(metrics: Metrics): Promise<HttpReply> {
  return { status: 200, type: metrics.contentType, body: await metrics.text() };
}

/** The data of the checks. */
interface StoreState {
  /** Why the database cannot be read, without details; undefined if it can be read. */
  readonly failure: string | undefined;
  readonly alarms: readonly Alarm[];
}

type ReadState = (origin: Origin) => Promise<StoreState>;

interface HealthRequest {
  readonly query: URLSearchParams;
  readonly origin: Origin;
}

function checkHandlers(path: string, checks: readonly string[], readState: ReadState): [string, Handler][] {
  return [
    [
      path,
      async (query, origin) =>
        checked(
          checks.filter((check) => !query.getAll('exclude').includes(check)),
          await readState(origin),
          query,
        ),
    ],
    // A check that is requested by its name is not excluded.
    ...checks.map((check): [string, Handler] => [
      `${path}/${check}`,
      async (query, origin) => checked([check], await readState(origin), query),
    ]),
  ];
}

function checked(checks: readonly string[], state: StoreState, query: URLSearchParams): HttpReply {
  let failed = false;
  let reason = '';
  for (const check of checks) {
    const failure = failureOf(check, state);
    if (failure === undefined) {
      reason += `[+]${check} ok\n`;
      continue;
    }
    failed = true;
    reason += `[-]${check} failed: ${failure}\n`;
  }
  if (failed) return { status: 503, type: plainText, body: `${reason}\n` };
  return { status: 200, type: plainText, body: query.has('verbose') ? `${reason}ok\n` : 'ok\n' };
}

function failureOf(check: string, { failure, alarms }: StoreState): string | undefined {
  if (check.endsWith('_read')) return failure;
  const isCorrupt = check === 'data_corruption' && alarms.some(({ number }) => number === alarmNumbers.corrupt);
  return isCorrupt ? 'alarm activated: CORRUPT' : undefined;
}

async function stateOf(store: Store, origin: Origin): Promise<StoreState> {
  let isGone = false;
  const requester: Requester = {
    origin,
    get isGone() {
      return isGone;
    },
  };
  try {
    const read = store.alarms(requester).then(({ alarms }) => ({ failure: undefined, alarms }));
    return await within(serverLimits.httpCheckTimeoutMs, read, () => ({
      failure: 'etcdserver: request timed out',
      alarms: [],
    }));
  } catch {
    return { failure: 'the database does not answer', alarms: [] };
  } finally {
    isGone = true;
  }
}
