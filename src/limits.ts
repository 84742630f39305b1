/** Every bound of the system: name with unit, value, reason. Relations between bounds are asserted at the end. */
import { assert } from './errors.ts';

export const limits = {
  /** Rows of one page of a range. A page of large rows ends sooner, and what was looked up of the others is looked up again: 500 of them take half a millisecond. */
  rangePageRowsMax: 512,
  /** Bytes of the blocks of a page: its buffers stay below what bin/tine has malloc take from the kernel each time. */
  rangeBlockBytesMax: 200 * 1024,
  /** Bytes of the pages that one task of a reader reads: a few milliseconds, in which other lists wait. */
  rangeTaskBytesMax: 1024 * 1024,
  /** The same over a connection: each page costs its way and its planning, some 3 ms, as much as 400 rows of 1 KiB. */
  remoteRangePageRowsMax: 4_096,
  remoteRangePageBytesMax: 4 * 1024 * 1024,
  /** Bytes of values of a snapshot's or a hash's page over a connection; the last row may be larger. */
  remoteSnapshotPageBytes: 1024 * 1024,
  /** Rows and bytes of a page of values that are compared to sort by them, or read after sorting by a number: as the pages of a list. */
  sortPageRowsMax: 4_096,
  sortPageBytesMax: 4 * 1024 * 1024,
  /** What a key-value takes beside its value, on average: a guess that saves growing a buffer. */
  rangeRowOverheadBytes: 128,
  /** Ranges of which the number of keys is remembered: an API server asks for some tens of them. */
  knownCountsMax: 512,
  /** Bytes of their keys: an API server's have some hundred, a client's may have megabytes. */
  knownCountsBytesMax: 1024 * 1024,
  /** Small reads answered by one snapshot. 128 point reads take half a millisecond. */
  readBatchCountMax: 128,
  /** Of a value that is read together with others. A larger one is read alone, when it is its turn. */
  pointValueBytesMax: 64 * 1024,
  /** Batches of small reads sent and not yet answered: two, so that the reader finds the next when it has finished one. */
  readBatchesUnderWayMax: 2,
  /** Rows the tailer reads at once. 500 rows of 1 KiB arrive within a millisecond or two on every driver. */
  eventPageRowsMax: 500,
  /** Bytes of such a page: values of 1.5 MiB must not make it 750 MiB. */
  eventPageBytesMax: 4 * 1024 * 1024,
  /** Ids one page of a watcher's catch-up walks over: 20,000 rows of 1 KiB are walked in some 20 ms. */
  eventWalkIdsMax: 20_000,
  /** Rows that a hash or a snapshot walks over at once: some 10 ms of a reader, in which lists wait. */
  keyBucketRowsMax: 5_000,
  /** How long a snapshot keeps compaction from deleting before it says so again: an instance that died does so no longer. */
  compactionHoldMs: 30_000,
  compactionHoldRenewalMs: 10_000,
  /** How long altogether: a client that takes longer may find its snapshot overtaken. 100 GB at 30 MB a second. */
  compactionHoldMsMax: 3_600_000,
  /** Snapshots under way: each reads as much as its client takes, and holds a few megabytes. */
  snapshotsUnderWayMax: 8,
  /** Calls that wait for a snapshot or a hash to end, a few KiB each. */
  snapshotsWaitingMax: 64,
  /** A client that takes less than a megabyte a second loses its snapshot to another call that waits for one. */
  snapshotPaceBytes: 1024 * 1024,
  snapshotPaceMsMax: 1_000,
  /** A snapshot of which nothing is taken for so long ends: compaction deletes nothing meanwhile. */
  snapshotIdleMsMax: 60_000,
  /** How often it is looked for either. */
  snapshotCheckIntervalMs: 250,
  /** Hashes computed at once. Each reads all there is, a page at a time. */
  hashesUnderWayMax: 4,
  /** How long a physical compaction hashes before it deletes: some 200 MB. Clients such as etcdctl wait 5 s. */
  compactionHashMsMax: 2_000,
  /** Operations committed together. More adds latency to the first of them, and no throughput. */
  writeBatchCountMax: 256,
  /** Bytes of writes committed together: other clients' writes wait meanwhile. A megabyte takes some 15 ms. */
  writeBatchBytesMax: 1024 * 1024,
  /** Bytes of values that the operations of a batch read, for compares and answers: nobody knows before how large they are. When a batch has read so many, the rest of it goes with the next. */
  writeBatchReadBytesMax: 2 * 1024 * 1024,
  /** Batches of writes sent and not yet answered: two, so that the writer finds the next when it has committed one. */
  writeBatchesUnderWayMax: 2,
  /** Keys that a batch may name and still tell its own events: it reads the values that it replaces, and nobody knows how large they are. */
  eventsOfBatchKeysMax: 64,
  /**
   * What is remembered of keys for the next write over a database server: rows of 1 KiB of the 3,000 keys written last, which are those of a Kubernetes of 100 nodes that change
   * all the time. A write of another key costs one way to the server more.
   */
  knownRowsMax: 20_000,
  knownRowsBytesMax: 4 * 1024 * 1024,
  knownLeasesMax: 1_000,
  /** Rows of a write transaction that wait to be given to the database together. */
  unflushedRowsMax: 1_000,
  /** Bytes of their values: a statement of this size is far below every database's bound. */
  unflushedBytesMax: 2 * 1024 * 1024,
  /** Writes waiting for a batch. Beyond it etcd's "too many requests" is the answer: 10,000 writes wait for about a second. */
  writeQueueCountMax: 10_000,
  /** Bytes of values waiting for a batch. */
  writeQueueBytesMax: 256 * 1024 * 1024,
  /** Reads waiting in one of the queues of reads; beyond it "too many requests". */
  readQueueCountMax: 20_000,
  /** Bytes of their keys: a key may be as large as a request. */
  readQueueBytesMax: 64 * 1024 * 1024,
  /** Bytes of answers from memory in one turn of the event loop: copying them into frames and to the socket takes half a millisecond. */
  memoryAnswerBytesPerTurn: 256 * 1024,
  /** Lists of one client connection that are read at the same time; the others have not begun. Each holds the pages that it has read. */
  listsOfOriginMax: 8,
  /** How much longer a list that was given up while it was read counts as under way: a client that resets its lists has 8 of them read in a second, not hundreds. */
  listCancelledPauseMs: 1_000,
  /** Lists that have not begun, of all connections, with their calls some 5 KiB each; beyond it "too many requests". The last one waits for seconds. */
  listsWaitingMax: 10_000,
  /** Requests that were given up and are dropped in one turn of the event loop: each costs some 5 us until its call has ended. */
  droppedPerTurnMax: 500,
  /** Ids one bite of a compaction covers. 200 rows are deleted within 3 ms, between two batches of writes. */
  compactBiteIdsMax: 200,
  /** Rows that a take-over walks in one statement: 20,000 take some 200 ms. */
  takeOverRowsMax: 20_000,
  /** The shortest TTL of a lease, in seconds: etcd's, one and a half of its election timeout, rounded up. */
  leaseTtlSecondsMin: 2,
  /** The longest TTL of a lease, in seconds: etcd's. */
  leaseTtlSecondsMax: 9_000_000_000,
  /** How often renewed deadlines are written. Between two writes a crash may forget a renewal: expiry waits for `leaseGraceMs` on top. */
  leaseFlushIntervalMs: 250,
  /** How much later than its deadline a lease expires, so that a renewal not yet written still counts. */
  leaseGraceMs: 400,
  /** How often the time of leases is stored while there are leases, where instances share it through the database: 3 small writes a second of all instances together. */
  leaseTickMs: 300,
  /** How far a lease clock runs past the stored time: leases end this much later, and the clock stops when storing takes longer. Every instance must have the same value. */
  leaseClockApartMsMax: 750,
  /** How often leases are looked for that are due, or will be before the next look; those are ended on time. A lease lasts longer than this. */
  leaseExpiryIntervalMs: 1_000,
  /** Leases revoked by one look. */
  leaseExpiryCountMax: 100,
  /** Characters that the name of a user or role takes in the database. etcd takes as much as a request; a certificate's common name has 64. */
  authNameLengthMax: 64 * 1024,
  /** Users of whom it is remembered what they may do. A cluster has some tens of them, each a few KiB. */
  knownUsersMax: 1_000,
  /** Bytes of their names, roles and intervals. */
  knownUsersBytesMax: 16 * 1024 * 1024,
  /** How often an instance says that it is there. */
  memberHeartbeatIntervalMs: 10_000,
  /** After how long a silent instance is no longer listed: two beats, and the time a busy database takes. */
  memberSilenceMsMax: 25_000,
  /** How long after its last beat an instance counts as running, and is not removed: a beat, and the time that writing it takes. */
  memberRunsMsMax: 12_000,
  /** After how long its row goes, and how many beats pass between two looks for such rows. */
  memberForgottenAfterMs: 3_600_000,
  memberHeartbeatsPerCleanup: 60,
  /** How old the size may be that writes are held against a quota with: what this instance wrote since is added, what the others wrote is not. */
  quotaSizeIntervalMs: 1_000,
  /** How long background work waits after the database refused it. */
  retryPauseMs: 500,
  /** How often the newest id is asked for when nothing wakes the tailer: another process may have written to the file. */
  sqlitePollIntervalMs: 20,
  /** The same while no other process has written for a while: a second instance writes when it starts, and is noticed then. */
  sqlitePollIntervalAloneMs: 250,
  /** How long a statement waits for another process's lock before the write is tried again. */
  sqliteBusyTimeoutMs: 5_000,
  /** How long a start waits for a program that has the file for itself: another instance that takes over six million rows of kine, or a repair. systemd ends a start after 90 s. */
  sqliteStartWaitMsMax: 60_000,
  /** Characters of a key that Postgres takes: an entry of its index has 2,704 bytes, some of them for the id beside the name. */
  postgresKeyLengthMax: 2_600,
  /** The same for InnoDB: 3,072 bytes. */
  mysqlKeyLengthMax: 3_000,
  /** How often an instance over Postgres asks for the newest id: others announce theirs, and an announcement is seldom lost. */
  postgresPollIntervalMs: 2_000,
  /** How often an instance over MySQL asks for the newest id while others write, and while nobody does. */
  mysqlPollIntervalMsMin: 5,
  mysqlPollIntervalMsMax: 50,
  /** How long a request waits for a connection before it is refused. */
  connectionWaitMsMax: 4_000,
  /** How long an unused connection is kept. */
  connectionIdleMsMax: 60_000,
  /** How long the database may take for one answer: a network that swallows packets says nothing. etcd gives a request 7 s. */
  databaseAnswerMsMax: 5_000,
  /** Characters of one text in a line of the log: a name, a reason, an address. What is longer is cut, and the rest is counted. */
  logTextLengthMax: 1_000,
  /** Characters of a line of the log: an error with its stack and that of its cause takes some 4 KiB. */
  logLineLengthMax: 16 * 1024,
  /** Lines of one kind in one interval, such as those about slow requests: enough to see what is slow, and no flood when everything is. */
  sparseLogLinesMax: 10,
  sparseLogIntervalMs: 10_000,
  /** How long a scrape waits for a database's size, or for a thread that works on something long; then it is told what was known before. Prometheus gives it 10 s. */
  scrapeWaitMsMax: 1_000,
  /** How often all keys are counted for metrics: a million of them take a tenth of a second, and that at most a hundredth of the time. */
  keyCountIntervalMs: 60_000,
  keyCountPauseFactor: 100,
  /** How often a lost database is tried again. */
  reconnectPauseMs: 250,
  /** Operations and bytes that SQLite runs on the event loop at once: a millisecond or two. Larger batches are worth the way to a thread. */
  eventLoopOperationsMax: 8,
  eventLoopBytesMax: 256 * 1024,
  /** How often the event loop reads the beginning of a list, or looks up where a watch starts: at most some 3 % of its time. */
  eventLoopReadIntervalMs: 10,
  /** Of this many batches of writes two go through the writer's thread. One copies the log if it is long; the other one begins the log anew, which syncs it. */
  eventLoopBatchesMax: 256,
  /** How long small work may take on the event loop on average: pages come from the disk, or the system's cache takes none. After slower work threads do all work for a pause: 1 to 60 s. */
  slowDiskMs: 5,
  slowDiskPauseMsMin: 1_000,
  slowDiskPauseMsMax: 60_000,
  /** How long after another process has written to the file the event loop does not write: every instance writes at least every `memberHeartbeatIntervalMs`. */
  otherProcessPauseMs: 30_000,
  /** Pages in the WAL at which the writer copies them into the database: 4,000 pages are 16 MiB. */
  sqliteCheckpointPages: 4_000,
  /** How often it is looked whether the files are where they were; each batch of writes looks too. */
  sqliteFilesLookIntervalMs: 500,
  /** How long NOSPACE is shown at least after a write found no space, and until another write succeeds. */
  noSpaceAlarmMsMin: 1_000,
  /** Size of the WAL at which the writer waits for the readers and begins it anew: four times what it copies at. */
  walBytesMax: 64 * 1024 * 1024,
  /** How often its size is looked at, in batches of writes: a batch is at most some 5 MiB. */
  walLookBatches: 16,
} as const;

assert(limits.leaseFlushIntervalMs < limits.leaseGraceMs, 'a renewal is written before its lease can expire');
assert(limits.leaseGraceMs < 1_000, 'keys of an expired lease go within a second where instances share one clock');
assert(limits.leaseTickMs * 2 < limits.leaseClockApartMsMax, 'the lease clock runs on while a tick is written');
assert(
  limits.leaseGraceMs + limits.leaseClockApartMsMax + limits.leaseFlushIntervalMs < 1_500,
  'a lease lasts 1.5 s too long at most, and the time that a write takes',
);
assert(
  limits.leaseExpiryIntervalMs < limits.leaseTtlSecondsMin * 1_000,
  'a lease granted by another instance is seen before it is due',
);
assert(limits.memberHeartbeatIntervalMs < limits.memberRunsMsMax, 'an instance that runs is not removed');
assert(limits.compactionHoldRenewalMs * 2 < limits.compactionHoldMs, 'a hold outlasts a renewal that came late');
assert(limits.snapshotPaceMsMax < limits.snapshotIdleMsMax, 'a snapshot ends sooner when another one waits');
assert(
  limits.memberHeartbeatIntervalMs * 2 < limits.otherProcessPauseMs,
  'the event loop does not write while another instance runs',
);
assert(limits.memberHeartbeatIntervalMs * 2 < limits.memberSilenceMsMax, 'an instance that is there is listed');
assert(limits.logTextLengthMax * 8 < limits.logLineLengthMax, 'a line holds several texts');
assert(limits.writeBatchCountMax < limits.writeQueueCountMax, 'a batch fits into the queue');
