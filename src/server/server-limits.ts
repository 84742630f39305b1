/**
 * The limits of the services: name with unit, value, reason. The limits of the transport are in
 * transport/transport-limits.ts.
 */
export const serverLimits = {
  /** Bytes that etcd allows for a gRPC message in addition to `--max-request-bytes`. */
  messageOverheadBytes: 512 * 1024,
  /**
   * Fields of a request, with the ones of nested messages. Requests have a few; decoding 10,000
   * takes 1 to 3 ms.
   */
  requestFieldsMax: 10_000,
  /**
   * The same of a transaction, which has up to 20 for each operation: at least this many, and this
   * many for each operation that `--max-txn-ops` allows.
   */
  txnFieldsMin: 50_000,
  fieldsPerTxnOperation: 64,
  /**
   * How often a health watch checks the database. etcd pushes changes. A load balancer polls every
   * 5 to 30 s.
   */
  healthPollIntervalMs: 5_000,
  /**
   * Factor between the largest JSON value and the largest message. base64 adds a third; names and
   * white space take the rest.
   */
  gatewayValueFactor: 2,
  /**
   * Bytes above which a JSON value is read in a separate thread. A smaller value is read within 10
   * ms.
   */
  largeValueBytesMin: 32 * 1024,
  /** Time for which the thread is kept without work. It starts within 100 ms. */
  largeValueThreadIdleMs: 5_000,
  /**
   * Bytes that unfinished requests and messages of the gateway hold: 8 of the largest values. Above
   * it, the one that holds most is refused.
   */
  webHeldBytesMax: 32 * 1024 * 1024,
  /** Bytes of a request's JSON that are searched for the end of a value in one turn: 1 ms. */
  gatewayPieceBytes: 32 * 1024,
  /** Characters of JSON that the gateway writes in one turn: 1 ms of work. */
  gatewayTurnLength: 256 * 1024,
  /** Time that a health check over HTTP/1.1 waits for the database. etcd's request timeout. */
  httpCheckTimeoutMs: 5_000,
  /** Time in which a stop deletes the keys of Lock and Campaign calls that it ended. */
  endedCallsMsMax: 2_000,
  /** Time for a drained connection to receive its last answers and close. */
  closeTimeoutMs: 500,
  /** Bytes of a snapshot in one message. etcd's size, below the limit of every client. */
  snapshotPieceBytes: 32 * 1024,
  /** Keepalives of one stream that are looked up together. */
  keepAlivesAtOnceMax: 128,
  /** TTL of the lease for a lock or a campaign without one. As in etcd. */
  lockLeaseTtlSeconds: 60,
  /** Calls that wait for a lock or an election, a few KiB each. Above it: "too many requests". */
  lockWaitersMax: 100_000,
  /** Bytes of their keys, which may be as large as a request. */
  lockWaitersBytesMax: 64 * 1024 * 1024,
  /**
   * Calls of one connection that take a lease and put their key at the same time: two writes each,
   * for which other clients wait. A few connections fill a batch.
   */
  lockJoinsAtOnceMax: 16,
  /** Pause between retries of waiting calls while the database is unavailable. */
  lockRetryPauseMs: 250,
  /**
   * How long, and for how many keys, the deletion of an ended call's key is retried while the
   * database is unavailable. After that, the key ends with its lease.
   */
  abandonedKeyMsMax: 60_000,
  abandonedKeysMax: 100_000,
  /** Deletions of these keys at the same time. Writes of clients wait meanwhile. */
  abandonedKeysAtOnceMax: 32,
  /**
   * Passwords that are hashed at once. Each takes one of libuv's four threads for about 60 ms. DNS
   * look-ups and files need threads too.
   */
  passwordsAtOnceMax: 2,
  /** Passwords that wait to be hashed. The last one waits 4 s. Above it: "too many requests". */
  passwordsWaitingMax: 128,
  /** Tokens that are cached as valid, about 300 bytes each. An evicted token is verified again. */
  knownTokensMax: 10_000,
  /** Bytes of their texts and users: 10,000 JSON Web Tokens of the usual size. */
  knownTokensBytesMax: 16 * 1024 * 1024,
  /**
   * How often the event loop is checked, the delay that counts as a stall, and the delay that is
   * logged. A check costs about 0.1 ms, because it wakes an idle event loop.
   */
  stallTickMs: 100,
  stallMsMin: 100,
  stallLoggedMsMin: 1_000,
  /**
   * How often the wall clock is compared with the monotonic clock, and the difference that counts
   * as a jump. NTP slews a clock by 0.5 ms a second.
   */
  clockCheckIntervalMs: 1_000,
  clockJumpMsMin: 250,
  /** The load history: an hour of samples of 10 s, in 107 KiB. A sample takes 0.5 ms. */
  loadSampleIntervalMs: 10_000,
  loadSamplesMax: 360,
  /** How often the size of the database is read for it: with every sixth sample. */
  loadSizeIntervalMs: 55_000,
  /** How long the page waits for the list of snapshots in a bucket, and how many it shows. */
  snapshotListMsMax: 10_000,
  snapshotsListedMax: 200,
  /** Slow calls that are remembered, up to 1 KiB each. */
  recentSlowCallsMax: 50,
  /** Shortest interval between log lines about a failing database. */
  databaseFaultLogIntervalMs: 1_000,
} as const;

/** The largest gRPC message that is received. A watch response above this size is fragmented. */
export function messageBytesMax({ maxRequestBytes }: { readonly maxRequestBytes: number }): number {
  return maxRequestBytes + serverLimits.messageOverheadBytes;
}
