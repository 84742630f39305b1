/**
 * Every bound of the system: name with unit, value, reason. Relations between bounds are asserted
 * at the end.
 */
import { assert } from './errors.ts';

export const limits = {
  /**
   * Rows per page of a range. A page of large rows ends early. Index look-ups for the rest are
   * repeated by the next page; 500 look-ups take 0.5 ms.
   */
  rangePageRowsMax: 512,
  /**
   * Bytes per block of a page. Buffers of this size stay below the threshold at which malloc, as
   * set by bin/tine, requests each buffer from the kernel.
   */
  rangeBlockBytesMax: 200 * 1024,
  /**
   * Bytes of pages that one task of a reader thread reads: a few milliseconds, in which other lists
   * wait.
   */
  rangeTaskBytesMax: 1024 * 1024,
  /**
   * Rows and bytes per page of a range on a database server. A page costs about 3 ms for its round
   * trip and its plan, as much as 400 rows of 1 KiB.
   */
  remoteRangePageRowsMax: 4_096,
  remoteRangePageBytesMax: 4 * 1024 * 1024,
  /**
   * Bytes of values per page of a snapshot or a hash on a database server. The last row of a page
   * may be larger.
   */
  remoteSnapshotPageBytes: 1024 * 1024,
  /**
   * Rows and bytes per page of a sorted range: values that are compared, or read after a sort by a
   * number. The same as a page of a list on a database server.
   */
  sortPageRowsMax: 4_096,
  sortPageBytesMax: 4 * 1024 * 1024,
  /**
   * Bytes of an encoded key-value beside its value, on average. An estimate, so that buffers seldom
   * grow.
   */
  rangeRowOverheadBytes: 128,
  /** Ranges whose number of keys is cached. An API server counts some tens of ranges. */
  knownCountsMax: 512,
  /**
   * Bytes of the keys of ranges whose number of keys is cached. An API server needs some hundred, a
   * client may send megabytes.
   */
  knownCountsBytesMax: 1024 * 1024,
  /** Small reads per batch, which share one snapshot. 128 point reads take 0.5 ms. */
  readBatchCountMax: 128,
  /** Bytes of a value that is read in a batch. A larger value is read alone. */
  pointValueBytesMax: 64 * 1024,
  /**
   * Batches of small reads sent and not yet answered. With two, the reader has the next batch when
   * it has finished one.
   */
  readBatchesUnderWayMax: 2,
  /** Rows per tailer read. 500 rows of 1 KiB arrive within 2 ms on every driver. */
  eventPageRowsMax: 500,
  /** Bytes per tailer read. Without it, 500 values of 1.5 MiB would make a page of 750 MiB. */
  eventPageBytesMax: 4 * 1024 * 1024,
  /** Ids per page of a watcher's catch-up. A walk over 20,000 rows of 1 KiB takes about 20 ms. */
  eventWalkIdsMax: 20_000,
  /** Rows per read of a hash or a snapshot: about 10 ms of a reader, in which lists wait. */
  keyBucketRowsMax: 5_000,
  /**
   * How long a hold keeps compaction from deleting rows, and how often a snapshot renews its hold.
   * The hold of an instance that ended expires.
   */
  compactionHoldMs: 30_000,
  compactionHoldRenewalMs: 10_000,
  /**
   * How long a snapshot renews its hold: enough for 100 GB at 30 MB a second. After that,
   * compaction may delete rows that the snapshot still has to read.
   */
  compactionHoldMsMax: 3_600_000,
  /** Snapshots under way. Each reads at the pace of its client and holds a few megabytes. */
  snapshotsUnderWayMax: 8,
  /** Calls that wait until a snapshot or a hash ends, a few KiB each. */
  snapshotsWaitingMax: 64,
  /**
   * The slowest pace of a client's snapshot while other calls wait: one megabyte a second. A slower
   * client loses its snapshot.
   */
  snapshotPaceBytes: 1024 * 1024,
  snapshotPaceMsMax: 1_000,
  /**
   * How long a client may read nothing of its snapshot. Then the snapshot ends, because its hold
   * keeps compaction from deleting rows.
   */
  snapshotIdleMsMax: 60_000,
  /**
   * How long an instance has a claim to a snapshot by schedule without an extension, and how often
   * it extends it. After a crash, the next instance takes the slot of a minute well within it.
   */
  snapshotClaimMs: 15_000,
  snapshotClaimRenewalMs: 4_000,
  /**
   * How long a snapshot by schedule waits for one call to the file system, such as a sync or a read
   * of 256 KiB. After that, its claim is given up. The slowest disks take seconds.
   */
  snapshotFolderIdleMsMax: 300_000,
  /** How often the pace of the snapshots is checked. */
  snapshotCheckIntervalMs: 250,
  /** Hashes computed at a time. Each reads all rows, a page at a time. */
  hashesUnderWayMax: 4,
  /**
   * How long a physical compaction hashes before it deletes: about 200 MB. Clients such as etcdctl
   * wait 5 s.
   */
  compactionHashMsMax: 2_000,
  /**
   * Operations per batch of writes. More operations add latency to the first ones and no
   * throughput.
   */
  writeBatchCountMax: 256,
  /** Bytes per batch of writes. A megabyte takes about 15 ms, in which other writes wait. */
  writeBatchBytesMax: 1024 * 1024,
  /**
   * Bytes of values that the operations of a batch read, for compares and replies. Their size is
   * unknown before they are read. When a batch exceeds the bound, its remaining operations go into
   * the next batch. Reading a megabyte takes 5 to 10 ms, in which other writes wait.
   */
  writeBatchReadBytesMax: 1024 * 1024,
  /**
   * Rows that the operations of a batch write, as many as they have keys: of a transaction, an
   * interval or a lease. When a batch exceeds the bound, its remaining operations go into the next
   * batch. Writing a thousand rows takes 10 to 20 ms, in which other writes wait.
   */
  writeBatchRowsMax: 1_000,
  /**
   * Bytes that the first operation of a client connection is expected to read: the values of some
   * objects of Kubernetes.
   */
  writeReadBytesUnknown: 64 * 1024,
  /**
   * Bytes that one operation is charged for at most. Without it, a client that has read the whole
   * store in a transaction would wait for minutes on a busy server.
   */
  writeChargedReadBytesMax: 16 * 1024 * 1024,
  /**
   * Batches of writes sent and not yet answered. With two, the writer has the next batch when it
   * has committed one.
   */
  writeBatchesUnderWayMax: 2,
  /**
   * Keys that a batch may name and still return its events. The batch reads the values that it
   * replaces, whose size is unknown before.
   */
  eventsOfBatchKeysMax: 64,
  /**
   * Newest rows and leases that an instance keeps for its next writes over a database server: the
   * 3,000 keys of 1 KiB that were written last. A Kubernetes cluster of 100 nodes changes about
   * 3,000 keys all the time. A write of another key costs one more request to the server.
   */
  knownRowsMax: 20_000,
  knownRowsBytesMax: 4 * 1024 * 1024,
  knownLeasesMax: 1_000,
  /** Rows that a write transaction collects before it sends them to the database together. */
  unflushedRowsMax: 1_000,
  /**
   * Bytes of the values that a write transaction collects. A statement of this size is far below
   * the limit of every database.
   */
  unflushedBytesMax: 2 * 1024 * 1024,
  /**
   * Writes that wait for a batch. Further writes are refused with etcd's "too many requests".
   * 10,000 writes wait about a second.
   */
  writeQueueCountMax: 10_000,
  /** Bytes of the writes that wait for a batch. */
  writeQueueBytesMax: 256 * 1024 * 1024,
  /** Memory of a request that waits, without its keys and values. */
  waitingRequestBytes: 256,
  /** Reads that wait in one queue. Further reads are refused with "too many requests". */
  readQueueCountMax: 20_000,
  /** Bytes of the keys of the reads that wait in one queue. A key may be as large as a request. */
  readQueueBytesMax: 64 * 1024 * 1024,
  /**
   * Bytes of replies from memory in one turn of the event loop. Copying them into frames and to the
   * socket takes 0.5 ms.
   */
  memoryAnswerBytesPerTurn: 256 * 1024,
  /**
   * Lists of one client connection that are read at a time. The other lists have not begun. Each
   * list holds the pages that it has read.
   */
  listsOfOriginMax: 8,
  /**
   * How long a cancelled list that was already being read still counts as under way. A client that
   * resets its lists gets 8 of them read in a second, not hundreds.
   */
  listCancelledPauseMs: 1_000,
  /**
   * Lists of all connections that have not begun, about 5 KiB each with their calls. Further lists
   * are refused with "too many requests". The last one waits for seconds.
   */
  listsWaitingMax: 5_000,
  /**
   * Cancelled requests that are dropped in one turn of the event loop. Each takes about 5 us until
   * its call has ended.
   */
  droppedPerTurnMax: 500,
  /**
   * Ids per chunk of a compaction. 200 rows are deleted within 3 ms, between two batches of writes.
   */
  compactChunkIdsMax: 200,
  /**
   * Time for which a compaction waits until the events before it are read for watchers. As long as
   * a request may take in etcd.
   */
  eventsBeforeCompactionMsMax: 5_000,
  /** Rows per statement when tine migrates kine's table: 20,000 rows take about 200 ms. */
  takeOverRowsMax: 20_000,
  /**
   * The shortest TTL of a lease, in seconds: etcd's, 1.5 times its election timeout, rounded up.
   */
  leaseTtlSecondsMin: 2,
  /** The longest TTL of a lease, in seconds: etcd's. */
  leaseTtlSecondsMax: 9_000_000_000,
  /**
   * How often renewed deadlines are written. A crash between two writes may lose a renewal, so
   * leases expire `leaseGraceMs` later.
   */
  leaseFlushIntervalMs: 250,
  /**
   * How long after its deadline a lease expires, so that a renewal that is not written yet still
   * counts.
   */
  leaseGraceMs: 400,
  /**
   * How often the lease clock is stored while there are leases, where instances share it through
   * the database: 3 small writes a second for all instances together.
   */
  leaseTickMs: 300,
  /**
   * How far a lease clock runs past its stored time. Leases end this much later, and the clock
   * stops if storing takes longer. Every instance must have the same value.
   */
  leaseClockApartMsMax: 750,
  /**
   * How often the next due leases are looked up. Leases that are due before the next look-up are
   * ended on time. A lease lasts longer than this.
   */
  leaseExpiryIntervalMs: 1_000,
  /** Leases revoked after one look-up. */
  leaseExpiryCountMax: 100,
  /**
   * Characters of the name of a user or role in the database. etcd accepts a name as large as a
   * request; the common name of a certificate has 64.
   */
  authNameLengthMax: 64 * 1024,
  /** Users whose rights are cached. A cluster has some tens of users, each a few KiB. */
  knownUsersMax: 1_000,
  /** Bytes of the names, roles and intervals of cached users. */
  knownUsersBytesMax: 16 * 1024 * 1024,
  /** How often an instance renews its row in the table of members. */
  memberHeartbeatIntervalMs: 10_000,
  /** How soon it tries again while the database is away. */
  memberHeartbeatRetryMs: 1_000,
  /**
   * How long after its last heartbeat an instance is no longer listed: two heartbeats, and the time
   * that a busy database takes.
   */
  memberSilenceMsMax: 25_000,
  /**
   * How long after its last heartbeat an instance counts as running and cannot be removed: one
   * heartbeat, and the time to write it.
   */
  memberRunsMsMax: 12_000,
  /**
   * How long after its last heartbeat the row of an instance is deleted, and the number of
   * heartbeats between two searches for old rows.
   */
  memberForgottenAfterMs: 3_600_000,
  memberHeartbeatsPerCleanup: 60,
  /**
   * The oldest size of the database that the quota is checked against. The writes of this instance
   * since then are added; writes of other instances are not.
   */
  quotaSizeIntervalMs: 1_000,
  /** The pause of background work after the database refused it. */
  retryPauseMs: 500,
  /**
   * How often the tailer polls the newest id when nothing wakes it: another process may have
   * written to the file.
   */
  sqlitePollIntervalMs: 20,
  /**
   * The poll interval while no other process has written for a while. A second instance writes when
   * it starts, and is noticed at this interval.
   */
  sqlitePollIntervalAloneMs: 250,
  /** How long a statement waits for the lock of another process before the write is retried. */
  sqliteBusyTimeoutMs: 5_000,
  /**
   * How long a start waits for a program that uses the file exclusively: an instance that migrates
   * more than six million rows of kine, or a repair. systemd ends a start after 90 s.
   */
  sqliteStartWaitMsMax: 60_000,
  /**
   * Characters of a key in Postgres. An index entry has at most 2,704 bytes, and some of them are
   * used by the id.
   */
  postgresKeyLengthMax: 2_600,
  /** Characters of a key in InnoDB, whose index entries have at most 3,072 bytes. */
  mysqlKeyLengthMax: 3_000,
  /**
   * How often an instance on Postgres polls the newest id. Other instances notify it of their
   * writes, and a notification is seldom lost.
   */
  postgresPollIntervalMs: 2_000,
  /**
   * How often an instance on MySQL polls the newest id: the minimum while other instances write,
   * the maximum while they do not.
   */
  mysqlPollIntervalMsMin: 5,
  mysqlPollIntervalMsMax: 50,
  /** How long a request waits for a connection before it is refused. */
  connectionWaitMsMax: 4_000,
  /** How long an unused connection is kept. */
  connectionIdleMsMax: 60_000,
  /**
   * How long the database may take for one answer. A network that drops packets reports no error.
   * etcd gives a request 7 s.
   */
  databaseAnswerMsMax: 5_000,
  /**
   * Characters of one text in a log line: a name, a reason, an address. A longer text is cut, and
   * the number of missing characters is added.
   */
  logTextLengthMax: 1_000,
  /**
   * Characters of a log line. An error with its stack and the stack of its cause takes about 4 KiB.
   */
  logLineLengthMax: 16 * 1024,
  /**
   * Log lines of one kind in one interval, for example about slow requests: enough to see what is
   * slow, without a flood when everything is slow.
   */
  sparseLogLinesMax: 10,
  sparseLogIntervalMs: 10_000,
  /**
   * How long a metrics scrape waits for the database's size, or for a busy thread. Then it reports
   * the last known values. Prometheus gives a scrape 10 s.
   */
  scrapeWaitMsMax: 1_000,
  /**
   * How often all keys are counted for metrics. Counting a million keys takes 0.1 s; counts take at
   * most a hundredth of the time.
   */
  keyCountIntervalMs: 60_000,
  keyCountPauseFactor: 100,
  /**
   * How long a stop waits for the database to close, after the last writes. The connections to a
   * server have 1 s for it.
   */
  databaseCloseMsMax: 1_200,
  /** The pause between two attempts to reconnect to the database. */
  reconnectPauseMs: 250,
  /**
   * How long a database thread of SQLite may be idle before it ends: an idle thread keeps about 12
   * MiB, and a start takes about 50 ms. While clients write, the writer has work every few seconds.
   */
  readerThreadIdleMsMax: 20_000,
  writerThreadIdleMsMax: 300_000,
  /**
   * Operations of one batch, or rows of one read, that SQLite always runs on the event loop, in 0.5
   * ms. Up to the second number they run there as medium work. More go to a thread.
   */
  eventLoopSmallMax: 8,
  eventLoopMediumMax: 32,
  /** Bytes of one batch on the event loop: 1 or 2 ms. */
  eventLoopBytesMax: 256 * 1024,
  /**
   * Time of the event loop for medium work: at once, and as a share of all time after that. Lists
   * and the starts of watches are medium work too. An API server that starts sends 70 small lists
   * at once, which take 20 ms here and 100 ms in a thread that must start first.
   */
  eventLoopMediumBurstMs: 20,
  eventLoopMediumShare: 0.03,
  /**
   * Batches of writes of which two go through the writer's thread. One copies the WAL if it is
   * long. The other starts the WAL again, which syncs it.
   */
  eventLoopBatchesMax: 256,
  /**
   * How long small work may take on the event loop on average. Longer means that pages come from
   * the disk, or that the system's cache accepts none. Then threads do all work for a pause of 1 to
   * 60 s.
   */
  slowDiskMs: 5,
  /** How long after slow work it is measured whether work waits for the disk or for a processor. */
  slowWorkMemoryMs: 10_000,
  slowDiskPauseMsMin: 1_000,
  slowDiskPauseMsMax: 60_000,
  /**
   * How long the event loop does not write after another process has written to the file. Every
   * instance writes at least every `memberHeartbeatIntervalMs`.
   */
  otherProcessPauseMs: 30_000,
  /** Pages of the WAL at which the writer copies them into the database: 4,000 pages are 16 MiB. */
  sqliteCheckpointPages: 4_000,
  /**
   * How often the database files are checked for removal or replacement. Each batch of writes
   * checks them too.
   */
  sqliteFilesLookIntervalMs: 500,
  /**
   * The shortest time for which NOSPACE is shown after a write found no space. It is shown until
   * another write succeeds.
   */
  noSpaceAlarmMsMin: 1_000,
  /**
   * Size of the WAL at which the writer waits for the readers and starts the WAL again: four times
   * `sqliteCheckpointPages`.
   */
  walBytesMax: 64 * 1024 * 1024,
  /**
   * How long the writer waits for the readers, in which other writes wait, and its pause after a
   * reader prevented the reset: another process may read for minutes.
   */
  walResetWaitMsMax: 100,
  walResetPauseMs: 10_000,
  /** Batches of writes between two checks of the WAL's size. A batch has at most about 5 MiB. */
  walLookBatches: 16,
} as const;

assert(limits.leaseFlushIntervalMs < limits.leaseGraceMs, 'a renewal is written before its lease can expire');
assert(
  limits.leaseGraceMs < 1_000,
  'keys of an expired lease are deleted within a second where instances share one clock',
);
assert(limits.leaseTickMs * 2 < limits.leaseClockApartMsMax, 'the lease clock runs on while a tick is written');
assert(
  limits.leaseGraceMs + limits.leaseClockApartMsMax + limits.leaseFlushIntervalMs < 1_500,
  'a lease lasts at most 1.5 s too long, plus the time of a write',
);
assert(
  limits.leaseExpiryIntervalMs < limits.leaseTtlSecondsMin * 1_000,
  'a lease granted by another instance is seen before it is due',
);
assert(limits.memberHeartbeatIntervalMs < limits.memberRunsMsMax, 'a running instance is not removed');
assert(limits.compactionHoldRenewalMs * 2 < limits.compactionHoldMs, 'a hold lasts until a late renewal');
assert(limits.snapshotClaimRenewalMs * 2 < limits.snapshotClaimMs, 'a claim lasts until a late extension');
assert(limits.snapshotPaceMsMax < limits.snapshotIdleMsMax, 'a snapshot ends sooner when another one waits');
assert(
  limits.memberHeartbeatIntervalMs * 2 < limits.otherProcessPauseMs,
  'the event loop does not write while another instance runs',
);
assert(limits.memberHeartbeatIntervalMs * 2 < limits.memberSilenceMsMax, 'a running instance is listed');
assert(limits.logTextLengthMax * 8 < limits.logLineLengthMax, 'a line holds several texts');
assert(limits.writeBatchCountMax < limits.writeQueueCountMax, 'a batch fits into the queue');
