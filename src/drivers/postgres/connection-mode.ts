/**
 * How a connection may be used: as a session of the server, or behind a pooler that gives each transaction whichever session is free. Over the second, nothing may be left in
 * a session: no setting, no prepared statement, no LISTEN. The next transaction would miss it, and other programs would meet it.
 */
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { RemoteDsn } from '../../config/database/database-dsn.ts';

export interface ConnectionMode {
  /** What is done in one transaction is gone in the next. */
  readonly isPooled: boolean;
  /** A statement that was prepared under a name is there in later transactions. */
  readonly keepsStatements: boolean;
}

const modes = new WeakMap<Client, ConnectionMode>();

/** Of a connection that `findMode` was given. */
export function modeOf(client: Client): ConnectionMode {
  const mode = modes.get(client);
  if (mode === undefined) throw new Error('the mode of the connection was not found out');
  return mode;
}

/**
 * Finds out how a new connection may be used.
 *
 * A server gives each connection a key to cancel its statements with, in which its process is named. A pooler of transactions has to give out keys of its own: a
 * server's key would cancel whatever runs in that session then, which is another client's. So a key that names another process than the one that answers, or no key, is
 * a pooler's. One that pools whole sessions does the same: it is used with the same care, and nothing breaks.
 */
export async function findMode(client: Client, { preparesStatements }: RemoteDsn): Promise<ConnectionMode> {
  const isPooled = preparesStatements === 'never' || (await isAnsweredByAnother(client));
  const mode = { isPooled, keepsStatements: preparesStatements === 'always' || !isPooled };
  const found =
    isPooled && preparesStatements === undefined ? { isPooled, keepsStatements: await keepsNames(client) } : mode;
  modes.set(client, found);
  return found;
}

async function isAnsweredByAnother(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid !== (client as { readonly processID?: number | null }).processID;
}

/**
 * A pooler that keeps prepared statements for its clients gives them names of its own, because two clients may use one name. Where the server knows a statement under the
 * name that it was sent with, the pooler has passed it on without a thought. In one transaction, so that one session answers; nothing is left in it.
 */
async function keepsNames(client: Client): Promise<boolean> {
  const name = `tine_${randomBytes(8).toString('hex')}`;
  await client.query('BEGIN');
  await client.query({ name, text: 'SELECT 1' });
  const { rows } = await client.query(`SELECT 1 FROM pg_prepared_statements WHERE name = '${name}'`);
  const isPassedOn = rows.length > 0;
  if (isPassedOn) await client.query(`DEALLOCATE ${name}`);
  await client.query('COMMIT');
  return !isPassedOn;
}
