import { assert } from '../../errors.ts';

/**
 * The limits of the transport: name with unit, value, reason. Relations between them are asserted
 * at the end.
 */
export const transportLimits = {
  /**
   * Bytes that unfinished requests of all clients hold. Above it, the connection that holds most is
   * closed.
   */
  heldBytesMax: 64 * 1024 * 1024,
  /**
   * The same for one connection: 6,000 open streams, or 1,000 with a full window each and the large
   * messages below. Above it, the connection is closed.
   */
  connectionHeldBytesMax: 32 * 1024 * 1024,
  /**
   * The part of these bytes for messages that are larger than a stream's window, until they are
   * answered: the 8 largest puts of one connection, 16 of all connections. Further messages wait
   * for their window.
   */
  connectionReservedBytesMax: 16 * 1024 * 1024,
  reservedBytesMax: 32 * 1024 * 1024,
  /**
   * Bytes that an open stream counts for besides its headers: the objects of its call. Measured.
   */
  streamBytes: 5 * 1024,
  /** Time for a request to arrive. The largest put takes 60 s at 200 kbit/s. */
  requestArrivalMsMax: 60_000,
  /** How often the requests are checked for it. */
  requestArrivalCheckIntervalMs: 5_000,
  /**
   * Bytes of a stream that wait for their handler. Above it, the client must wait. Half of a
   * stream's window.
   */
  incomingBytesMax: 8 * 1024,
  /**
   * Bytes queued for a client above which `send` makes its caller wait. About the size of a
   * watcher's page of events.
   */
  outgoingBytesMark: 1024 * 1024,
  /**
   * Initial receive window of a stream: one frame, which holds a whole request of the usual size.
   * For a larger request the window grows.
   */
  streamWindowBytes: 16 * 1024,
  /**
   * Receive window of a connection. It is refilled as bytes are read, regardless of the
   * connection's streams.
   */
  connectionWindowBytes: 16 * 1024 * 1024,
  /**
   * Time for connections with input before the event loop handles other events. On average it adds
   * half of it to the latency of a request.
   */
  turnRoundMs: 5,
  /**
   * The same for HTTP/1.1, WebSockets and the JSON of the gateway, which take turns among
   * themselves: they do not delay gRPC, which clusters use.
   */
  webTurnRoundMs: 2,
  /**
   * The round of HTTP/2 if this many connections were accepted since the last one: others may wait
   * in the backlog.
   */
  acceptingRoundMs: 1,
  acceptedMark: 16,
  /**
   * The shortest turn of a connection. With a shorter one, most time would be spent on changing
   * connections.
   */
  turnMsMin: 0.1,
  /**
   * A turn processes at least this many frames: a request of two frames, with updates of windows,
   * does not need two turns.
   */
  turnFramesMin: 4,
  /**
   * Time for handlers of streams to take messages before the event loop continues. A message takes
   * some microseconds, a compressed one a millisecond or two.
   */
  messageTurnMs: 2,
  /**
   * Time that a new call counts for in a turn: most of its work runs after its frame. Measured:
   * 24,000 gets a second.
   */
  callTurnMs: 0.04,
  /**
   * Frames that carry no request (resets, settings, window updates, empty frames, ...): this many
   * at once, then this many per second. API servers cancel hundreds of watches at a time. Each
   * frame of an answer allows some more, because a client updates its windows as it reads.
   */
  idleFramesBurst: 10_000,
  idleFramesPerSecond: 1_000,
  idleFramesPerAnswerFrame: 2,
  /**
   * The same for all connections together: the bursts of four connections. Beyond that, a
   * connection may send `idleFramesBurstMin` at once.
   */
  sharedIdleFramesBurst: 40_000,
  sharedIdleFramesPerSecond: 10_000,
  idleFramesBurstMin: 1_000,
  /** This many bytes without use count as another frame. */
  uselessBytesPerFrame: 1024,
  /**
   * A decompressed message larger than its compressed form by this factor counts as bytes without
   * use. Text compresses to a tenth, a value of zeros to a thousandth.
   */
  unpackedFactorMax: 100,
  /**
   * A frame of an answer that a client's tiny window has cut to this size allows no more frames.
   */
  cutFrameBytesMax: 1024,
  /**
   * Headers of one request, as HPACK counts them. Clients send 0.5 KiB; tokens add another 0.5 KiB
   * or so.
   */
  headerListBytesMax: 64 * 1024,
  /**
   * Bytes of one DATA frame, also for clients that accept larger ones: other streams wait
   * meanwhile.
   */
  sentFrameBytesMax: 64 * 1024,
  /** Bytes that a stream sends before the next stream has its turn. */
  streamTurnBytes: 64 * 1024,
  /** Bytes that a connection may queue for its socket before its streams wait. */
  connectionOutputBytesMark: 512 * 1024,
  /**
   * Queued bytes above which nothing is read from the client until it reads. Small answers are
   * never delayed, so they may exceed the mark.
   */
  connectionOutputBytesMax: 4 * 1024 * 1024,
  /**
   * Bytes of replies that may wait for one client connection. Above it, no further large reads are
   * started for it. A client that reads has a few lists on their way.
   */
  connectionUnreadBytesMax: 16 * 1024 * 1024,
  /**
   * Bytes of replies that wait for all clients. Above it, a connection may have only
   * `connectionUnreadBytesMin` of them, and no more than that in its output.
   */
  unreadBytesMax: 48 * 1024 * 1024,
  connectionUnreadBytesMin: 256 * 1024,
  /**
   * Time in which a client should take the error that closes its connection. After that the
   * connection is closed without it.
   */
  failedCloseMs: 500,
  /** Streams whose reset a connection remembers, while their last frames may be on the way. */
  recentResetsMax: 1_000,
  /** The resolution of deadlines: calls whose deadlines are this close end together. */
  deadlineTickMs: 50,
  /** The longest timer for a deadline. Node's timers end after 2^31 ms. */
  deadlineTimerMsMax: 24 * 3_600_000,
  /** A shorter deadline has passed when the call arrives. The call is not started. */
  deadlineMsMin: 0.01,
  /**
   * Listeners per TCP port. Each accepts one connection in a turn of the event loop. A turn that
   * accepts 128 takes 8 ms. Under 11,000 connections a second that are reset at once, beside a
   * flood on other connections, the first get of a new connection took 55 to 114 ms (p99), with 64
   * listeners 244 to 508 ms.
   */
  listenersPerPort: 128,
  /**
   * Time for the first bytes of a connection, which show its protocol: with TLS the first record,
   * with HTTP/2 the preface.
   */
  firstBytesTimeoutMs: 10_000,
  /** How often the connections are checked for it. */
  firstBytesCheckIntervalMs: 500,
  /**
   * The first bytes are never more than this. A ClientHello has 300 to 2,000 bytes. The TLS library
   * waits for the rest of a larger one.
   */
  firstBytesMax: 4 * 1024,
  /**
   * Connections whose first bytes have not all arrived, about 4 KiB each. Above it, the oldest is
   * closed.
   */
  pendingConnectionsMax: 16_000,
  /** The same after a TLS handshake: about 70 KiB each. */
  securePendingConnectionsMax: 512,
  /**
   * File descriptors that client connections leave free: 128 for the database, for files and for
   * closing connections, 384 for the listeners of three addresses.
   */
  descriptorsKept: 512,
  /**
   * Bytes of HTTP/1.1 that are read before the turn is checked: of headers, of a body, and of a
   * body in chunks, which may be as short as 6 bytes.
   */
  http1HeadersPieceBytes: 4 * 1024,
  http1BodyPieceBytes: 16 * 1024,
  http1ChunksPieceBytes: 1024,
  /**
   * Time that reading HTTP/1.1 from a socket counts for in a turn, because it runs before the turn:
   * 0.2 ms for 64 KiB.
   */
  http1ReadMsPerByte: 0.2 / (64 * 1024),
  /**
   * Bytes of a WebSocket that are read at a time: 40 requests. Each byte of an incomplete message
   * holds this much memory.
   */
  webSocketPieceBytes: 4 * 1024,
  /** Pieces of an incomplete WebSocket message, each about 200 bytes besides its content. */
  webSocketPiecesMax: 16 * 1024,
  /**
   * Time for which an idle HTTP/1.1 connection stays open. It is longer than the 90 s of Go's
   * clients, so that a connection does not close just as a client sends its next request.
   */
  httpIdleTimeoutMs: 120_000,
  /** Time for a handshake. As in etcd. */
  handshakeTimeoutMs: 10_000,
  /**
   * Unfinished handshakes, about 85 KiB each. More than a quarter of 5,000 connections that an
   * attacker keeps half-open.
   */
  handshakesMax: 1_280,
  /**
   * If all slots are taken, a handshake runs at least this long before another one replaces it: a
   * few round trips.
   */
  handshakeGraceMs: 100,
  /**
   * Time for starting handshakes in one turn of the event loop. One takes 0.3 ms with an elliptic
   * curve, 1.5 ms with RSA.
   */
  handshakesTurnMs: 1,
  /**
   * Fingerprints of hellos, by the cipher suites they offer, that take turns. If an attacker sends
   * all of them, a turn of each takes 80 ms.
   */
  helloFingerprints: 256,
  /**
   * While all slots are taken, new handshakes get half of the event loop: incomplete ones are then
   * opened as fast as they are closed.
   */
  handshakePauseFactor: 1,
  /**
   * The longest pause. A handshake with RSA of 4,096 bits takes 5 ms. If it takes longer, other
   * programs used the processor.
   */
  handshakePauseMsMax: 5,
  /**
   * Bytes that a connection may send before its handshake begins: one TLS record with its header.
   */
  helloBytesMax: 5 + 16 * 1024,
  /**
   * Connections that wait for their handshake. All clients of a large cluster may reconnect at
   * once.
   */
  handshakesWaitingMax: 10_000,
  /**
   * Shortest interval between checks of the certificate files. Four calls of stat take 20 us, a
   * handshake about 500.
   */
  credentialsCheckIntervalMs: 100,
  /** Time for the headers of an HTTP/1.1 request, which arrive at once. */
  httpHeadersTimeoutMs: 10_000,
  /**
   * Shortest interval between log lines about the same mistake of clients. A client with a wrong
   * configuration reconnects every second, forever.
   */
  clientFaultLogIntervalMs: 10_000,
} as const;

assert(
  transportLimits.connectionReservedBytesMax <= transportLimits.connectionWindowBytes,
  'messages with reserved memory fit into the window',
);
assert(
  2 * transportLimits.connectionReservedBytesMax <= transportLimits.connectionHeldBytesMax,
  'messages with reserved memory take at most half of what a connection may hold',
);
assert(2 * transportLimits.reservedBytesMax <= transportLimits.heldBytesMax, 'the same for all connections together');
assert(
  2 * transportLimits.incomingBytesMax <= transportLimits.streamWindowBytes,
  'a client is paused before its window is used up',
);
assert(transportLimits.sentFrameBytesMax <= transportLimits.streamTurnBytes, 'a frame fits into a turn');
assert(transportLimits.streamTurnBytes < transportLimits.connectionOutputBytesMark, 'several streams get a turn');
assert(
  transportLimits.connectionOutputBytesMark < transportLimits.connectionOutputBytesMax,
  'streams wait before the server stops reading from the client',
);
assert(
  transportLimits.handshakeGraceMs < transportLimits.handshakeTimeoutMs,
  'a handshake may end before its timeout when others wait',
);
assert(
  transportLimits.firstBytesMax < transportLimits.helloBytesMax,
  'a connection is not closed at once for its first bytes',
);
assert(
  transportLimits.handshakesTurnMs < transportLimits.handshakeGraceMs,
  'a turn does not end handshakes that it has started',
);
assert(
  3 * transportLimits.listenersPerPort < transportLimits.descriptorsKept,
  'listeners leave descriptors for the database',
);
