/** The client of a running etcd or kine. */
import { readFileSync } from 'node:fs';
import {
  type ChannelCredentials,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { OutageError, StartError } from '../../errors.ts';
import { Auth } from '../../wire/generated/etcdserverpb/auth.ts';
import { KV, type RangeRequest, type RangeResponse } from '../../wire/generated/etcdserverpb/kv.ts';
import { Lease, type LeaseTimeToLiveResponse } from '../../wire/generated/etcdserverpb/lease.ts';
import type { MessageInput } from '../../wire/message-codec.ts';
import type { MethodContract } from '../../wire/service.ts';

/** Certificates and the user, from etcdctl's environment variables. Files are PEM. */
export interface EtcdAccess {
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
  /** `NAME:PASSWORD`. */
  readonly user: string | undefined;
}

/** Reads the variables `ETCDCTL_...`. The password may be in `ETCDCTL_PASSWORD`. */
export function etcdAccess(environment: Readonly<Record<string, string | undefined>>): EtcdAccess {
  const { ETCDCTL_CACERT, ETCDCTL_CERT, ETCDCTL_KEY, ETCDCTL_USER = '', ETCDCTL_PASSWORD = '' } = environment;
  const files = { caFile: ETCDCTL_CACERT, certFile: ETCDCTL_CERT, keyFile: ETCDCTL_KEY };
  if (ETCDCTL_USER === '') return { ...files, user: undefined };
  return { ...files, user: ETCDCTL_PASSWORD === '' ? ETCDCTL_USER : `${ETCDCTL_USER}:${ETCDCTL_PASSWORD}` };
}

/** The time limit of one reply. */
const answerMsMax = 60_000;

/** The time limit of the reply that shows that the server still answers. */
const pollMsMax = 10_000;

/** How often a connection with calls is tested, and the time limit of the reply. */
const pingIntervalMs = 10_000;
const pingReplyMsMax = 20_000;

/** The source has compacted the requested revision. */
export class RevisionCompacted extends StartError {}

/** An error without a code of etcd, as a kine returns the errors of its database. */
export class ErrorWithoutCode extends StartError {}

/**
 * The codes of outages. A token ends with etcd's memory of it, and the next connection gets a new
 * one.
 */
const outageCodes: ReadonlySet<number> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.INTERNAL,
  status.UNAUTHENTICATED,
]);

/** A call with messages in both directions. */
export interface Duplex<Request, Response> {
  send(message: MessageInput<Request>): void;
  readonly messages: AsyncIterable<Response>;
  cancel(): void;
}

export class EtcdClient {
  /** The name in messages, without a password. */
  readonly name: string;
  readonly #client: Client;
  readonly #metadata = new Metadata();

  private constructor(url: EtcdAddress, access: EtcdAccess) {
    // grpc-js sends an IP address as the TLS server name, and Node warns about this.
    process.noDeprecation = true;
    this.name = `${url.protocol}//${url.host}`;
    this.#client = new Client(url.host, channelCredentials(url, access), {
      // Pages have hundreds of values of up to 1.5 MiB.
      'grpc.max_receive_message_length': -1,
      // A silent network ends a stream. etcd accepts a ping every 5 s.
      'grpc.keepalive_time_ms': pingIntervalMs,
      'grpc.keepalive_timeout_ms': pingReplyMsMax,
    });
  }

  /** @throws StartError if the address, a file or the user is wrong. */
  static async open(address: string, access: EtcdAccess): Promise<EtcdClient> {
    const client = new EtcdClient(parsed(address), access);
    if (access.user === undefined) return client;
    const [name = '', ...password] = access.user.split(':');
    const { token } = await client.call(Auth.methods.authenticate, { name, password: password.join(':') });
    client.#metadata.set('token', token);
    return client;
  }

  /** Whether the server has accepted a user, so its auth is on. */
  get hasUser(): boolean {
    return this.#metadata.get('token').length > 0;
  }

  range(request: MessageInput<RangeRequest>): Promise<RangeResponse> {
    return this.call(KV.methods.range, request);
  }

  /** The newest revision. Also kine answers this request. */
  async newestRevision(): Promise<number> {
    const { header } = await this.call(KV.methods.range, { key: Buffer.from('/') }, pollMsMax);
    return header?.revision ?? 0;
  }

  /** The ids of all leases. None from a server without leases. */
  async leases(): Promise<readonly bigint[]> {
    const { leases } = await this.call(Lease.methods.leaseLeases, {});
    return leases.map(({ id }) => id);
  }

  timeToLive(id: bigint): Promise<LeaseTimeToLiveResponse> {
    return this.call(Lease.methods.leaseTimeToLive, { id });
  }

  /** The messages of a call, read on demand. */
  stream<Request, Response>(
    { path, request, response }: MethodContract<Request, Response>,
    message: MessageInput<Request>,
  ): AsyncGenerator<Response> {
    const call = this.#client.makeServerStreamRequest(
      path,
      (input: MessageInput<Request>) => request.encode(input),
      (bytes: Buffer) => response.decode(bytes),
      message,
      this.#metadata,
    );
    return this.#messagesOf(call);
  }

  /** A call with messages in both directions, which are read on demand. */
  duplex<Request, Response>({ path, request, response }: MethodContract<Request, Response>): Duplex<Request, Response> {
    const call: ClientDuplexStream<MessageInput<Request>, Response> = this.#client.makeBidiStreamRequest(
      path,
      (input: MessageInput<Request>) => request.encode(input),
      (bytes: Buffer) => response.decode(bytes),
      this.#metadata,
    );
    // The reader of the messages receives the error.
    call.on('error', () => {});
    return {
      send: (message) => void call.write(message),
      messages: this.#messagesOf(call),
      cancel: () => call.cancel(),
    };
  }

  close(): void {
    this.#client.close();
  }

  /** One request and its reply. */
  call<Request, Response>(
    { path, request, response }: MethodContract<Request, Response>,
    message: MessageInput<Request>,
    msMax = answerMsMax,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        (input: MessageInput<Request>) => request.encode(input),
        (bytes: Buffer) => response.decode(bytes),
        message,
        this.#metadata,
        { deadline: Date.now() + msMax },
        (error, answer) => (error === null ? resolve(answer as Response) : reject(this.#explained(error))),
      );
    });
  }

  async *#messagesOf<Response>(
    call: ClientReadableStream<Response> | ClientDuplexStream<never, Response>,
  ): AsyncGenerator<Response> {
    try {
      for await (const answer of call) yield answer as Response;
    } catch (error) {
      throw this.#explained(error as ServiceError);
    } finally {
      call.cancel();
    }
  }

  #explained(error: ServiceError): Error {
    if (error.code === status.OUT_OF_RANGE && /compacted/.test(error.details))
      return new RevisionCompacted(`${this.name}: ${error.details}`);
    const text = `${this.name}: ${lastError(error.details)}`;
    const isOutage = outageCodes.has(error.code) || /too many requests/.test(error.details);
    if (isOutage) return new OutageError(text, { cause: error });
    return new (error.code === status.UNKNOWN ? ErrorWithoutCode : StartError)(text, { cause: error });
  }
}

/**
 * The last error in grpc-js's message about a failed connection. The whole text of other messages.
 */
function lastError(details: string): string {
  const [, last] = details.split('Last error: ', 2);
  const [reason, note] = last?.split('. Resolution note', 2) ?? [];
  return reason === undefined || note === undefined ? details : advised(reason.replace(/^Error: /, ''));
}

/** Node's advice about an unknown certificate names an option of Node. */
function advised(reason: string): string {
  const [fault = ''] = reason.split(';', 1);
  const isUntrusted = fault.includes('certificate') && /self-signed|unable to (verify|get)/.test(fault);
  return isUntrusted ? `${fault}; name a file with its authority in ETCDCTL_CACERT` : reason;
}

interface EtcdAddress {
  /** `http:` or `https:`. */
  readonly protocol: string;
  /** With the port. */
  readonly host: string;
}

/** @throws StartError without the password in it. */
function parsed(address: string): EtcdAddress {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.hostname === '')
    throw new StartError('the address is not valid; write http://HOST:2379');
  if (url.username !== '' || url.password !== '')
    throw new StartError('the address contains a user; set ETCDCTL_USER (NAME:PASSWORD) instead');
  const { protocol, hostname } = url;
  // A URL leaves out the port of its protocol, also where the address contains it.
  const port = url.port || /^[^/]*\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(address)?.[1] || '2379';
  return { protocol, host: `${hostname}:${port}` };
}

function channelCredentials({ protocol }: EtcdAddress, { caFile, certFile, keyFile }: EtcdAccess): ChannelCredentials {
  if (protocol === 'http:') return credentials.createInsecure();
  return credentials.createSsl(file(caFile), file(keyFile), file(certFile));
}

function file(path: string | undefined): Buffer | null {
  if (path === undefined || path === '') return null;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new StartError(`${path}: ${(cause as Error).message}`, { cause });
  }
}
