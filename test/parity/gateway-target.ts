import { HttpStream, http } from '../support/http.ts';
import { type GatewayStep, lastToken } from './gateway-script.ts';

/** A server's reply without the values that cannot be equal. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly trailers: Readonly<Record<string, unknown>>;
  /** Lines of JSON are parsed; anything else is returned as text. */
  readonly lines: readonly unknown[];
}

const comparedHeaders = [
  'content-type',
  'grpc-metadata-content-type',
  'www-authenticate',
  'allow',
  'location',
  'trailer',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
];

/** Sends a script's requests to one server. */
export class GatewayTarget {
  readonly #port: number;
  #token = '';

  constructor(port: number) {
    this.#port = port;
  }

  async run(step: GatewayStep): Promise<GatewayAnswer> {
    const headers = Object.fromEntries(
      Object.entries(step.headers ?? {}).map(([name, value]) => [name, value.replace(lastToken, this.#token)]),
    );
    const wanted = { port: this.#port, path: step.path, method: step.method ?? 'POST', headers };
    if (step.lines !== undefined) return this.#runStream(wanted, step, step.lines);
    const [body = ''] = bodiesOf(step);
    const reply = await http({ ...wanted, body });
    if (step.path === '/v3/auth/authenticate' && reply.status === 200) {
      this.#token = (JSON.parse(reply.body) as { token: string }).token;
    }
    // Go's reply to a redirection is an HTML page.
    const isPage = reply.status === 307;
    const text = step.isBodyOwn || isPage ? '' : reply.body;
    const { 'content-type': type, ...others } = reply.headers;
    return {
      status: reply.status,
      headers: comparable({ ...others, 'content-type': isPage ? undefined : type }),
      trailers: reply.trailers,
      lines: text.split('\n').map(canonical),
    };
  }

  async #runStream(
    wanted: ConstructorParameters<typeof HttpStream>[0],
    step: GatewayStep,
    count: number,
  ): Promise<GatewayAnswer> {
    const stream = new HttpStream(wanted);
    const lines: unknown[] = [];
    // Waits for each reply before the next request: the replies of a stream do not only follow the
    // order of its requests.
    for (const body of bodiesOf(step)) {
      stream.write(body);
      if (!Array.isArray(step.body)) stream.end();
      if (lines.length < count) lines.push(canonical((await stream.line()) ?? ''));
    }
    while (lines.length < count) lines.push(canonical((await stream.line()) ?? ''));
    const reply = await stream.reply;
    stream.close();
    return { status: reply.statusCode ?? 0, headers: comparable(reply.headers), trailers: {}, lines };
  }
}

/** A body of several pieces is a list. */
function bodiesOf({ body }: GatewayStep): readonly string[] {
  const bodies = Array.isArray(body) ? body : [body];
  return bodies.map((each: unknown) => {
    if (each === undefined) return '';
    return typeof each === 'string' ? each : JSON.stringify(each);
  });
}

function comparable(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(comparedHeaders.map((name) => [name, lowerCaseNames(name, headers[name])]));
}

/** The header that lists trailers has names as its value. */
function lowerCaseNames(name: string, value: unknown): unknown {
  return name === 'trailer' && typeof value === 'string' ? value.toLowerCase() : value;
}

/** Ids of the cluster and of the member that replies; terms. */
const own = new Set(['cluster_id', 'member_id', 'raft_term']);

function canonical(line: string): unknown {
  try {
    return JSON.parse(line, (name, value: unknown) => {
      if (own.has(name)) return undefined;
      return typeof value === 'string' ? words(value) : value;
    }) as unknown;
  } catch {
    return line;
  }
}

/** When a deadline passes, either etcd's gateway or its server may be first to report it. */
function words(text: string): string {
  return text.replace('stream terminated by RST_STREAM with error code: CANCEL', 'context deadline exceeded');
}
