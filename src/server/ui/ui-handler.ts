import { EtcdError, StatusCode } from '../../errors.ts';
import { httpStatusOf } from '../gateway/http-status.ts';
import type { Status } from '../transport/grpc/status.ts';
import { type HeaderField, headerValue } from '../transport/http/header-field.ts';
import type { StreamListener } from '../transport/http/stream-listener.ts';
import type { WebExchange } from '../transport/web/web-exchange.ts';
import { ExchangeCall } from './exchange-call.ts';
import { type PageFile, PageNotBuiltError, pageFile } from './page-files.ts';
import { foreignWrite } from './page-origin.ts';
import type { UiData } from './ui-data.ts';

export interface UiHandlerOptions {
  readonly data: UiData;
  /** Runs a transaction of the page, in the form of /v3/kv/txn; absent without `--ui-write`. */
  readonly txn?: (exchange: WebExchange) => StreamListener | undefined;
  readonly statusOf: (error: unknown) => Status;
}

/** Handles a path that begins with `/ui`. */
export type UiHandler = (exchange: WebExchange, path: string) => StreamListener | undefined;

/**
 * The page loads only its own files and connects only to this server. No other page may show it in
 * a frame.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const securityFields: readonly HeaderField[] = [
  ['content-security-policy', contentSecurityPolicy],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
];

const apiPath = '/ui/api/';

/** The page: its files at `/ui/`, its data and its writes at `/ui/api/`. */
export function uiHandler({ data, txn, statusOf }: UiHandlerOptions): UiHandler {
  return (exchange, path) => {
    exchange.addFields(securityFields);
    // Relative, because a proxy may serve the page below a prefix.
    if (path === '/ui') return reply(exchange, { status: 308, fields: [['location', 'ui/']] });
    if (path === '/ui/api/txn') return write(exchange);
    if (exchange.method !== 'GET' && exchange.method !== 'HEAD') return notAllowed(exchange, 'GET, HEAD');
    if (path.startsWith(apiPath)) return read(exchange, path.slice(apiPath.length));
    file(exchange, path).catch((error: unknown) => fail(exchange, error));
    return undefined;
  };

  function write(exchange: WebExchange): StreamListener | undefined {
    if (exchange.method !== 'POST') return notAllowed(exchange, 'POST');
    if (txn === undefined) return refuse(exchange, 'writes from the page are off; start tine with --ui-write');
    const why = foreignWrite(exchange.fields);
    return why === undefined ? txn(exchange) : refuse(exchange, `only the page itself may write: ${why}`);
  }

  function read(exchange: WebExchange, name: string): StreamListener {
    const call = new ExchangeCall(exchange);
    const source = Object.hasOwn(data, name) ? data[name] : undefined;
    const result =
      source === undefined ? Promise.reject(new EtcdError(StatusCode.notFound, 'Not Found')) : source(call);
    result.then(json).then(
      (body) => call.isGone || reply(exchange, { body, fields: jsonFields }),
      (error: unknown) => call.isGone || fail(exchange, error),
    );
    return call;
  }

  function fail(exchange: WebExchange, error: unknown): undefined {
    return replyStatus(exchange, statusOf(error));
  }
}

async function file(exchange: WebExchange, path: string): Promise<void> {
  try {
    const found = await pageFile(path === '/ui/' ? 'index.html' : path.slice('/ui/'.length));
    if (found === undefined) text(exchange, 404, '404 page not found\n');
    else sendFile(exchange, found);
  } catch (error) {
    if (!(error instanceof PageNotBuiltError)) throw error;
    text(exchange, 503, 'The page is not built. In the checkout of tine, run: npm run build:ui\n');
  }
}

/** A browser requests each file again, and receives 304 unless tine has changed. */
function sendFile(exchange: WebExchange, { type, etag, bytes, gzipped }: PageFile): undefined {
  const fields: HeaderField[] = [
    ['etag', etag],
    ['cache-control', 'no-cache'],
    ['vary', 'accept-encoding'],
  ];
  if (headerValue(exchange.fields, 'if-none-match') === etag) return reply(exchange, { status: 304, fields });
  const takesGzip = /\bgzip\b/.test(headerValue(exchange.fields, 'accept-encoding') ?? '');
  if (takesGzip) fields.push(['content-encoding', 'gzip']);
  return reply(exchange, { body: takesGzip ? gzipped : bytes, fields: [...fields, ['content-type', type]] });
}

const jsonFields: readonly HeaderField[] = [
  ['content-type', 'application/json'],
  ['cache-control', 'no-store'],
];

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** In the form of the gateway's errors. */
function replyStatus(exchange: WebExchange, { code, message }: Status): undefined {
  return reply(exchange, { status: httpStatusOf(code), body: json({ code, message }), fields: jsonFields });
}

function refuse(exchange: WebExchange, message: string): undefined {
  return replyStatus(exchange, { code: StatusCode.permissionDenied, message: `tine: ${message}` });
}

function notAllowed(exchange: WebExchange, allow: string): undefined {
  return text(exchange, 405, 'Method Not Allowed\n', [['allow', allow]]);
}

function text(exchange: WebExchange, status: number, body: string, fields: readonly HeaderField[] = []): undefined {
  const type: HeaderField = ['content-type', 'text/plain; charset=utf-8'];
  return reply(exchange, { status, body: Buffer.from(body), fields: [type, ...fields] });
}

interface Reply {
  readonly status?: number;
  readonly fields: readonly HeaderField[];
  readonly body?: Buffer;
}

function reply(exchange: WebExchange, { status = 200, fields, body = Buffer.alloc(0) }: Reply): undefined {
  const length: readonly HeaderField[] = status === 304 ? [] : [['content-length', String(body.length)]];
  exchange.head(status, [...fields, ...length]);
  if (body.length > 0 && exchange.method !== 'HEAD') exchange.write(body);
  exchange.end();
  return undefined;
}
