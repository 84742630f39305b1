/**
 * Metrics with etcd's names, types and texts, for dashboards and alerts, where tine has the same
 * values.
 */
import { authRevision } from '../../mvcc/auth/auth-state.ts';
import type { Family } from './family.ts';
import { counter, gauge, info, seconds, sizes } from './family.ts';
import type { Scrape } from './scrape.ts';

export function etcdFamilies(scrape: Scrape): readonly Family[] {
  return [
    ...serverFamilies(scrape),
    ...databaseFamilies(scrape),
    ...operationFamilies(scrape),
    ...watchFamilies(scrape),
    ...leaseFamilies(scrape),
  ];
}

function serverFamilies({ store, head, identity, isDatabaseUp, isLeader, etcdVersion, quotaBytes, health }: Scrape) {
  const { writes, leaderChanges, slowOperations } = store;
  const [major, minor] = etcdVersion.split('.');
  return [
    // Without its database, tine can do as little as etcd without a leader.
    gauge('etcd_server_has_leader', 'Whether or not a leader exists. 1 is existence, 0 is not.', isDatabaseUp ? 1 : 0),
    gauge('etcd_server_is_leader', 'Whether or not this member is a leader. 1 if is, 0 otherwise.', isLeader ? 1 : 0),
    gauge('etcd_server_is_learner', 'Whether or not this member is a learner. 1 if is, 0 otherwise.', 0),
    counter('etcd_server_leader_changes_seen_total', 'The number of leader changes seen.', leaderChanges),
    info('etcd_server_id', "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.", {
      server_id: identity.memberId.toString(16),
    }),
    info('etcd_server_version', "Which version is running. 1 for 'server_version' label with current version.", {
      server_version: etcdVersion,
    }),
    info(
      'etcd_cluster_version',
      "Which version is running. 1 for 'cluster_version' label with current cluster version",
      {
        cluster_version: `${major}.${minor}`,
      },
    ),
    gauge('etcd_debugging_auth_revision', 'The current revision of auth store.', authRevision(head.authState)),
    gauge('etcd_server_quota_backend_bytes', 'Current backend storage quota size in bytes.', quotaBytes),
    // The table is the log: a row's id is its position, and committed rows are applied.
    gauge('etcd_server_proposals_committed_total', 'The total number of consensus proposals committed.', head.id),
    gauge('etcd_server_proposals_applied_total', 'The total number of consensus proposals applied.', head.id),
    gauge(
      'etcd_server_proposals_pending',
      'The current number of pending proposals to commit.',
      writes.waiting + writes.underWay,
    ),
    counter('etcd_server_proposals_failed_total', 'The total number of failed proposals seen.', writes.failed),
    counter(
      'etcd_server_slow_apply_total',
      'The total number of slow apply requests (likely overloaded from slow disk).',
      slowOperations,
    ),
    // A read queries the database directly, so there is no read index to wait for, and there are no
    // heartbeats.
    counter(
      'etcd_server_slow_read_indexes_total',
      "The total number of pending read indexes not in sync with leader's or timed out read index requests.",
      0,
    ),
    counter('etcd_server_read_indexes_failed_total', 'The total number of failed read indexes seen.', 0),
    counter(
      'etcd_server_heartbeat_send_failures_total',
      'The total number of leader heartbeat send failures (likely overloaded from slow disk).',
      0,
    ),
    counter('etcd_server_health_success', 'The total number of successful health checks', health.successes),
    counter('etcd_server_health_failures', 'The total number of failed health checks', health.failures),
  ];
}

function databaseFamilies({ store, size }: Scrape): readonly Family[] {
  const { defragmentations, snapshots } = store;
  const { commits, writeTransactions } = store.database;
  return [
    gauge(
      'etcd_mvcc_db_total_size_in_bytes',
      'Total size of the underlying database physically allocated in bytes.',
      size.bytes,
    ),
    gauge(
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'Total size of the underlying database logically in use in bytes.',
      size.inUseBytes,
    ),
    seconds('etcd_disk_wal_fsync_duration_seconds', 'The latency distributions of fsync called by WAL.', commits),
    seconds(
      'etcd_disk_backend_commit_duration_seconds',
      'The latency distributions of commit called by backend.',
      writeTransactions,
    ),
    seconds(
      'etcd_disk_backend_defrag_duration_seconds',
      'The latency distribution of backend defragmentation.',
      defragmentations.ms,
    ),
    gauge(
      'etcd_disk_defrag_inflight',
      'Whether or not defrag is active on the member. 1 means active, 0 means not.',
      defragmentations.underWay > 0 ? 1 : 0,
    ),
    seconds(
      'etcd_disk_backend_snapshot_duration_seconds',
      'The latency distribution of backend snapshots.',
      snapshots.ms,
    ),
  ];
}

function operationFamilies({ store, head, keys }: Scrape): readonly Family[] {
  const { ranges, puts, deletes, txns, putBytes, compaction } = store.operations;
  return [
    counter('etcd_mvcc_range_total', 'Total number of ranges seen by this member.', ranges),
    counter('etcd_mvcc_put_total', 'Total number of puts seen by this member.', puts),
    counter('etcd_mvcc_delete_total', 'Total number of deletes seen by this member.', deletes),
    counter('etcd_mvcc_txn_total', 'Total number of txns seen by this member.', txns),
    gauge(
      'etcd_debugging_mvcc_total_put_size_in_bytes',
      'The total size of put kv pairs seen by this member.',
      putBytes,
    ),
    ...(keys === undefined ? [] : [gauge('etcd_debugging_mvcc_keys_total', 'Total number of keys.', keys)]),
    gauge('etcd_debugging_mvcc_current_revision', 'The current revision of store.', head.revision),
    gauge(
      'etcd_debugging_mvcc_compact_revision',
      'The revision of the last compaction in store.',
      Math.max(0, head.compactRevision),
    ),
    counter('etcd_debugging_mvcc_db_compaction_keys_total', 'Total number of db keys compacted.', compaction.rows),
    gauge(
      'etcd_debugging_mvcc_db_compaction_last',
      'The unix time of the last db compaction. Resets to 0 on start.',
      compaction.lastUnixSeconds,
    ),
  ];
}

function watchFamilies({ watches }: Scrape): readonly Family[] {
  return [
    gauge('etcd_debugging_mvcc_watch_stream_total', 'Total number of watch streams.', watches.streams),
    gauge('etcd_debugging_mvcc_watcher_total', 'Total number of watchers.', watches.watchers),
    gauge('etcd_debugging_mvcc_slow_watcher_total', 'Total number of unsynced slow watchers.', watches.watchersBehind),
    counter('etcd_debugging_mvcc_events_total', 'Total number of events sent by this member.', watches.eventsSent),
  ];
}

function leaseFamilies({ store }: Scrape): readonly Family[] {
  const { leases, leaseTtls } = store.operations;
  return [
    counter('etcd_debugging_lease_granted_total', 'The total number of granted leases.', leases.granted),
    counter('etcd_debugging_lease_revoked_total', 'The total number of revoked leases.', leases.revoked),
    counter('etcd_debugging_lease_renewed_total', 'The number of renewed leases seen by the leader.', leases.renewed),
    counter('etcd_debugging_server_lease_expired_total', 'The total number of expired leases.', leases.expired),
    sizes('etcd_debugging_lease_ttl_total', 'Bucketed histogram of lease TTLs.', leaseTtls),
  ];
}
