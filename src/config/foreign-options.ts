/**
 * Flags of etcd and kine that tine does not have. An ignored one changes nothing a client could see, so that a
 * command line written for etcd or kine starts tine as it is; what it asked for is said once in the log. A refused one
 * asks for what a user relies on (encryption, checks of a certificate): starting without would be a lie.
 */
export interface ForeignOption {
  readonly action: 'ignore' | 'refuse';
  readonly isBoolean: boolean;
  /** Why, as the rest of a sentence that begins with the flag. */
  readonly reason: string;
}

const ignored = (reason: string, names: string, booleans = ''): readonly [string, ForeignOption][] => [
  ...words(names).map((name): [string, ForeignOption] => [name, { action: 'ignore', isBoolean: false, reason }]),
  ...words(booleans).map((name): [string, ForeignOption] => [name, { action: 'ignore', isBoolean: true, reason }]),
];

const refused = (reason: string, names: string, booleans = ''): readonly [string, ForeignOption][] =>
  ignored(reason, names, booleans).map(([name, entry]) => [name, { ...entry, action: 'refuse' }]);

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
     max-learners snapshot-catchup-entries downgrade-check-time peer-bind-address peer-advertise-address`,
    `initial-election-tick-advance strict-reconfig-check pre-vote peer-client-cert-auth peer-auto-tls
     peer-skip-client-san-verification discovery-insecure-transport discovery-insecure-skip-tls-verify
     force-new-cluster initial-corrupt-check`,
  ),
  ...ignored('is ignored: tine calls no etcd server', 'client-cert-file client-key-file'),
  ...ignored(
    'tunes a storage engine that tine does not have, and is ignored',
    `backend-bbolt-freelist-type backend-batch-interval backend-batch-limit bootstrap-defrag-threshold-megabytes
     feature-gates`,
    'memory-mlock',
  ),
  ...ignored(
    'is ignored: tine sizes its own batches',
    'compact-batch-size compaction-batch-limit compaction-sleep-interval poll-batch-size',
  ),
  ...ignored('is ignored: every commit is synced', '', 'unsafe-no-fsync'),
  ...ignored(
    'is ignored: tine opens few connections to a database server and keeps them',
    'datastore-max-idle-connections datastore-connection-max-lifetime datastore-connection-max-idle-time',
  ),
  ...ignored(
    'concerns a part of etcd or kine that tine does not have, and is ignored',
    `logger log-outputs log-rotation-config-json slow-sql-warning-threshold compact-interval-jitter
     compact-timeout distributed-tracing-address distributed-tracing-service-name
     distributed-tracing-instance-id distributed-tracing-sampling-rate grpc-keepalive-min-time grpc-keepalive-interval
     grpc-keepalive-timeout s3-bucket s3-folder s3-endpoint s3-region s3-access-key s3-secret-key s3-session-token
     s3-profile s3-ca-bundle`,
    `enable-pprof enable-log-rotation enable-distributed-tracing enable-grpc-gateway socket-reuse-port
     socket-reuse-address metrics-enable-profiling metrics-ignore-tls-config`,
  ),
  ...refused('is not read; give its settings as flags or in the environment', 'config-file'),
]);
