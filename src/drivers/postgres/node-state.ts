/** Reads the state of one of several Postgres servers. */
import pg, { type Client } from 'pg';
import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import type { Node, NodeState } from '../remote/engine.ts';
import { isDatabaseMissing } from './classify-error.ts';
import { connectionSettings } from './connection-settings.ts';
import { destroy } from './postgres-session.ts';
import { maintenanceDatabase } from './prepare-database.ts';

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
export async function openNode(dsn: RemoteDsn, host: DatabaseHost, terms: Terms): Promise<Node> {
  const client = await connected(dsn, host).catch((error: unknown) => {
    if (!isDatabaseMissing(error)) throw error;
    return connected({ ...dsn, database: maintenanceDatabase }, host);
  });
  return { state: () => stateOf(client, terms), abandon: () => destroy(client) };
}

async function connected(dsn: RemoteDsn, host: DatabaseHost): Promise<Client> {
  const client = new pg.Client(await connectionSettings(dsn, host));
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    destroy(client);
    throw error;
  }
  return client;
}

async function stateOf(client: Client, terms: Terms): Promise<NodeState> {
  const { rows } = await client.query<StateRow>(STATE);
  const [{ refusal, timeline, process }] = rows as [StateRow];
  const term = Number.parseInt(timeline, 16);
  return {
    refusal: refusal ?? terms.refusal(term),
    isDegraded: false,
    term: refusal === null ? term : 0,
    // The same server has the same id under every address.
    dataId: process,
  };
}
