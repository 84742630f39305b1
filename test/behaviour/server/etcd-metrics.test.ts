/**
 * The metric names that dashboards and alerts for etcd use have the same meaning in tine: compared
 * with a real etcd 3.7.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelNames, type ShownFamily } from '../../support/exposition.ts';
import { etcd, ownServer, TINE_DRIVERS, waitFor } from '../../support/index.ts';
import { scrape } from '../../support/scrape.ts';

/**
 * First the metrics in the alert rules and the Grafana dashboard of the etcd mixin, and in
 * kube-prometheus, which is built from that mixin. Then the metrics that the pages about operating
 * etcd recommend. Metrics that cannot exist without peers are left out: `etcd_network_peer_...`.
 */
const usedNames = [
  'etcd_server_has_leader',
  'etcd_server_is_leader',
  'etcd_server_leader_changes_seen_total',
  'etcd_server_proposals_committed_total',
  'etcd_server_proposals_applied_total',
  'etcd_server_proposals_pending',
  'etcd_server_proposals_failed_total',
  'etcd_server_slow_apply_total',
  'etcd_server_slow_read_indexes_total',
  'etcd_server_read_indexes_failed_total',
  'etcd_server_heartbeat_send_failures_total',
  'etcd_server_quota_backend_bytes',
  'etcd_server_health_success',
  'etcd_server_health_failures',
  'etcd_server_id',
  'etcd_server_version',
  'etcd_server_is_learner',
  'etcd_server_request_duration_seconds',
  'etcd_cluster_version',
  'etcd_disk_wal_fsync_duration_seconds',
  'etcd_disk_backend_commit_duration_seconds',
  'etcd_disk_backend_defrag_duration_seconds',
  'etcd_disk_backend_snapshot_duration_seconds',
  'etcd_disk_defrag_inflight',
  'etcd_mvcc_db_total_size_in_bytes',
  'etcd_mvcc_db_total_size_in_use_in_bytes',
  'etcd_mvcc_put_total',
  'etcd_mvcc_delete_total',
  'etcd_mvcc_txn_total',
  'etcd_mvcc_range_total',
  'etcd_network_client_grpc_received_bytes_total',
  'etcd_network_client_grpc_sent_bytes_total',
  'etcd_debugging_auth_revision',
  'etcd_debugging_mvcc_keys_total',
  'etcd_debugging_mvcc_current_revision',
  'etcd_debugging_mvcc_compact_revision',
  'etcd_debugging_mvcc_watch_stream_total',
  'etcd_debugging_mvcc_watcher_total',
  'etcd_debugging_mvcc_slow_watcher_total',
  'etcd_debugging_mvcc_events_total',
  'etcd_debugging_mvcc_total_put_size_in_bytes',
  'etcd_debugging_mvcc_db_compaction_keys_total',
  'etcd_debugging_mvcc_db_compaction_last',
  'etcd_debugging_lease_granted_total',
  'etcd_debugging_lease_revoked_total',
  'etcd_debugging_lease_renewed_total',
  'etcd_debugging_lease_ttl_total',
  'etcd_debugging_server_lease_expired_total',
  'grpc_server_started_total',
  'grpc_server_handled_total',
  'grpc_server_handling_seconds',
  'grpc_server_msg_received_total',
  'grpc_server_msg_sent_total',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_virtual_memory_bytes',
  'process_start_time_seconds',
  'process_open_fds',
  'process_max_fds',
  'os_fd_used',
  'os_fd_limit',
];

/** Families whose buckets must equal etcd's, because dashboards use them. */
const sameBuckets = [
  'etcd_disk_wal_fsync_duration_seconds',
  'etcd_disk_backend_commit_duration_seconds',
  'etcd_debugging_lease_ttl_total',
  'etcd_disk_backend_defrag_duration_seconds',
  'etcd_disk_backend_snapshot_duration_seconds',
];

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: every metric that etcd's dashboards and alerts use exists with etcd's type, labels and request types`, async (context) => {
    const [tines, etcds] = await Promise.all([driver, etcd].map((each) => usedAndScraped(context, each)));
    for (const name of usedNames) {
      const [tine, original] = [tines?.get(name), etcds?.get(name)];
      assert.ok(original !== undefined, `etcd has ${name}`);
      assert.ok(tine !== undefined, `tine has ${name}`);
      assert.equal(tine.type, original.type, `type of ${name}`);
      assert.deepEqual(labelNames(tine), labelNames(original), `labels of ${name}`);
    }
    for (const name of sameBuckets) assert.deepEqual(bounds(tines?.get(name)), bounds(etcds?.get(name)), name);
    // Other metrics with the same name must have the same meaning too.
    const common = [...(tines?.keys() ?? [])].filter((name) => etcds?.has(name));
    for (const name of common) assert.equal(tines?.get(name)?.type, etcds?.get(name)?.type, `type of ${name}`);
    context.diagnostic(`${common.length} names are etcd's: ${common.join(' ')}`);
    const types = (families: ReadonlyMap<string, ShownFamily> | undefined) =>
      new Set(families?.get('etcd_server_request_duration_seconds')?.samples.map(({ labels }) => labels.type));
    const [here, there] = [types(tines), types(etcds)];
    for (const type of ['Put', 'Range', 'Txn', 'DeleteRange', 'Compaction', 'LeaseGrant', 'LeaseRevoke']) {
      assert.ok(there.has(type), `etcd counts ${type}`);
      assert.ok(here.has(type), `tine counts ${type}`);
    }
  });
}

async function usedAndScraped(context: Parameters<typeof ownServer>[0], driver: (typeof TINE_DRIVERS)[number]) {
  const { server, client } = await ownServer(context, { driver, arguments: ['--metrics', 'extensive'] });
  const key = 'key';
  await client.put({ key });
  await client.range({ key });
  await client.txn({ success: [{ request_put: { key } }] });
  await client.deleteRange({ key });
  const { ID } = await client.leaseGrant({ TTL: 60 });
  const { header } = await client.leaseRevoke({ ID });
  await client.compact({ revision: header.revision });
  // The counts of a database that does not answer within a second come with a later scrape.
  return waitFor('the counts of the database', async () => {
    const families = await scrape(server);
    return families.has('etcd_debugging_mvcc_keys_total') && families;
  });
}

function bounds(family: ShownFamily | undefined): readonly string[] {
  return [...new Set(family?.samples.flatMap(({ labels }) => labels.le ?? []))].map((le) => String(Number(le)));
}
