import { EtcdError, etcdError, StatusCode } from '../../errors.ts';
import type { HeldBytes } from '../transport/budget/held-bytes.ts';
import type { RequestTimeouts } from '../transport/budget/request-timeouts.ts';
import type { Turns } from '../transport/budget/turns.ts';
import type { GrpcServer } from '../transport/grpc/grpc-server.ts';
import { headerValue } from '../transport/http/header-field.ts';
import type { StreamListener } from '../transport/http/stream-listener.ts';
import type { WebExchange } from '../transport/web/web-exchange.ts';
import { callFields } from './call-fields.ts';
import { GatewayCall } from './gateway-call.ts';
import { httpStatusOf } from './http-status.ts';
import { methodSchema } from './json/message-schema.ts';
import { LargeValues } from './large-values.ts';
import { gatewayRoutes } from './routes.ts';

export interface GatewayOptions {
  readonly grpc: GrpcServer;
  /** Memory of unfinished requests. */
  readonly held: HeldBytes;
  readonly requestTimeouts: RequestTimeouts;
  /** The JSON of calls is read and written in turns. */
  readonly turns: Turns;
  /** Limit of concurrent calls. As in etcd, they are streams of one client for the gRPC server. */
  readonly maxConcurrentStreams: number;
  /** Whether a certificate names the user over gRPC. */
  readonly certificatesNameUsers: () => boolean;
}

const form = 'application/x-www-form-urlencoded';

/**
 * etcd's methods for clients that use HTTP and JSON: paths that begin with `/v3/`. Statuses,
 * headers and texts are the same as in etcd 3.7, which uses grpc-gateway.
 */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #rpcs = new Map(gatewayRoutes.map(({ path, rpc }) => [path, rpc]));
  readonly #calls = new Set<GatewayCall>();
  readonly #largeValues = new LargeValues();
  #onIdle: (() => void) | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    options.requestTimeouts.watch(this.#calls);
  }

  /** `path`: unescaped. */
  accept(exchange: WebExchange, path: string): StreamListener | undefined {
    if (this.#options.certificatesNameUsers() && (exchange.commonName ?? '') !== '') {
      refuseCertificate(exchange);
      return undefined;
    }
    try {
      return this.#call(exchange, path);
    } catch (error) {
      refuse(exchange, this.#options.grpc.statusOf(error, { isStream: false }));
      return undefined;
    }
  }

  /** Resolves when every current call is answered. */
  async whenIdle(): Promise<void> {
    if (this.#calls.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #call(exchange: WebExchange, path: string): StreamListener {
    const rpc = this.#rpcs.get(path);
    if (rpc === undefined) throw new EtcdError(StatusCode.notFound, 'Not Found');
    if (methodOf(exchange) !== 'POST') throw new EtcdError(StatusCode.unimplemented, 'Method Not Allowed');
    const fields = callFields(exchange.fields, rpc);
    if (this.#calls.size >= this.#options.maxConcurrentStreams) throw etcdError('tooManyRequests');
    const { grpc, held, turns } = this.#options;
    const onEnded = () => this.#forget(call);
    const call: GatewayCall = new GatewayCall({
      grpc,
      held,
      turns,
      exchange,
      largeValues: this.#largeValues,
      method: methodSchema(rpc),
      fields,
      onEnded,
    });
    if (!call.isOver) this.#calls.add(call);
    return call;
  }

  #forget(call: GatewayCall): void {
    this.#calls.delete(call);
    if (this.#calls.size === 0) this.#onIdle?.();
  }
}

/**
 * A client that relies on the name in its certificate would be unauthenticated here. The error is
 * etcd's.
 */
function refuseCertificate(exchange: WebExchange): void {
  const text = 'CommonName of client sending a request against gateway will be ignored and not used as expected\n';
  exchange.head(400, [
    ['content-type', 'text/plain; charset=utf-8'],
    ['x-content-type-options', 'nosniff'],
    ['content-length', String(text.length)],
  ]);
  exchange.write(Buffer.from(text));
  exchange.end();
}

/** A form may name another method than its own. */
function methodOf({ method, fields }: WebExchange): string {
  const override = headerValue(fields, 'x-http-method-override');
  const isForm = method === 'POST' && headerValue(fields, 'content-type') === form;
  return isForm && override !== undefined ? override.toUpperCase() : method;
}

function refuse(
  exchange: WebExchange,
  { code, message }: { readonly code: StatusCode; readonly message: string },
): void {
  const body = Buffer.from(JSON.stringify({ code, message }));
  exchange.head(httpStatusOf(code), [
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ]);
  exchange.write(body);
  exchange.end();
}
