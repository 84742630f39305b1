/** The bounds of the server side: name with unit, value, reason. */
export const serverLimits = {
  /** What etcd lets a gRPC message have on top of `--max-request-bytes`. */
  messageOverheadBytes: 512 * 1024,
  /** Messages of a stream that wait for their handler, in bytes: then the client is made to wait. */
  incomingBytesMax: 256 * 1024,
  /** Bytes queued towards a client at which `send` asks its caller to wait. A watcher's page of events is about as large. */
  outgoingBytesMark: 1024 * 1024,
  /** How fine deadlines are: they are checked together, this often. */
  deadlineTickMs: 50,
  /** How often a health watch looks whether the database is there. etcd pushes changes; a load balancer asks every 5 to 30 s. */
  healthPollIntervalMs: 5_000,
  /** A connection that has sent nothing must say what it speaks within this time. */
  firstBytesTimeoutMs: 10_000,
  /** Requests over HTTP/1.1 are health checks and scrapes: their headers arrive at once. */
  httpHeadersTimeoutMs: 10_000,
  /** How long a health check over HTTP/1.1 waits for the database. etcd's request timeout. */
  httpCheckTimeoutMs: 5_000,
  /** How often a database that fails is mentioned in the log. */
  databaseFaultLogIntervalMs: 1_000,
} as const;
