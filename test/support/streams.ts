import type { ClientDuplexStream, ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { Inbox } from './inbox.ts';
import type {
  Event,
  Integer,
  LeaseKeepAliveResponse,
  WatchCreateRequest,
  WatchRequest,
  WatchResponse,
} from './messages.ts';
import { RpcError } from './rpc-error.ts';
import { fromWire, toWire } from './values.ts';

const timeoutMsDefault = 10_000;

/** A stream whose replies wait in an inbox. */
export class ReplyStream<Response> {
  protected readonly inbox = new Inbox<Response>();
  readonly #call: ClientReadableStream<unknown>;

  constructor(name: string, call: ClientReadableStream<unknown>) {
    this.#call = call;
    call.on('data', (message: unknown) => this.inbox.deliver(fromWire(message) as Response));
    call.on('error', (error: ServiceError) => this.inbox.close(new RpcError(name, error)));
    call.on('end', () => this.inbox.close(new Error(`the server ended the ${name} stream`)));
  }

  /** Messages that arrived and were not taken yet. */
  get waiting(): readonly Response[] {
    return this.inbox.waiting;
  }

  get hasEnded(): boolean {
    return this.inbox.ended !== undefined;
  }

  /** The next message, in the order of arrival. */
  async next(timeoutMs = timeoutMsDefault): Promise<Response> {
    return this.inbox.take(() => true, timeoutMs);
  }

  /** The next message that `wanted` accepts; others stay in the inbox. */
  async take(wanted: (message: Response) => boolean, timeoutMs = timeoutMsDefault): Promise<Response> {
    return this.inbox.take(wanted, timeoutMs);
  }

  /** All messages up to and with the first that `isLast` accepts. */
  async until(isLast: (message: Response) => boolean, timeoutMs = timeoutMsDefault): Promise<Response[]> {
    const deadline = Date.now() + timeoutMs;
    const messages: Response[] = [];
    for (;;) {
      const message = await this.next(Math.max(1, deadline - Date.now()));
      messages.push(message);
      if (isLast(message)) return messages;
    }
  }

  /** The end of the stream: its error, or undefined for a normal end. */
  async ended(timeoutMs = timeoutMsDefault): Promise<RpcError | undefined> {
    return this.inbox.end(timeoutMs);
  }

  /** Stops reading, so that flow control blocks the server. */
  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  /** Resets the stream. */
  close(): void {
    this.#call.cancel();
  }
}

/** A bidirectional stream. */
class DuplexStream<Request, Response> extends ReplyStream<Response> {
  readonly #requests: ClientDuplexStream<unknown, unknown>;

  constructor(name: string, call: ClientDuplexStream<unknown, unknown>) {
    super(name, call);
    this.#requests = call;
  }

  send(request: Request): void {
    this.#requests.write(toWire(request));
  }

  /** No more requests; the server may still send. */
  finish(): void {
    this.#requests.end();
  }
}

/** A Watch stream. */
export class WatchStream extends DuplexStream<WatchRequest, WatchResponse> {
  /** Creates a watch and returns its created response, which may be a refusal (`canceled`). */
  async create(request: WatchCreateRequest, timeoutMs = timeoutMsDefault): Promise<WatchResponse> {
    this.send({ create_request: request });
    return this.take((message) => message.created, timeoutMs);
  }

  cancel(watchId: Integer): void {
    this.send({ cancel_request: { watch_id: watchId } });
  }

  requestProgress(): void {
    this.send({ progress_request: {} });
  }

  /** The next `count` events of all watches, or of one. Messages without events are skipped. */
  async events(
    count: number,
    { watchId, timeoutMs = timeoutMsDefault }: { watchId?: number; timeoutMs?: number } = {},
  ) {
    const deadline = Date.now() + timeoutMs;
    const events: Event[] = [];
    while (events.length < count) {
      const remainingMs = Math.max(1, deadline - Date.now());
      const message = await this.take((m) => watchId === undefined || m.watch_id === watchId, remainingMs).catch(
        (error) => {
          throw new Error(`${events.length} of ${count} events came: ${(error as Error).message}`, { cause: error });
        },
      );
      events.push(...message.events);
    }
    return events;
  }
}

/** A LeaseKeepAlive stream. */
export class KeepAliveStream extends DuplexStream<{ readonly ID: Integer }, LeaseKeepAliveResponse> {
  /** Renews one lease. */
  async renew(id: Integer, timeoutMs = timeoutMsDefault): Promise<LeaseKeepAliveResponse> {
    this.send({ ID: id });
    return this.take((message) => message.ID === BigInt(id), timeoutMs);
  }
}
