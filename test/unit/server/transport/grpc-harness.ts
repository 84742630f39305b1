/** A gRPC server with test methods, and a client that shows the bytes on the wire. */

import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Keepalive } from '../../../../src/config/listen/listen-keepalive.ts';
import { createLogger } from '../../../../src/logger.ts';
import { FaultLog } from '../../../../src/server/monitoring/fault-log.ts';
import { SlowCalls } from '../../../../src/server/monitoring/slow-calls.ts';
import { ownStatuses, statusOf } from '../../../../src/server/replies/status.ts';
import type { HeldBytes } from '../../../../src/server/transport/budget/held-bytes.ts';
import { RequestTimeouts } from '../../../../src/server/transport/budget/request-timeouts.ts';
import { Connections } from '../../../../src/server/transport/connections/connections.ts';
import { GrpcServer } from '../../../../src/server/transport/grpc/grpc-server.ts';
import { usualAnswer } from '../../../../src/server/transport/grpc/http2-call-stream.ts';
import type { Method } from '../../../../src/server/transport/grpc/method.ts';
import { MethodTable } from '../../../../src/server/transport/grpc/method-table.ts';
import { Http2Server } from '../../../../src/server/transport/http2/http2-server.ts';
import { sharedBounds } from '../../../../src/server/transport/http2/shared-bounds.ts';
import type { UnreadAnswers } from '../../../../src/server/transport/http2/unread-answers.ts';

export interface Harness {
  readonly port: number;
  readonly grpc: GrpcServer;
  /** Memory of unfinished requests. */
  readonly held: HeldBytes;
  /** Replies that clients have not read. */
  readonly unread: UnreadAnswers;
  readonly http2: Http2Server;
  readonly methods: MethodTable;
  readonly connections: Connections;
  /** The log of the server. */
  readonly log: string[];
  client(): ClientHttp2Session;
}

export const messageBytesMax = 1024 * 1024;

export interface HarnessOptions {
  readonly maxConcurrentStreams?: number;
  readonly keepalive?: Keepalive;
}

const etcdsKeepalive: Keepalive = { clientIntervalMinMs: 5_000, intervalMs: 7_200_000, timeoutMs: 20_000 };

export async function startHarness(
  context: TestContext,
  methods: readonly Method[],
  { maxConcurrentStreams = 1000, keepalive = etcdsKeepalive }: HarnessOptions = {},
): Promise<Harness> {
  const log: string[] = [];
  const logger = createLogger('debug', { write: (line) => log.push(line) });
  const table = new MethodTable(methods);
  const requestTimeouts = new RequestTimeouts();
  const bounds = sharedBounds();
  const faults = new FaultLog(logger);
  const grpc = new GrpcServer({
    tracer: undefined,
    methods: table,
    messageBytesMax,
    slowCalls: new SlowCalls({ logger, thresholdMs: Number.POSITIVE_INFINITY }),
    requestTimeouts,
    statusOf: (error, { isStream }) => statusOf(error, { isStream, log: faults }),
    statuses: ownStatuses,
    onFault: (error) => faults.internal(error),
  });
  const http2 = new Http2Server({
    maxConcurrentStreams,
    keepalive,
    ...bounds,
    usualAnswer,
    accept: (stream) => grpc.acceptHttp2(stream),
    onExcessiveLoad: (_peer, reason) => log.push(reason),
    onFault: (error) => grpc.reportFault(error),
  });
  const connections = new Connections({ logger, turns: bounds.turns, webTurns: bounds.turns });
  const protocols = { http2: (socket: Socket) => http2.add(socket) };
  const server = createServer({ noDelay: true }, (socket) => connections.add(socket, protocols));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sessions: ClientHttp2Session[] = [];
  context.after(() => {
    for (const session of sessions) session.destroy();
    connections.destroy();
    server.close();
    requestTimeouts.close();
  });
  return {
    port,
    grpc,
    held: bounds.held,
    unread: bounds.unread,
    http2,
    methods: table,
    connections,
    log,
    client() {
      const session = connect(`http://127.0.0.1:${port}`);
      session.on('error', () => undefined);
      sessions.push(session);
      return session;
    },
  };
}

export interface Reply {
  readonly headers: IncomingHttpHeaders;
  /** Undefined if the reply consists of the headers only. */
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly messages: readonly Buffer[];
  readonly status: number;
  readonly statusMessage: string;
}

/** Sends bytes as the body of a call, and collects the reply. */
export async function call(
  session: ClientHttp2Session,
  path: string,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const stream = open(session, path, headers);
  stream.end(body);
  return await collect(stream);
}

export function open(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  return stream;
}

export async function collect(stream: ClientHttp2Stream): Promise<Reply> {
  const chunks: Buffer[] = [];
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders | undefined;
  stream.on('response', (received) => {
    headers = received;
  });
  stream.on('trailers', (received) => {
    trailers = received;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'close');
  const last = trailers ?? headers;
  return {
    headers,
    trailers,
    messages: messagesOf(Buffer.concat(chunks)),
    status: Number(last['grpc-status']),
    statusMessage: String(last['grpc-message'] ?? ''),
  };
}

/** A message with its prefix. */
export function framed(message: Uint8Array | string, { compressed = false } = {}): Buffer {
  const bytes = Buffer.from(message);
  const prefix = Buffer.alloc(5);
  prefix[0] = compressed ? 1 : 0;
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

export function messagesOf(body: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let rest = body;
  while (rest.length > 0) {
    const end = 5 + rest.readUInt32BE(1);
    messages.push(rest.subarray(5, end));
    rest = rest.subarray(end);
  }
  return messages;
}

/** Replies with its request. */
export const echo: Method = { path: '/test.Test/Echo', kind: 'unary', handle: async (request) => Buffer.from(request) };
