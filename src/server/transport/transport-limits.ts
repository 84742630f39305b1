import { assert } from '../../errors.ts';

/** The bounds of the transport: name with unit, value, reason. Relations between them are asserted at the end. */
export const transportLimits = {
  /** Bytes that unfinished requests of all clients hold. Past it the connection that holds most is closed. */
  heldBytesMax: 96 * 1024 * 1024,
  /** The same of one connection: 6,000 open streams, or 1,000 with a full window each and the large messages below. Past it the connection is closed. */
  connectionHeldBytesMax: 32 * 1024 * 1024,
  /** Of these, what messages larger than a stream's window may have: 8 of the largest puts of a connection at a time, 24 of all. Further ones wait for their window. */
  connectionReservedBytesMax: 16 * 1024 * 1024,
  reservedBytesMax: 48 * 1024 * 1024,
  /** What an open stream counts for besides its headers: the objects of its call. Measured. */
  streamBytes: 5 * 1024,
  /** How long a request may take to arrive. The largest put takes 60 s over a line of 200 kbit/s. */
  requestArrivalMsMax: 60_000,
  /** How often it is looked for requests that take longer. */
  requestArrivalLookMs: 5_000,
  /** Bytes of a stream that wait for their handler: then the client is made to wait. Half of a stream's window. */
  incomingBytesMax: 8 * 1024,
  /** Bytes queued towards a client at which `send` asks its caller to wait. A watcher's page of events is about as large. */
  outgoingBytesMark: 1024 * 1024,
  /** What a client may send of a stream at first: a frame, which is a whole request of the usual size. For the rest of a larger one the window grows. */
  streamWindowBytes: 16 * 1024,
  /** The same for a connection, refilled as it is read whatever its streams do. */
  connectionWindowBytes: 16 * 1024 * 1024,
  /** How long connections with input are worked on before the event loop goes on to other events: half of it is the latency that they add to a request. */
  turnRoundMs: 5,
  /** The least that a connection is given at a time: less would be spent on changing from one to the next. */
  turnMsMin: 0.1,
  /** How long handlers of streams take messages before the event loop goes on. A message costs some microseconds, a packed one a millisecond or two. */
  messageTurnMs: 2,
  /** What a new call counts for in a turn: most of its work runs after its frame. Measured: 24,000 gets a second. */
  callTurnMs: 0.04,
  /**
   * Frames that bring no request forward (resets, settings, window updates, empty frames, ...): this many at once, then so many a second. API servers cancel
   * hundreds of watches at a time. Frames of answers give some back: a client updates its windows as it reads.
   */
  idleFramesBurst: 10_000,
  idleFramesPerSecond: 1_000,
  idleFramesPerAnswerFrame: 2,
  /** So many bytes of them count as another frame. */
  uselessBytesPerFrame: 1024,
  /** A message that unpacks to more than so many times its size is of no use. Text shrinks to a tenth, a value of zeros to a thousandth. */
  unpackedFactorMax: 100,
  /** An answer's frame that a client's tiny window has cut gives nothing back. */
  cutFrameBytesMax: 1024,
  /** Headers of one request, as HPACK counts them. Clients send half a KiB, tokens another few. */
  headerListBytesMax: 64 * 1024,
  /** Bytes of one DATA frame that is sent, also to clients that would take more: others wait meanwhile. */
  sentFrameBytesMax: 64 * 1024,
  /** Bytes a stream sends before it is another's turn. */
  streamTurnBytes: 64 * 1024,
  /** Bytes a connection may hold for its socket before its streams wait. */
  connectionOutputBytesMark: 512 * 1024,
  /** Bytes at which the client is not even listened to until it reads. Answers that are small are never held back, so they add to the mark. */
  connectionOutputBytesMax: 4 * 1024 * 1024,
  /** Bytes of replies that may wait for the client of a connection; past it no further large reads are begun for it. A client that reads has a few lists on their way. */
  connectionUnreadBytesMax: 16 * 1024 * 1024,
  /** Bytes of replies that wait for all clients, past which a connection may only have `connectionUnreadBytesMin` of them. */
  unreadBytesMax: 48 * 1024 * 1024,
  connectionUnreadBytesMin: 256 * 1024,
  /** Streams a connection remembers to have reset, while their last frames may be on the way. */
  recentResetsMax: 1_000,
  /** How fine deadlines are: they are checked together, this often. */
  deadlineTickMs: 50,
  /** A shorter deadline has passed when the call is there: nothing is begun for it. */
  deadlineMsMin: 0.01,
  /**
   * Listeners of one TCP port, each of which accepts one connection in a turn of the event loop. A turn that accepts 32 takes 2 ms. Under 5,000
   * connections a second that are reset at once, a new one waited 0.3 s at most with 16, and less with 32.
   */
  listenersPerPort: 32,
  /** A connection must say what it speaks within this time, however slowly: for TLS its first record, for HTTP/2 its preface. */
  firstBytesTimeoutMs: 10_000,
  /** How often those are looked for that have not. */
  firstBytesLookIntervalMs: 500,
  /** What is waited for at most. A ClientHello has 300 to 2,000 bytes; the TLS library waits for the rest of a larger one. */
  firstBytesMax: 4 * 1024,
  /** Connections whose first bytes have not all arrived, some 4 KiB each. Beyond it the oldest ends. */
  newcomersMax: 16_000,
  /** The same after a TLS handshake: some 70 KiB each. */
  secureNewcomersMax: 512,
  /** File descriptors that connections of clients leave: 128 to the database, to files and to what is being closed, 96 to the listeners of three addresses. */
  descriptorsKept: 224,
  /** Bytes of HTTP/1.1 that are read at a time, each before it is looked whether the turn is over: of headers, of a body, and of one in chunks, which may be as short as 6 bytes. */
  http1HeadersPieceBytes: 4 * 1024,
  http1BodyPieceBytes: 16 * 1024,
  http1ChunksPieceBytes: 1024,
  /** What the reading of HTTP/1.1 from a socket counts for in a turn, because it is done before: 0.2 ms for 64 KiB. */
  http1ReadMsPerByte: 0.2 / (64 * 1024),
  /** Bytes of a WebSocket that are read at a time: 40 requests. A byte of a message that is not whole keeps as much. */
  webSocketPieceBytes: 4 * 1024,
  /** Pieces of a message of a WebSocket that is not whole, some 200 bytes each besides what is in them. */
  webSocketPiecesMax: 16 * 1024,
  /** How long an idle connection of HTTP/1.1 is kept: longer than Go's clients keep theirs (90 s), so that they are not hung up on as they ask again. */
  httpIdleTimeoutMs: 120_000,
  /** A handshake must be done within this time. etcd's. */
  handshakeTimeoutMs: 10_000,
  /** Handshakes under way, some 85 KiB each: more than a quarter of 5,000 connections that an attacker keeps half-open. */
  handshakesMax: 1_280,
  /** Once all of them are taken, the oldest has had this long before it is ended for another: a few round trips. */
  handshakeGraceMs: 100,
  /** How long handshakes are begun before it is others' turn: each takes 0.3 ms with an elliptic curve, 1.5 ms with RSA. */
  handshakesTurnMs: 1,
  /** Forms of hellos that take turns, by the cipher suites they offer. A turn of each takes 80 ms, should somebody send all of them. */
  helloForms: 256,
  /** While all of them are taken, new ones get half of the event loop: connections that do not go on are opened as fast as they are ended. */
  handshakePauseFactor: 1,
  /** What a connection may send before its handshake begins: one record of TLS, and its header. */
  helloBytesMax: 5 + 16 * 1024,
  /** Connections that wait for their handshake: all clients of a large cluster come back at once. */
  handshakesWaitingMax: 10_000,
  /** How often the files of certificates are looked at, at most. Four calls of stat are 20 us, a handshake some 500. */
  credentialsLookIntervalMs: 100,
  /** Headers of a request over HTTP/1.1 arrive at once. */
  httpHeadersTimeoutMs: 10_000,
  /** How often the same mistake of clients is: one that is set up wrong comes back every second, for ever. */
  clientFaultLogIntervalMs: 10_000,
} as const;

assert(
  transportLimits.connectionReservedBytesMax <= transportLimits.connectionWindowBytes,
  'messages that have memory fit into the window',
);
assert(
  2 * transportLimits.connectionReservedBytesMax <= transportLimits.connectionHeldBytesMax,
  'messages that have memory fit into what a connection may hold',
);
assert(2 * transportLimits.reservedBytesMax <= transportLimits.heldBytesMax, 'the same of all connections');
assert(
  2 * transportLimits.incomingBytesMax <= transportLimits.streamWindowBytes,
  'a client waits before its window is used up',
);
assert(transportLimits.sentFrameBytesMax <= transportLimits.streamTurnBytes, 'a frame fits into a turn');
assert(transportLimits.streamTurnBytes < transportLimits.connectionOutputBytesMark, 'several streams get a turn');
assert(
  transportLimits.connectionOutputBytesMark < transportLimits.connectionOutputBytesMax,
  'streams wait before the client is no longer listened to',
);
assert(
  transportLimits.handshakeGraceMs < transportLimits.handshakeTimeoutMs,
  'a handshake ends sooner when others wait',
);
assert(
  transportLimits.firstBytesMax < transportLimits.helloBytesMax,
  'who has sent its first bytes is not ended at once',
);
assert(transportLimits.handshakesTurnMs < transportLimits.handshakeGraceMs, 'what a turn begins is not ended by it');
assert(
  3 * transportLimits.listenersPerPort < transportLimits.descriptorsKept,
  'listeners leave descriptors to the database',
);
