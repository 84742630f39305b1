import { posix } from 'node:path';
import { listAllows } from '../../config/listen/listen-web-lists.ts';
import { type HeaderField, headerValue } from '../transport/http/header-field.ts';
import type { WebExchange, WebHandler } from '../transport/web/web-exchange.ts';

export interface WebHandlerOptions {
  /** Origins of web pages that may read answers. */
  readonly cors: readonly string[];
  /** Handles paths that begin with `/v3/`; absent if there is no gateway. */
  readonly gateway?: (exchange: WebExchange, path: string) => ReturnType<WebHandler>;
  /** Handles `/ui` and paths that begin with `/ui/`; absent if there is no page. */
  readonly ui?: (exchange: WebExchange, path: string) => ReturnType<WebHandler>;
  /** Handles all other paths. */
  readonly endpoints: WebHandler;
}

/**
 * Handles all HTTP requests except gRPC, as etcd does: adds the CORS headers and routes by path.
 */
export function webHandler({ cors, gateway, ui, endpoints }: WebHandlerOptions): WebHandler {
  return (exchange) => {
    // Pages of other sites never read what belongs to tine's own page.
    if (ui !== undefined && /^\/ui(?:[/?]|$)/.test(exchange.target)) return ui(exchange, uiPath(exchange));
    exchange.addFields(corsFields(cors, headerValue(exchange.fields, 'origin')));
    if (exchange.method === 'OPTIONS') return answer(exchange, 200, []);
    const [escapedPath = ''] = exchange.target.split('?', 1);
    const path = unescaped(escapedPath);
    if (path === undefined) {
      return answer(exchange, 400, [['content-type', 'text/plain; charset=utf-8']], '400 Bad Request');
    }
    const normalized = path === '/v3' ? '/v3/' : posix.normalize(path);
    if (path.startsWith('/') && normalized !== path) {
      const query = exchange.target.slice(escapedPath.length);
      return answer(exchange, 307, [['location', encodeURI(normalized) + query]]);
    }
    // The prefix of the gateway's paths before etcd 3.4.
    const current = path.replace(/^\/v3beta\//, '/v3/');
    return current.startsWith('/v3/') && gateway !== undefined ? gateway(exchange, current) : endpoints(exchange);
  };
}

/** The names of the page's files and data need no escapes. */
function uiPath({ target }: WebExchange): string {
  return target.split('?', 1)[0] ?? '';
}

/** Headers that allow a web page of this origin to read the answer. */
function corsFields(cors: readonly string[], origin: string | undefined): readonly HeaderField[] {
  const allowed = listAllows(cors, '*') ? '*' : origin;
  if (allowed === undefined || !listAllows(cors, allowed)) return [];
  return [
    ['access-control-allow-methods', 'POST, GET, OPTIONS, PUT, DELETE'],
    ['access-control-allow-origin', allowed],
    ['access-control-allow-headers', 'accept, content-type, authorization'],
  ];
}

/**
 * Whether a page of this origin may read answers. A request that no page has sent has no origin.
 */
export function mayRead(cors: readonly string[], origin: string | undefined): boolean {
  return origin === undefined || listAllows(cors, origin);
}

/** Undefined: an escape is invalid. */
function unescaped(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function answer(exchange: WebExchange, status: number, fields: readonly HeaderField[], text = ''): undefined {
  exchange.head(status, [...fields, ['content-length', String(Buffer.byteLength(text))]]);
  if (text !== '') exchange.write(Buffer.from(text));
  exchange.end();
  return undefined;
}
