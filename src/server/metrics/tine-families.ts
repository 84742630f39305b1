/** tine's own metrics, for values that etcd does not have, in base units. */
import type { QueueStatistics } from '../../store/store-statistics.ts';
import type { Family, Sample } from './family.ts';
import { byLabel, counter, gauge, info, seconds, sizes, summary } from './family.ts';
import type { Scrape } from './scrape.ts';

export function tineFamilies(scrape: Scrape): readonly Family[] {
  return [
    ...serverFamilies(scrape),
    ...writeFamilies(scrape),
    ...readFamilies(scrape),
    ...watchFamilies(scrape),
    ...compactionFamilies(scrape),
    ...databaseFamilies(scrape),
    ...poolFamilies(scrape),
    ...statementFamilies(scrape),
    ...traceFamilies(scrape),
  ];
}

function serverFamilies({
  tineVersion,
  databaseKind,
  connections,
  members,
  stalls,
  clockJumps,
  store,
}: Scrape): readonly Family[] {
  return [
    info('tine_build_info', 'Always 1, with the version of tine and the kind of database.', {
      version: tineVersion,
      database: databaseKind,
    }),
    gauge('tine_client_connections', 'Open client connections.', connections),
    gauge('tine_instances', 'Running instances on this database, including this one.', members),
    counter(
      'tine_event_loop_stalls_total',
      'Number of times that the event loop was blocked for 100 ms or longer.',
      stalls.count,
    ),
    counter('tine_event_loop_stall_seconds_total', 'Time for which the event loop was blocked.', stalls.ms / 1000),
    counter(
      'tine_clock_jumps_total',
      'Number of times that a wall clock was set: of this machine, of the database. Leases are not affected.',
      byLabel('clock', { machine: clockJumps.count, database: store.database.clockJumps }),
    ),
  ];
}

function writeFamilies({ store }: Scrape): readonly Family[] {
  const { waiting, waitingBytes, underWay, batchOperations, batchBytes, waitMs, refused, dropped } = store.writes;
  return [
    gauge('tine_write_queue_operations', 'Writes that wait for a batch.', waiting + store.quotaWaits.waiting),
    gauge('tine_write_queue_bytes', 'Bytes of the writes that wait for a batch.', waitingBytes),
    gauge('tine_write_operations_under_way', 'Writes in batches that the database is processing.', underWay),
    seconds('tine_write_queue_wait_seconds', 'Time that writes waited for their batch.', waitMs),
    sizes('tine_write_batch_operations', 'Writes that were committed together.', batchOperations),
    sizes('tine_write_batch_bytes', 'Bytes of the writes that were committed together.', batchBytes),
    counter('tine_writes_refused_total', 'Writes refused because too many waited.', refused + store.quotaWaits.refused),
    counter(
      'tine_writes_dropped_total',
      'Writes cancelled by their clients while they waited, without effect.',
      dropped + store.quotaWaits.dropped,
    ),
  ];
}

function readFamilies({ store }: Scrape): readonly Family[] {
  const { pointReads, leaseReads, headReads, listStarts, bulkReads, pacedAnswers } = store;
  const { sizeReads, alarmReads, memberReads, otherReads } = store;
  const { knownCounts, readCache } = store;
  const lists = [listStarts, bulkReads, pacedAnswers];
  const others = [alarmReads, memberReads, otherReads];
  const queues = [pointReads, leaseReads, headReads, ...lists, sizeReads, ...others];
  return [
    gauge('tine_read_queue_reads', 'Reads that wait for a batch or for a reader.', [
      { labels: { kind: 'key' }, value: pointReads.waiting },
      { labels: { kind: 'lease' }, value: leaseReads.waiting },
      { labels: { kind: 'head' }, value: headReads.waiting },
      { labels: { kind: 'list' }, value: waitingIn(lists) },
      // Without reads of the database's size, because each scrape makes one.
      { labels: { kind: 'other' }, value: waitingIn(others) },
    ]),
    sizes('tine_read_batch_keys', 'Reads of single keys that were answered together.', pointReads.batchReads),
    sizes('tine_read_batch_leases', 'Renewals of leases that were looked up together.', leaseReads.batchReads),
    counter(
      'tine_reads_refused_total',
      'Reads refused because too many waited.',
      queues.reduce((sum, { refused }) => sum + refused, 0),
    ),
    counter(
      'tine_reads_dropped_total',
      'Reads cancelled by their clients while they waited, and not started.',
      queues.reduce((sum, { dropped }) => sum + dropped, 0),
    ),
    counter(
      'tine_range_counts_total',
      'Requests for the number of keys of a range: cached from an earlier request at the same revision (hit), or counted by the database (miss).',
      byLabel('result', { hit: knownCounts.hits, miss: knownCounts.misses }),
    ),
    counter(
      'tine_read_cache_reads_total',
      'Gets, pages of lists and counts at the latest revision: answered from the read cache (hit), or by the database (miss).',
      byLabel('result', { hit: readCache.hits, miss: readCache.misses }),
    ),
    gauge(
      'tine_read_cache_bytes',
      'Bytes of the key-values in the read cache, with keys and overhead.',
      readCache.bytes,
    ),
  ];
}

function waitingIn(queues: readonly QueueStatistics[]): number {
  return queues.reduce((sum, { waiting }) => sum + waiting, 0);
}

function watchFamilies({ watches }: Scrape): readonly Family[] {
  return [
    gauge('tine_watch_lag_rows', 'Committed rows that were not yet delivered to watchers.', watches.lag.ids),
    gauge(
      'tine_watch_lag_seconds',
      'Time since there have been undelivered rows; 0 while there are none.',
      watches.lag.ms / 1000,
    ),
    gauge(
      'tine_watchers_behind',
      'Watchers that are catching up, from memory or from the database.',
      watches.watchersBehind,
    ),
    counter(
      'tine_watchers_fell_behind_total',
      'Number of times that a watcher fell behind and had to catch up.',
      watches.fellBehind,
    ),
    gauge('tine_event_log_bytes', 'Bytes of recent events kept in memory.', watches.eventLogBytes),
    counter(
      'tine_event_log_evicted_events_total',
      'Events that were evicted from memory for newer ones.',
      watches.eventsEvicted,
    ),
  ];
}

function compactionFamilies({ store: { operations, isCompacting } }: Scrape): readonly Family[] {
  return [
    gauge(
      'tine_compaction_running',
      'Whether this instance is deleting compacted rows. 1 if it is.',
      isCompacting ? 1 : 0,
    ),
    gauge(
      'tine_compaction_rows_left',
      'Rows up to the compaction mark that this instance has not processed yet.',
      operations.compaction.idsLeft,
    ),
    counter(
      'tine_compaction_chunks_total',
      'Chunks of compacted rows that this instance has processed.',
      operations.compaction.chunks,
    ),
  ];
}

function databaseFamilies({ store: { database, rewinds }, isDatabaseUp, leases }: Scrape): readonly Family[] {
  const { committed, undone, unknown } = database.doubts;
  return [
    gauge('tine_database_up', 'Whether the database answers. 1 if it does.', isDatabaseUp ? 1 : 0),
    counter(
      'tine_database_rewinds_total',
      'Number of times that the database lost its newest rows, by a restored backup or a failover.',
      rewinds,
    ),
    counter(
      'tine_database_failures_total',
      'Failures of the database, by kind: busy (locked), lost (no answer), full, corrupt, tooLarge, other.',
      byLabel('kind', database.failures),
    ),
    counter(
      'tine_commits_in_doubt_total',
      'Commits whose answer was lost, by their outcome: committed, undone, or unknown.',
      byLabel('outcome', { committed, undone, unknown }),
    ),
    seconds(
      'tine_notification_echo_seconds',
      'Time until a notification of this instance returned from the database. Postgres only.',
      database.echoes,
    ),
    gauge('tine_database_wal_bytes', "Size of SQLite's write-ahead log; 0 on other databases.", database.walBytes),
    gauge('tine_leases', 'Leases in the database, of all instances.', leases),
  ];
}

function poolFamilies({ store: { database } }: Scrape): readonly Family[] {
  const each = (read: (pool: (typeof database.pools)[number]) => number): readonly Sample[] =>
    database.pools.map((pool) => ({ labels: { pool: pool.name }, value: read(pool) }));
  return [
    gauge(
      'tine_database_connections',
      'Open connections to the database, by purpose. In SQLite each is a thread.',
      database.pools.flatMap(({ name, used, idle }) => [
        { labels: { pool: name, state: 'used' }, value: used },
        { labels: { pool: name, state: 'idle' }, value: idle },
      ]),
    ),
    gauge(
      'tine_database_connections_max',
      'Limit of open connections to the database.',
      each(({ countMax }) => countMax),
    ),
    gauge(
      'tine_database_connection_waiters',
      'Requests that wait for a connection to the database.',
      each(({ waiting }) => waiting),
    ),
    counter(
      'tine_database_connections_opened_total',
      'Connections opened since the start. An increase shows reconnects.',
      each(({ opened }) => opened),
    ),
    counter(
      'tine_database_connections_closed_total',
      'Connections closed since the start: idle, broken or abandoned.',
      each(({ closed }) => closed),
    ),
  ];
}

function statementFamilies({ store: { database } }: Scrape): readonly Family[] {
  const labelled = database.statements.map((totals) => ({ totals, labels: { statement: totals.name } }));
  return [
    summary(
      'tine_statement_duration_seconds',
      'Duration of SQL statements, by name.',
      labelled.map(({ totals, labels }) => ({ labels, sum: totals.ms / 1000, count: totals.runs })),
    ),
    counter(
      'tine_statement_rows_total',
      'Rows that statements returned or changed, by name.',
      labelled.map(({ totals, labels }) => ({ labels, value: totals.rows })),
    ),
  ];
}

function traceFamilies({ droppedSpans }: Scrape): readonly Family[] {
  if (droppedSpans === undefined) return [];
  return [
    counter(
      'tine_trace_spans_dropped_total',
      'Spans that did not reach the collector: too many waited, or the collector did not accept them.',
      byLabel('reason', droppedSpans),
    ),
  ];
}
