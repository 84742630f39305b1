import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import { Auth } from '../../src/wire/generated/etcdserverpb/auth.ts';
import type { MessageCodec, MessageInput } from '../../src/wire/message-codec.ts';
import type { MethodContract } from '../../src/wire/service.ts';

/**
 * A list of 10,000 keys of 1 KiB must not wait for window updates, or the network would be
 * measured.
 */
const windowBytes = 64 * 1024 * 1024;

/** No server that is worth measuring takes this long. */
const callTimeoutMs = 30_000;

const frameHeaderBytes = 5;

/** The gRPC code of a server that has auth disabled. */
const failedPrecondition = 9;

/** A call that failed. `code` is gRPC's. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(`${message} (code ${code})`);
    this.code = code;
  }
}

/** An open call that sends and receives any number of messages. */
export interface Stream<Request> {
  send(message: MessageInput<Request>): void;
  /** Sends no more. */
  end(): void;
  close(): void;
}

/**
 * One HTTP/2 connection with as much of gRPC as a load generator needs. A client library would take
 * several times the processor time, which the server on the same machine would then lack.
 */
export class Connection {
  private readonly session: http2.ClientHttp2Session;
  /** Sent with every call. */
  private token: string | undefined;

  private constructor(session: http2.ClientHttp2Session) {
    this.session = session;
  }

  /**
   * Opens a connection to `address`, HOST:PORT. `secure`: the options of TLS. Throws when no server
   * listens there.
   */
  static open(address: string, secure?: tls.ConnectionOptions): Promise<Connection> {
    const [host, port] = splitAddress(address);
    const connect = () =>
      secure === undefined
        ? net.connect({ host, port, noDelay: true })
        : tls.connect({ ...secure, host, port, ALPNProtocols: ['h2'] }).setNoDelay();
    const session = http2.connect(`${secure === undefined ? 'http' : 'https'}://${address}`, {
      createConnection: connect,
      settings: { enablePush: false, initialWindowSize: windowBytes },
    });
    return new Promise((resolve, reject) => {
      session.once('error', reject);
      session.once('connect', () => {
        session.setLocalWindowSize(windowBytes);
        session.off('error', reject);
        // Every call under way fails with the connection, and reports the error.
        session.on('error', () => {});
        resolve(new Connection(session));
      });
    });
  }

  close(): void {
    this.session.destroy();
  }

  /**
   * Authenticates as `NAME:PASSWORD` from here on, if auth is enabled. Returns the token, for
   * further connections.
   */
  async signIn(user: string): Promise<string | undefined> {
    const [name = '', ...password] = user.split(':');
    try {
      const { token } = await this.call(Auth.methods.authenticate, { name, password: password.join(':') });
      this.token = token;
    } catch (error) {
      if (!(error instanceof CallError) || error.code !== failedPrecondition) throw error;
    }
    return this.token;
  }

  /** Sends the token with every call from here on. */
  useToken(token: string | undefined): void {
    this.token = token;
  }

  call<Request, Response>(
    method: MethodContract<Request, Response>,
    request: MessageInput<Request>,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      let response: Response | undefined;
      const stream = this.start(method, {
        onMessage: (message) => {
          response = message;
        },
        onEnd: (error) => {
          if (error !== undefined) reject(error);
          else if (response === undefined) reject(new CallError(13, 'no reply'));
          else resolve(response);
        },
      });
      stream.setTimeout(callTimeoutMs, () => stream.destroy(new Error('timed out')));
      stream.end(framed(method.request, request));
    });
  }

  stream<Request, Response>(
    method: MethodContract<Request, Response>,
    events: { onMessage: (message: Response) => void; onEnd: (error: Error | undefined) => void },
  ): Stream<Request> {
    const stream = this.start(method, events);
    return {
      send: (message) => {
        stream.write(framed(method.request, message));
      },
      end: () => {
        stream.end();
      },
      close: () => stream.close(http2.constants.NGHTTP2_CANCEL),
    };
  }

  private start<Request, Response>(
    method: MethodContract<Request, Response>,
    events: { onMessage: (message: Response) => void; onEnd: (error: Error | undefined) => void },
  ): http2.ClientHttp2Stream {
    const stream = this.session.request({
      ':method': 'POST',
      ':path': method.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(this.token === undefined ? undefined : { token: this.token }),
    });
    const frames = new FrameReader((body) => events.onMessage(method.response.decode(body)));
    let failure: Error | undefined = new CallError(14, 'the connection ended');
    const readStatus = (headers: http2.IncomingHttpHeaders) => {
      const status = headers['grpc-status'];
      if (status === undefined) return;
      failure = status === '0' ? undefined : new CallError(Number(status), decodeURIComponent(statusText(headers)));
    };
    // A reply without a body has its status in the headers; every other reply has it in the
    // trailers.
    stream.on('response', readStatus);
    stream.on('trailers', readStatus);
    stream.on('data', (chunk: Buffer) => frames.push(chunk));
    stream.on('error', (error) => {
      failure = error;
    });
    stream.on('close', () => events.onEnd(failure));
    return stream;
  }
}

/**
 * Splits the received bytes into gRPC's frames: a byte for compression, four of length, the
 * message.
 */
export class FrameReader {
  private readonly onFrame: (body: Buffer) => void;
  private chunks: Buffer[] = [];
  private byteCount = 0;
  /** The number of bytes that must have arrived before the next frame can be read. */
  private wanted = frameHeaderBytes;

  constructor(onFrame: (body: Buffer) => void) {
    this.onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.byteCount += chunk.length;
    if (this.byteCount < this.wanted) return;
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    this.wanted = frameHeaderBytes;
    while (rest.length >= frameHeaderBytes) {
      const end = frameHeaderBytes + rest.readUInt32BE(1);
      if (rest.length < end) {
        this.wanted = end;
        break;
      }
      this.onFrame(rest.subarray(frameHeaderBytes, end));
      rest = rest.subarray(end);
    }
    this.chunks = rest.length === 0 ? [] : [rest];
    this.byteCount = rest.length;
  }
}

function framed<Message>(codec: MessageCodec<Message>, message: MessageInput<Message>): Buffer {
  const body = codec.encode(message);
  const frame = Buffer.allocUnsafe(frameHeaderBytes + body.length);
  frame[0] = 0;
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, frameHeaderBytes);
  return frame;
}

function statusText(headers: http2.IncomingHttpHeaders): string {
  const text = headers['grpc-message'];
  return typeof text === 'string' ? text : 'failed';
}

function splitAddress(address: string): [string, number] {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
}
