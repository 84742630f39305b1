/** The bounds and thresholds of `tine doctor`. */
export const doctorLimits = {
  /** The whole examination. Each part takes a second or two; an address has 5 s to answer. */
  examinationMsMax: 30_000,
  /** Keys and rows that are counted. Half a million take 0.1 s, more on a slow disk. */
  countMax: 500_000,
  /** Commits of one client wait for one sync each. etcd's guide gives 10 ms as the upper bound. */
  syncMsMax: 10,
  /** A write to a server takes one or two round trips. */
  roundTripMsMax: 10,
  /** Two nodes of a Galera cluster have no majority when one of them fails. */
  galeraNodesMin: 3,
  /**
   * A node that applies a write of another node sometimes does not notice that a local transaction,
   * which a client runs on this node, holds the lock. It tries again after
   * innodb_lock_wait_timeout.
   */
  galeraLockSecondsMax: 3,
  /** Members' renewals and tokens are stored with the time of the server. */
  clockApartMsMax: 2_000,
  /** A full log and a few batches of writes need this space. */
  freeBytesMin: 128 * 1024 * 1024,
  /** Space that later writes use again, if it is a smaller part of the file than this. */
  freeShareMax: 0.5,
  /** A smaller file with free pages is no concern. */
  freeBytesNoted: 64 * 1024 * 1024,
  /** More history than this, and than `historyFactor` times the keys, needs a compaction. */
  historyRowsMax: 100_000,
  historyFactor: 10,
  /** The share of the quota at which there is still time to act. */
  quotaShareMax: 0.8,
  /** Each client connection and each watch connection takes a descriptor. */
  openFilesMin: 8_192,
  /** How long before its end a certificate is reported. */
  certificateEndsMsMin: 30 * 24 * 3_600_000,
  /** The version of Node that tine is developed with. */
  nodeMajor: 24,
} as const;
