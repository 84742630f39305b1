/** The bounds of what is served over the transport, whose own are in transport/transport-limits.ts: name with unit, value, reason. */
export const serverLimits = {
  /** What etcd lets a gRPC message have on top of `--max-request-bytes`. */
  messageOverheadBytes: 512 * 1024,
  /** How often a health watch looks whether the database is there. etcd pushes changes; a load balancer asks every 5 to 30 s. */
  healthPollIntervalMs: 5_000,
  /** How much larger a JSON value may be than the largest message: base64 makes a third more of it, names and space the rest. */
  gatewayValueFactor: 2,
  /** Bytes of a JSON value that is read in a thread of its own: a smaller one is read within 10 ms, whatever is in it. */
  largeValueBytesMin: 32 * 1024,
  /** How long the thread is kept when no such value comes: it starts within 100 ms. */
  largeValueThreadIdleMs: 5_000,
  /** What unfinished requests and messages of the gateway hold: 8 of the largest values. Past it the one that holds most is refused. */
  webHeldBytesMax: 32 * 1024 * 1024,
  /** Bytes of a request's JSON that are searched for the end of a value before it is others' turn: 1 ms. */
  gatewayPieceBytes: 32 * 1024,
  /** Characters of JSON that the gateway writes before it is others' turn: a millisecond's work. */
  gatewayTurnLength: 256 * 1024,
  /** How long a health check over HTTP/1.1 waits for the database. etcd's request timeout. */
  httpCheckTimeoutMs: 5_000,
  /** How long a drained connection gets to take its last answers and hang up. */
  closeTimeoutMs: 500,
  /** Bytes of a snapshot in one message: etcd's, below what any client takes. */
  snapshotPieceBytes: 32 * 1024,
  /** Keepalives of one stream that are looked up together. */
  keepAlivesAtOnceMax: 128,
  /** The TTL of a lease that a lock or a campaign without one is given: etcd's. */
  lockLeaseTtlSeconds: 60,
  /** Calls that wait for a lock or to lead, each a few KiB; beyond it "too many requests". */
  lockWaitersMax: 100_000,
  /** Bytes of their keys, which may be as large as a request. */
  lockWaitersBytesMax: 64 * 1024 * 1024,
  /** Calls of one connection that take a lease and a place in a line at the same time: two writes each, in which others wait. Enough to fill a batch with a few connections. */
  lockPlacesTakenAtOnceMax: 16,
  /** How often those that wait ask anew while the database is away. */
  lockRetryPauseMs: 250,
  /** How long the key of a call that was given up is tried to be deleted while the database is away, and how many such keys at a time. Then its lease ends it. */
  abandonedKeyMsMax: 60_000,
  abandonedKeysMax: 100_000,
  /** How many of them are being deleted: the others' writes wait meanwhile. */
  abandonedKeysAtOnceMax: 32,
  /** Passwords that are hashed at once: each takes a thread of libuv's four for some 60 ms, and names and files want one too. */
  passwordsAtOnceMax: 2,
  /** Passwords that are hashed or wait for it: the last waits 4 s. Beyond it "too many requests". */
  passwordsWaitingMax: 128,
  /** Tokens that are remembered to be good, some 300 bytes each. One that is forgotten is looked at again. */
  knownTokensMax: 10_000,
  /** Bytes of their texts and users: 10,000 JSON Web Tokens of the usual size. */
  knownTokensBytesMax: 16 * 1024 * 1024,
  /** How often it is looked whether the process stood still, from when on that counts, and from when on it is told. */
  stallTickMs: 50,
  stallMsMin: 100,
  stallLoggedMsMin: 1_000,
  /** How often the wall clock is compared with the monotonic clock, and how far it must have moved. NTP slews a clock by 0.5 ms a second. */
  clockCheckIntervalMs: 1_000,
  clockJumpMsMin: 250,
  /** How often a database that fails is mentioned in the log. */
  databaseFaultLogIntervalMs: 1_000,
} as const;

/** The largest gRPC message that is taken, and the size at which a watch's answer is fragmented. */
export function messageBytesMax({ maxRequestBytes }: { readonly maxRequestBytes: number }): number {
  return maxRequestBytes + serverLimits.messageOverheadBytes;
}
