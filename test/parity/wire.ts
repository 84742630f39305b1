import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { repositoryRoot } from '../support/paths.ts';
import type { Message, Outcome } from './message.ts';
import type { RawRequest, StreamMethod, Target, UnaryMethod, WatchSession } from './target.ts';

/**
 * The protocol by @grpc/proto-loader, which reads the .proto files at run time. It is another codec
 * than the server's on purpose, so that the same mistake in both cannot hide it.
 */
const protocol = loadSync(['etcdserverpb/kv.proto', 'etcdserverpb/watch.proto', 'etcdserverpb/lease.proto'], {
  includeDirs: [join(repositoryRoot, 'proto')],
  keepCase: true,
  longs: String,
  bytes: Buffer,
  oneofs: true,
});

const services: Readonly<Record<UnaryMethod, string>> = {
  Range: 'KV',
  Put: 'KV',
  DeleteRange: 'KV',
  Txn: 'KV',
  Compact: 'KV',
  LeaseGrant: 'Lease',
  LeaseRevoke: 'Lease',
  LeaseTimeToLive: 'Lease',
  LeaseLeases: 'Lease',
};

const callTimeoutMs = 30_000;

function method(service: string, name: string): MethodDefinition<object, object> {
  const definition = protocol[`etcdserverpb.${service}`];
  const found =
    definition === undefined ? undefined : (definition as Record<string, MethodDefinition<object, object>>)[name];
  if (found === undefined) throw new Error(`proto/ has no ${service}.${name}`);
  return found;
}

/** The request's bytes on the wire. */
export function encodeRequest(name: UnaryMethod, request: Message): Buffer {
  return method(services[name], name).requestSerialize(request);
}

/** A watch response's bytes on the wire. */
export function encodeWatchResponse(response: Message): Buffer {
  return method('Watch', 'Watch').responseSerialize(response);
}

/** A server of the etcd API at a gRPC address, with its own connection. */
export class GrpcTarget implements Target {
  readonly name: string;
  readonly #address: string;
  #client: grpc.Client;

  constructor(name: string, address: string) {
    this.name = name;
    this.#address = address;
    this.#client = connect(address);
  }

  /**
   * For use after a restart of the server: the old connection would wait before its next attempt.
   */
  reconnect(): void {
    this.#client.close();
    this.#client = connect(this.#address);
  }

  unary(name: UnaryMethod, request: Message): Promise<Outcome> {
    return this.#unary(method(services[name], name), (value) => encodeRequest(name, value), request);
  }

  raw({ method: name, bytes }: RawRequest): Promise<Outcome> {
    return this.#unary(method(services[name], name), asTheyAre, bytes);
  }

  async rawStream(name: StreamMethod, bytes: Buffer): Promise<Outcome> {
    const { path, responseDeserialize } = method(name === 'Watch' ? 'Watch' : 'Lease', name);
    const call = this.#client.makeBidiStreamRequest(path, asTheyAre, responseDeserialize, callOptions());
    call.write(bytes);
    return collect(call);
  }

  async keepAlive(request: Message): Promise<Outcome> {
    const { path, requestSerialize, responseDeserialize } = method('Lease', 'LeaseKeepAlive');
    const call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, callOptions());
    call.end(request);
    return collect(call);
  }

  async rangeStream(request: Message): Promise<Outcome> {
    const { path, requestSerialize, responseDeserialize } = method('KV', 'RangeStream');
    return collect(
      this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, callOptions()),
    );
  }

  watch(): WatchSession {
    const { path, requestSerialize, responseDeserialize } = method('Watch', 'Watch');
    return new GrpcWatchSession(this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
  }

  close(): void {
    this.#client.close();
  }

  #unary<T>(definition: MethodDefinition<object, object>, encode: (value: T) => Buffer, request: T): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        definition.path,
        encode,
        definition.responseDeserialize,
        request,
        callOptions(),
        (error, reply) => resolve(error === null ? { code: 0, reply: reply as Message } : failure(error)),
      );
    });
  }
}

function connect(address: string): grpc.Client {
  return new grpc.Client(address, grpc.credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
  });
}

function asTheyAre(bytes: Buffer): Buffer {
  return bytes;
}

function callOptions(): grpc.CallOptions {
  return { deadline: Date.now() + callTimeoutMs };
}

function failure(error: grpc.ServiceError): Outcome {
  return { code: error.code, text: error.details };
}

/** All messages of a reply stream as one: `{messages: [...]}`. */
function collect(call: NodeJS.EventEmitter): Promise<Outcome> {
  const messages: Message[] = [];
  return new Promise((resolve) => {
    call.on('data', (message: Message) => messages.push(message));
    call.on('error', (error: grpc.ServiceError) => resolve(failure(error)));
    call.on('end', () => setImmediate(() => resolve({ code: 0, reply: { messages } })));
  });
}

class GrpcWatchSession implements WatchSession {
  readonly responses: Message[] = [];
  ended: Outcome | undefined;
  readonly #call: grpc.ClientDuplexStream<object, object>;
  #wake: () => void = () => {};

  constructor(call: grpc.ClientDuplexStream<object, object>) {
    this.#call = call;
    call.on('data', (message: Message) => {
      this.responses.push(message);
      this.#wake();
    });
    call.on('error', (error: grpc.ServiceError) => this.#end(failure(error)));
    call.on('end', () => setImmediate(() => this.#end({ code: 0, reply: {} })));
  }

  send(request: Message): void {
    this.#call.write(request);
  }

  async until(satisfied: () => boolean, timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (!satisfied()) {
      const remainingMs = deadline - Date.now();
      if (remainingMs <= 0 || this.ended !== undefined) return false;
      await this.#changeWithin(remainingMs);
    }
    return true;
  }

  close(): void {
    this.#call.cancel();
  }

  #changeWithin(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #end(outcome: Outcome): void {
    this.ended ??= outcome;
    this.#wake();
  }
}
