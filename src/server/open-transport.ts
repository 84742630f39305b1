import { SparseLog } from '../kit/sparse-log.ts';
import { limits } from '../limits.ts';
import { FaultLog } from './monitoring/fault-log.ts';
import { SlowCalls } from './monitoring/slow-calls.ts';
import type { ServerOptions } from './open-services.ts';
import { ownStatuses, statusOf } from './replies/status.ts';
import { messageBytesMax, serverLimits } from './server-limits.ts';
import { HeldBytes } from './transport/budget/held-bytes.ts';
import { RequestTimeouts } from './transport/budget/request-timeouts.ts';
import { Turns } from './transport/budget/turns.ts';
import { GrpcServer } from './transport/grpc/grpc-server.ts';
import type { MethodTable } from './transport/grpc/method-table.ts';
import type { Http2ConnectionOptions } from './transport/http2/http2-connection.ts';
import { sharedBounds } from './transport/http2/shared-bounds.ts';
import { transportLimits } from './transport/transport-limits.ts';

/** The gRPC server, and the objects that all protocols share. */
export interface Transport {
  readonly grpc: GrpcServer;
  readonly slowCalls: SlowCalls;
  readonly requestTimeouts: RequestTimeouts;
  /** Options of every HTTP/2 connection, with gRPC or without it. */
  readonly http2: Omit<Http2ConnectionOptions, 'accept'>;
  /** Memory of the gateway's unfinished requests. */
  readonly webHeld: HeldBytes;
  /** HTTP/1.1 connections, WebSockets and the gateway's calls take turns. */
  readonly webTurns: Turns;
}

export function openTransport({ config, logger, tracer }: ServerOptions, methods: MethodTable): Transport {
  const requestTimeouts = new RequestTimeouts();
  const faults = new FaultLog(logger);
  const onFault = (error: unknown) => faults.internal(error);
  const slowCalls = new SlowCalls({ logger, thresholdMs: config.warningUnaryRequestMs });
  const grpc = new GrpcServer({
    methods,
    messageBytesMax: messageBytesMax(config),
    slowCalls,
    requestTimeouts,
    statusOf: (error, { isStream }) => statusOf(error, { isStream, log: faults }),
    statuses: ownStatuses,
    onFault,
    tracer,
  });
  const excessiveLoadLog = new SparseLog({
    logger,
    message: 'closed a connection for excessive load',
    linesMax: limits.sparseLogLinesMax,
    intervalMs: limits.sparseLogIntervalMs,
  });
  const { maxConcurrentStreams, keepalive } = config;
  const http2 = {
    maxConcurrentStreams,
    keepalive,
    ...sharedBounds(),
    onExcessiveLoad: (peer: string, reason: string) => excessiveLoadLog.write(() => ({ peer, reason })),
    onFault,
  };
  const webHeld = new HeldBytes({ bytesMax: serverLimits.webHeldBytesMax });
  const webTurns = new Turns({ roundMs: transportLimits.webTurnRoundMs });
  return { grpc, slowCalls, requestTimeouts, http2, webHeld, webTurns };
}
