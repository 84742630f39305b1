/**
 * A flag of etcd or kine that tine does not have. The flag changes nothing that a client could see.
 * So a command line written for etcd or kine starts tine unchanged, and a note in the log lists the
 * ignored flags.
 */
export interface ForeignOption {
  readonly isBoolean: boolean;
  /** The reason, as the rest of a sentence that begins with the flag. */
  readonly reason: string;
}

const ignored = (reason: string, names: string, booleans = ''): readonly [string, ForeignOption][] => [
  ...words(names).map((name): [string, ForeignOption] => [name, { isBoolean: false, reason }]),
  ...words(booleans).map((name): [string, ForeignOption] => [name, { isBoolean: true, reason }]),
];

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

export const foreignOptions: ReadonlyMap<string, ForeignOption> = new Map([
  ...ignored(
    'has no meaning without Raft and is ignored',
    `wal-dir snapshot-count heartbeat-interval election-timeout listen-peer-urls initial-advertise-peer-urls
     initial-cluster initial-cluster-state initial-cluster-token discovery discovery-token discovery-endpoints
     discovery-dial-timeout discovery-request-timeout discovery-keepalive-time discovery-keepalive-timeout
     discovery-cert discovery-key discovery-cacert discovery-user discovery-password discovery-fallback discovery-proxy
     discovery-srv discovery-srv-name max-snapshots max-wals raft-read-timeout raft-write-timeout v2-deprecation
     peer-cert-file peer-key-file peer-client-cert-file peer-client-key-file peer-trusted-ca-file
     peer-cert-allowed-cn peer-cert-allowed-hostname peer-crl-file corrupt-check-time compact-hash-check-time
     max-learners snapshot-catchup-entries wait-cluster-ready-timeout downgrade-check-time peer-bind-address peer-advertise-address`,
    `initial-election-tick-advance strict-reconfig-check pre-vote peer-client-cert-auth peer-auto-tls
     peer-skip-client-san-verification discovery-insecure-transport discovery-insecure-skip-tls-verify
     force-new-cluster initial-corrupt-check compact-hash-check-enabled enable-lease-checkpoint
     enable-lease-checkpoint-persist set-member-localaddr enable-v2`,
  ),
  ...ignored('is ignored: tine calls no etcd server', 'client-cert-file client-key-file'),
  ...ignored(
    'tunes a storage engine that tine does not have, and is ignored',
    `backend-bbolt-freelist-type backend-batch-interval backend-batch-limit bootstrap-defrag-threshold-megabytes`,
    'memory-mlock txn-mode-write-with-shared-buffer stop-grpc-service-on-defrag',
  ),
  ...ignored('switches parts of etcd that tine does not have, and is ignored', 'feature-gates'),
  ...ignored(
    'is ignored: tine sizes its own batches',
    'compact-batch-size compaction-batch-limit compaction-sleep-interval poll-batch-size',
  ),
  ...ignored(
    'belongs to version 2 of the etcd API, and is ignored',
    `enable-v2v3 proxy proxy-dial-timeout proxy-failure-wait proxy-read-timeout proxy-refresh-interval
     proxy-write-timeout cluster-active-size cluster-remove-delay cluster-sync-interval config force max-result-buffer
     max-retry-attempts peer-heartbeat-interval peer-election-timeout retry-interval snapshot vv`,
  ),
  ...ignored(
    'is ignored: tine reads the list of snapshots from their folder and bucket',
    'etcd-snapshot-reconcile-interval',
  ),
  ...ignored('is ignored: snapshots are not compressed', '', 'etcd-snapshot-compress'),
  ...ignored(
    'is ignored: a request to the storage ends after 15 s without a byte, and an upload has no time limit',
    'etcd-s3-timeout',
  ),
  ...ignored('is ignored: tine connects to the storage directly', 'etcd-s3-proxy'),
  ...ignored('is ignored: tine reads no Kubernetes secrets', 'etcd-s3-config-secret'),
  ...ignored('is ignored: every commit is synced', '', 'unsafe-no-fsync'),
  ...ignored(
    'is ignored: tine opens few connections to a database server and keeps them',
    'datastore-max-idle-connections datastore-connection-max-lifetime datastore-connection-max-idle-time',
  ),
  ...ignored(
    'concerns a part of etcd or kine that tine does not have, and is ignored',
    `logger log-rotation-config-json slow-sql-warning-threshold compact-interval-jitter
     compact-timeout log-package-levels s3-bucket s3-folder s3-endpoint s3-region s3-access-key s3-secret-key s3-session-token
     s3-profile s3-ca-bundle`,
    `enable-pprof enable-log-rotation socket-reuse-port
     socket-reuse-address metrics-enable-profiling metrics-ignore-tls-config`,
  ),
]);
