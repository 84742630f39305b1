/** Every bound of watches: name with unit, value, reason. */
import { assert } from '../errors.ts';

export const watchLimits = {
  /**
   * Bytes of events kept in memory for watchers that are a little behind: 6,500 updates of 1 KiB
   * with their previous values, more than a second of load.
   */
  eventLogBytesMax: 16 * 1024 * 1024,
  /** Bytes that the log evicts at a time: a sixteenth of the log. */
  eventBlockBytesMax: 1024 * 1024,
  /** Bytes of an event in the log beside its value: its entry and its key. */
  eventOverheadBytes: 200,
  /**
   * How long the tailer waits, for the read cache alone, for the events of this process's own
   * writes. The result of a commit arrives 1 or 2 ms after a head shows the commit.
   */
  ownEventsWaitMs: 5,
  /**
   * Events that a watcher reads from the log before other work has a turn: matching 500 events
   * takes about 0.1 ms.
   */
  logSliceEventsMax: 500,
  /**
   * Bytes at which a response ends and the next one begins, unless one transaction is larger.
   * Clients refuse messages above 4 MiB by default.
   */
  responseBytesMax: 1024 * 1024,
  /**
   * Unsent bytes of a stream at which its watchers fall behind and read from the log later: four
   * large responses.
   */
  streamBacklogBytesMax: 4 * 1024 * 1024,
  /**
   * A watcher that waits for its client continues when the stream holds this share of what it may
   * hold: 1 MiB if there are few streams.
   */
  drainedShare: 1 / 4,
  /**
   * Bytes at which a response ends while all streams together hold `backlogBytesMax`. A stream that
   * is not read then holds this much more than `streamBacklogBytesMin` at most.
   */
  shortResponseBytesMax: 8 * 1024,
  /** Unsent bytes of all streams together. With many streams, each may hold less. */
  backlogBytesMax: 32 * 1024 * 1024,
  /** Unsent bytes that every stream may hold, whatever the number of streams: a short response. */
  streamBacklogBytesMin: 8 * 1024,
  /**
   * Bytes of events that a watch of the server itself keeps until they are read: thousands of small
   * events. A larger event is kept alone.
   */
  localBacklogBytesMax: 256 * 1024,
  /** Database reads of watchers that catch up, at a time. More would delay other reads. */
  catchUpReadsMax: 2,
  /** The pause after the first failed read. Each further failure doubles it. */
  retryMsMin: 50,
  /** The longest pause after a failed read: how late watchers notice the end of an outage. */
  retryMsMax: 250,
  /**
   * How often a slow stream is checked after the transport reported it drained and it still holds
   * too much.
   */
  backlogCheckMs: 10,
  /** Progress requests of one stream that get a reply each. Requests beyond this share a reply. */
  progressAnswersMax: 64,
  /** The shortest interval of progress notifications, as in etcd. */
  progressIntervalMsMin: 100,
} as const;

assert(watchLimits.responseBytesMax <= watchLimits.streamBacklogBytesMax, 'a response fits into an idle stream');
assert(
  watchLimits.streamBacklogBytesMin < watchLimits.streamBacklogBytesMax,
  'a stream may hold the least it is given',
);
