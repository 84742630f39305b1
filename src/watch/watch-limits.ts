/** Every bound of the watch side: name with unit, value, reason. */
import { assert } from '../errors.ts';

export const watchLimits = {
  /** Events kept in memory for watchers that are a little behind: 6,500 updates of 1 KiB with their previous values, more than a second of load. */
  eventLogBytesMax: 16 * 1024 * 1024,
  /** Bytes the log forgets at once: a sixteenth of it. */
  eventBlockBytesMax: 1024 * 1024,
  /** What an event in the log costs beside its bytes: its entry and its key. */
  eventOverheadBytes: 200,
  /** How long the tailer waits, for the read cache alone, for the events of this process's own writes: the answer of a commit that a head has shown is a millisecond or two behind. */
  ownEventsWaitMs: 5,
  /** Events a watcher is given from memory before others have their turn: 500 take about a tenth of a millisecond to match. */
  logSliceEventsMax: 500,
  /** Where a response ends and the next begins, unless one transaction is larger. Clients refuse messages above 4 MiB by default. */
  responseBytesMax: 1024 * 1024,
  /** Bytes a stream may have waiting before its watchers are served later, from the log: four large responses. */
  streamBacklogBytesMax: 4 * 1024 * 1024,
  /** The same for all streams together: when many are slow, each may hold less. */
  backlogBytesMax: 64 * 1024 * 1024,
  /** However many streams there are, each may hold this much: below it a reader that keeps up would be called slow. */
  streamBacklogBytesMin: 64 * 1024,
  /** Bytes of events that a watch of the process's own keeps until they are asked for: thousands of small ones. A larger one comes alone. */
  localBacklogBytesMax: 256 * 1024,
  /** Reads by watchers that catch up from the database, at once. More would make other reads wait. */
  catchUpReadsMax: 2,
  /** First pause after the database failed a read; each further one doubles it. */
  retryMsMin: 50,
  /** The longest such pause: how late watchers notice that the database is back. */
  retryMsMax: 250,
  /** How often a slow stream is looked at when the transport calls it drained and it still holds too much. */
  backlogCheckMs: 10,
  /** Progress requests of one stream answered one by one. A flood beyond it shares an answer. */
  progressAnswersMax: 64,
  /** The shortest interval of progress notifications, as etcd's. */
  progressIntervalMsMin: 100,
} as const;

assert(watchLimits.responseBytesMax <= watchLimits.streamBacklogBytesMax, 'a response fits into an idle stream');
assert(
  watchLimits.streamBacklogBytesMin < watchLimits.streamBacklogBytesMax,
  'a stream may hold the least it is given',
);
