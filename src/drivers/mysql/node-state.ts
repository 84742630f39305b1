/**
 * Reads the state of one of several MySQL or MariaDB servers, or nodes of a Galera cluster, and
 * describes it.
 */
import type { Connection } from 'mysql2';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import { succeedsWithin } from '../../kit/within.ts';
import { record } from '../../sql/shape.ts';
import type { OfflineDatabase } from '../offline.ts';
import type { Node, NodeState } from '../remote/engine.ts';
import { remoteLimits } from '../remote/remote-limits.ts';
import { unlessAborted } from '../remote/unless-aborted.ts';
import type { ServerDescription } from '../storage-facts.ts';
import { newConnection, waitConnected } from './connection-lifetime.ts';
import { connectionSettings } from './connection-settings.ts';
import { isOlder, plainVersion, versionsMin } from './prepare-database.ts';
import { destroy, isOn, isReadOnly, ownDefaults } from './ready-connection.ts';
import { sendStatements } from './send-statements.ts';

const names = [
  'read_only',
  'super_read_only',
  'offline_mode',
  'hostname',
  'port',
  'datadir',
  'server_uuid',
  'wsrep_on',
  'wsrep_sst_donor_rejects_queries',
  'wsrep_ready',
  'wsrep_cluster_status',
  'wsrep_local_state',
  'wsrep_cluster_state_uuid',
]
  .map((name) => `'${name}'`)
  .join();

/**
 * Settings and counters of the server. A node that is not part of its cluster answers these
 * statements and no others.
 */
const stateText = `${ownDefaults}; SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names}); SHOW GLOBAL STATUS WHERE Variable_name IN (${names})`;

/** A read that waits until the node has applied the commits of the others. */
const currentRead = 'SET SESSION wsrep_sync_wait = 1; SELECT 1; SET SESSION wsrep_sync_wait = 0';

/** Whether statements are answered soon. If not, the connection is closed: it is still waiting. */
async function isAnswered(connection: Connection, text: string): Promise<boolean> {
  const isInTime = await succeedsWithin(remoteLimits.nodeStallMsMin, sendStatements(connection, text));
  if (!isInTime) destroy(connection);
  return isInTime;
}

/** Opens a connection without a database: tine's may be missing. */
export async function openNode(dsn: RemoteDsn, host: DatabaseHost, signal?: AbortSignal): Promise<Node> {
  const { database: _database, ...settings } = await connectionSettings(dsn, host, signal);
  const connection = newConnection(settings);
  await unlessAborted(signal, { setUp: () => waitConnected(connection), abandon: () => destroy(connection) });
  return {
    state: async () => {
      const replies = await sendStatements(connection, stateText);
      const found = new Map(replies.slice(-2).flatMap(({ reply }) => reply as [string, string][]));
      const state = nodeState(found);
      if (!isOn(found.get('wsrep_on')) || state.refusal !== undefined) return state;
      return { ...state, isStalled: !(await isAnswered(connection, currentRead)) };
    },
    abandon: () => destroy(connection),
  };
}

/**
 * The state of a node, from the server's variables and status values by name. They do not show a
 * stall.
 */
export function nodeState(found: ReadonlyMap<string, string>): NodeState {
  const isCluster = isOn(found.get('wsrep_on'));
  return {
    refusal: serverRefusal(found) ?? (isCluster ? clusterRefusal(found) : undefined),
    isStalled: false,
    isDegraded: isCluster && found.get('wsrep_local_state') === localState.donor,
    term: 0,
    dataId: isCluster ? `cluster ${found.get('wsrep_cluster_state_uuid')}` : serverId(found),
  };
}

function serverRefusal(found: ReadonlyMap<string, string>): string | undefined {
  if (isOn(found.get('offline_mode'))) return 'it is offline (offline_mode)';
  if (isReadOnly(found.get('super_read_only')) || isReadOnly(found.get('read_only')))
    return 'it is a replica, or set to read only';
  return undefined;
}

/**
 * Galera's numbers of the states in which a node takes part in the cluster. A donor may serve,
 * unless its transfer method or its settings forbid it.
 */
const localState = { donor: '2', synced: '4' } as const;

function clusterRefusal(found: ReadonlyMap<string, string>): string | undefined {
  if (found.get('wsrep_cluster_status') !== 'Primary') return 'it is not part of the primary component of its cluster';
  if (!isOn(found.get('wsrep_ready'))) return 'it is not ready (wsrep_ready)';
  const state = found.get('wsrep_local_state');
  if (state === localState.donor && (found.get('wsrep_sst_donor_rejects_queries') ?? 'OFF') === 'OFF') return undefined;
  return state === localState.synced ? undefined : `it is not synced (wsrep_local_state ${state})`;
}

/** Identifies a server independently of its address. */
function serverId(found: ReadonlyMap<string, string>): string {
  return ['hostname', 'port', 'datadir', 'server_uuid'].map((name) => found.get(name) ?? '').join(' ');
}

const settingNames = [
  'version',
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'log_bin',
  'sync_binlog',
  'max_allowed_packet',
  'max_connections',
  'threads_connected',
  'wsrep_on',
  'wsrep_cluster_size',
  'innodb_lock_wait_timeout',
]
  .map((name) => `'${name}'`)
  .join();

/** Describes the server for `tine doctor`. */
export async function describeServer(database: OfflineDatabase): Promise<ServerDescription> {
  const settings = new Map<string, string>();
  for (const kind of ['VARIABLES', 'STATUS']) {
    const text = `SHOW GLOBAL ${kind} WHERE Variable_name IN (${settingNames})`;
    for (const { name, value } of await database.rows(record({ name: 'text', value: 'text' }), text))
      settings.set(name.toLowerCase(), value);
  }
  const version = settings.get('version') ?? '';
  const product = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  return {
    product,
    version,
    isSupported: !isOlder(plainVersion(version), versionsMin[product]),
    settings,
    connections: {
      max: Number(settings.get('max_connections')),
      used: Number(settings.get('threads_connected')),
    },
  };
}
