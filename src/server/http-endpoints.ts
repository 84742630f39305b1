import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../logger.ts';
import type { Store } from '../store/store.ts';
import type { Metrics } from './metrics.ts';
import { serverLimits } from './server-limits.ts';
import { clusterVersion, storageVersion } from './versions.ts';

export interface HttpEndpointsOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly emulatedEtcdVersion: string;
}

type Handler = (query: URLSearchParams) => Promise<HttpReply>;

interface HttpReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const plainText = 'text/plain; charset=utf-8';
const json = 'application/json';

/** The checks behind /livez and /readyz, each with its own path. Names are etcd's; those of /readyz come down to: does the database answer. */
const livenessChecks = ['serializable_read'] as const;
const readinessChecks = ['data_corruption', 'linearizable_read', 'non_learner', 'serializable_read'] as const;

/** What etcd serves over HTTP/1.1 beside gRPC: health, version and metrics. Bodies and status codes are etcd 3.7's. */
export function httpEndpoints(options: HttpEndpointsOptions) {
  const handlers = new Map<string, Handler>([
    ['/health', () => health(options.store)],
    ['/version', () => version(options.emulatedEtcdVersion)],
    ['/metrics', () => metricsPage(options.metrics)],
    // A database that is away is no reason to start this process anew.
    ...checkHandlers('/livez', livenessChecks, async () => undefined),
    ...checkHandlers('/readyz', readinessChecks, () => readFailure(options.store)),
  ]);

  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request).then(
      ({ status, type, body }) => {
        const allow = status === 405 ? { allow: 'GET' } : {};
        response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff', ...allow });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
      (error: unknown) => {
        options.logger.error({ error, path: request.url }, 'an HTTP request failed on a fault of this server');
        response.writeHead(500).end();
      },
    );
  };

  async function answer(request: IncomingMessage): Promise<HttpReply> {
    // The base only completes what is a path alone.
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    const handler = url === null ? undefined : handlers.get(url.pathname);
    if (url === null || handler === undefined) return { status: 404, type: plainText, body: '404 page not found\n' };
    if (request.method !== 'GET') return { status: 405, type: plainText, body: 'Method Not Allowed\n' };
    return await handler(url.searchParams);
  }
}

async function health(store: Store): Promise<HttpReply> {
  const failure = await readFailure(store);
  if (failure === undefined) return { status: 200, type: plainText, body: '{"health":"true","reason":""}' };
  const body = `${JSON.stringify({ health: 'false', reason: `RANGE ERROR:${failure}` })}\n`;
  return { status: 503, type: plainText, body };
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

type ReadFailure = () => Promise<string | undefined>;

function checkHandlers(path: string, checks: readonly string[], read: ReadFailure): [string, Handler][] {
  return [
    [path, (query) => runChecks(checks, read, query)],
    ...checks.map((check): [string, Handler] => [`${path}/${check}`, (query) => runChecks([check], read, query)]),
  ];
}

async function runChecks(checks: readonly string[], read: ReadFailure, query: URLSearchParams): Promise<HttpReply> {
  const excluded = new Set(query.getAll('exclude'));
  const failure = await read();
  let failed = false;
  let reason = '';
  for (const check of checks) {
    if (excluded.has(check)) continue;
    if (failure === undefined || !check.endsWith('_read')) {
      reason += `[+]${check} ok\n`;
      continue;
    }
    failed = true;
    reason += `[-]${check} failed: ${failure}\n`;
  }
  if (failed) return { status: 503, type: plainText, body: `${reason}\n` };
  return { status: 200, type: plainText, body: query.has('verbose') ? `${reason}ok\n` : 'ok\n' };
}

/** Why the database cannot be read, without its details; undefined when it can. */
async function readFailure(store: Store): Promise<string | undefined> {
  const timeout = Promise.withResolvers<string>();
  const timer = setTimeout(() => timeout.resolve('etcdserver: request timed out'), serverLimits.httpCheckTimeoutMs);
  try {
    return await Promise.race([store.head().then(() => undefined), timeout.promise]);
  } catch {
    return 'the database does not answer';
  } finally {
    clearTimeout(timer);
  }
}
