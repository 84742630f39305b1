/**
 * Whether a connection is a session of the server, or leads to a pooler that assigns any free
 * session to each transaction. Behind a pooler nothing may stay in a session: no setting, no
 * prepared statement, no LISTEN. The next transaction would miss it, and other programs would find
 * it.
 */
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import type { RemoteDsn } from '../../config/database/database-dsn.ts';

export interface ConnectionMode {
  /** State of one transaction is gone in the next. */
  readonly isPooled: boolean;
  /** A statement that was prepared under a name exists in later transactions. */
  readonly keepsStatements: boolean;
}

const modes = new WeakMap<Client, ConnectionMode>();

/** The mode of a connection that `findMode` has examined. */
export function modeOf(client: Client): ConnectionMode {
  const mode = modes.get(client);
  if (mode === undefined) throw new Error('the mode of the connection is not known');
  return mode;
}

/**
 * Finds out how a new connection may be used.
 *
 * A server gives each connection a key to cancel its statements with, and the key names the process
 * of the server. A transaction pooler must issue keys of its own: a server's key would cancel the
 * statement that then runs in this session, which belongs to another client. So a missing key, or a
 * key with a process other than the one that answers, means a pooler. A pooler of whole sessions
 * does the same. It is treated alike, which is safe.
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
 * Whether a pooler keeps prepared statements. If it does, it gives them names of its own, because
 * two clients may use one name. If the server has a statement under the name that tine sent, the
 * pooler forwarded it unchanged. The check is one transaction, so that one session answers, and it
 * leaves nothing in the session.
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
