import { type Agent, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { within } from './wait.ts';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly trailers: NodeJS.Dict<string>;
  readonly body: string;
}

export interface HttpRequest {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body in pieces: each is sent as one chunk. */
  readonly body?: string | Buffer | readonly (string | Buffer)[];
  readonly agent?: Agent;
}

const timeoutMs = 20_000;

/**
 * One request and its whole reply. Unlike fetch, it sends any method and host, and returns
 * trailers.
 */
export async function http(wanted: HttpRequest): Promise<HttpReply> {
  const { request: sent, reply } = send(wanted);
  sent.end();
  return within(timeoutMs, `an answer from ${wanted.path}`, whole(reply));
}

async function whole(reply: Promise<IncomingMessage>): Promise<HttpReply> {
  const response = await reply;
  const body = await text(response);
  return { status: response.statusCode ?? 0, headers: response.headers, trailers: response.trailers, body };
}

/** A request whose body stays open while its reply arrives in lines. */
export class HttpStream {
  readonly #request: ClientRequest;
  readonly #reply: Promise<IncomingMessage>;
  #lines: AsyncGenerator<string, void, void> | undefined;

  constructor(wanted: HttpRequest) {
    const { request: sent, reply } = send(wanted);
    this.#request = sent;
    this.#reply = reply;
    this.#reply.catch(() => undefined);
    sent.flushHeaders();
  }

  write(part: string): void {
    this.#request.write(part);
  }

  /** Ends the request's body. */
  end(): void {
    this.#request.end();
  }

  get reply(): Promise<IncomingMessage> {
    return within(timeoutMs, 'headers of an answer', this.#reply);
  }

  /** The next line of the reply; undefined at its end. */
  async line(): Promise<string | undefined> {
    this.#lines ??= linesOf(await this.reply);
    const next = await within(timeoutMs, 'a line of an answer', this.#lines.next());
    return next.done ? undefined : next.value;
  }

  /** The next line, parsed. */
  async json(): Promise<unknown> {
    const line = await this.line();
    if (line === undefined) throw new Error('the answer has ended');
    return JSON.parse(line);
  }

  /** Closes the connection. */
  close(): void {
    this.#request.destroy();
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

/** Sends a request and its body. The caller still has to call `end`. */
function send({ port, path, method = 'POST', headers = {}, body, agent }: HttpRequest): {
  readonly request: ClientRequest;
  readonly reply: Promise<IncomingMessage>;
} {
  const isPieces = Array.isArray(body);
  const own = body === undefined || isPieces ? {} : { 'content-length': String(Buffer.byteLength(body as string)) };
  const sent = request({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { ...own, ...headers },
    agent: agent ?? false,
  });
  const reply = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
  });
  const pieces = isPieces ? (body as readonly (string | Buffer)[]) : [body ?? ''];
  for (const piece of pieces) if (piece.length > 0) sent.write(piece);
  return { request: sent, reply };
}
