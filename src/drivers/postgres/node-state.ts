/** Reads the state of one of several Postgres servers, and describes it. */
import pg, { type Client } from 'pg';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import { record } from '../../sql/shape.ts';
import type { OfflineDatabase } from '../offline.ts';
import type { Node, NodeState } from '../remote/engine.ts';
import { unlessAborted } from '../remote/unless-aborted.ts';
import type { ServerDescription } from '../storage-facts.ts';
import { isDatabaseMissing } from './classify-error.ts';
import { connectionSettings } from './connection-settings.ts';
import { destroy } from './postgres-session.ts';
import { maintenanceDatabase, versionMin } from './prepare-database.ts';

/**
 * The highest timeline of all primaries seen. Each promotion begins a new timeline. A primary of a
 * lower one is stale: it was down or cut off when another server was promoted, and lacks the writes
 * since.
 */
export class Terms {
  #highest = 0;

  /** The reason why a primary of this timeline may not be used. Undefined: it may. */
  refusal(term: number): string | undefined {
    this.#highest = Math.max(this.#highest, term);
    if (term >= this.#highest) return undefined;
    return `it is a primary of timeline ${term}, and another of timeline ${this.#highest} has taken its place`;
  }
}

// The timeline that the server writes now. The one of the last checkpoint, in
// pg_control_checkpoint(), is outdated for a while after a promotion.
const STATE = `SELECT CASE
    WHEN pg_is_in_recovery() THEN 'it is a standby'
    WHEN current_setting('default_transaction_read_only') = 'on' THEN 'it is set to read only'
  END AS refusal,
  CASE WHEN pg_is_in_recovery() THEN '0' ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END AS timeline,
  (SELECT system_identifier FROM pg_control_system()) || '/' || extract(epoch FROM pg_postmaster_start_time()) AS process`;

interface StateRow {
  readonly refusal: string | null;
  /** Hexadecimal. */
  readonly timeline: string;
  readonly process: string;
}

/**
 * Connects to tine's database, or to database `postgres`, which every server has, while tine's is
 * missing.
 */
export async function openNode(
  dsn: RemoteDsn,
  host: DatabaseHost,
  { terms, signal }: { readonly terms: Terms; readonly signal?: AbortSignal },
): Promise<Node> {
  const client = await connected(dsn, host, signal).catch((error: unknown) => {
    if (!isDatabaseMissing(error)) throw error;
    return connected({ ...dsn, database: maintenanceDatabase }, host, signal);
  });
  return { state: () => stateOf(client, terms), abandon: () => destroy(client) };
}

async function connected(dsn: RemoteDsn, host: DatabaseHost, signal: AbortSignal | undefined): Promise<Client> {
  const client = new pg.Client(await connectionSettings(dsn, host, signal));
  client.on('error', () => {});
  await unlessAborted(signal, { setUp: () => client.connect(), abandon: () => destroy(client) });
  return client;
}

async function stateOf(client: Client, terms: Terms): Promise<NodeState> {
  const { rows } = await client.query<StateRow>(STATE);
  const [{ refusal, timeline, process }] = rows as [StateRow];
  const term = Number.parseInt(timeline, 16);
  return {
    refusal: refusal ?? terms.refusal(term),
    isDegraded: false,
    isStalled: false,
    term: refusal === null ? term : 0,
    // The same server has the same id under every address.
    dataId: process,
  };
}

// Settings as a new session of this role has them; tine sets some of them again for itself.
const SETTINGS = `SELECT name, COALESCE(reset_val, '')
  FROM pg_settings
  WHERE name IN ('server_version', 'server_version_num', 'synchronous_commit', 'fsync', 'full_page_writes',
    'max_connections', 'superuser_reserved_connections', 'reserved_connections')`;

// Other users' connections show their database, but not their kind.
const CONNECTION_COUNT = 'SELECT COUNT(*) FROM pg_stat_activity WHERE datid IS NOT NULL';

/** Describes the server for `tine doctor`. */
export async function describeServer(database: OfflineDatabase): Promise<ServerDescription> {
  const found = await database.rows(record({ name: 'text', value: 'text' }), SETTINGS);
  const settings = new Map(found.map(({ name, value }) => [name, value]));
  const number = (name: string): number => Number(settings.get(name) ?? 0);
  return {
    product: 'Postgres',
    version: settings.get('server_version') ?? '',
    isSupported: number('server_version_num') >= versionMin,
    settings,
    connections: {
      max: number('max_connections') - number('superuser_reserved_connections') - number('reserved_connections'),
      used: Number(await database.value(CONNECTION_COUNT)),
    },
  };
}
