/**
 * Tests whether a server that speaks Postgres's protocol behaves as tine's order of writes
 * requires. Distributed engines accept the same statements with other semantics: advisory locks
 * that lock nothing, or nothing on another node, and transactions that keep their first snapshot. A
 * test needs no list of product names.
 */
import { randomInt } from 'node:crypto';
import pg from 'pg';
import { type DatabaseHost, dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { succeedsWithin, within } from '../../kit/within.ts';
import { remoteLimits } from '../remote/remote-limits.ts';
import { connectionSettings } from './connection-settings.ts';
import { destroy } from './postgres-session.ts';
import { migrationSettings } from './settings.ts';
import { tryProbeLock } from './store-locks.ts';

/** Where to connect. When the signal is aborted, the connection is closed without notice. */
export interface ConnectTarget {
  readonly dsn: RemoteDsn;
  readonly host: DatabaseHost;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The time limit of the second connection. A pooler with a single session makes it wait for the
 * first one; then the test has no result.
 */
const probeMsMax = 2_000;
const numbers = 2 ** 31;

/**
 * Runs the test over two connections. The table is tested only if it exists: on a new database,
 * after the schema was created.
 *
 * @returns whether the table exists.
 * @throws StartError if acknowledged writes could be lost on this server; the error of pg during an
 * outage.
 */
export async function probeServer(target: ConnectTarget): Promise<{ readonly hasTable: boolean }> {
  const { dsn } = target;
  const number = randomInt(numbers);
  return withClient(target, (first) =>
    withClient(target, async (second) => {
      await first.query(begin);
      const isLocked = await tryLock(first, number);
      const hasTable = await isTable(first);
      if (hasTable) await seenToken(first, number);
      const rival = await within(probeMsMax, competes(second, { number, hasTable }), () => undefined);
      // The end of this function closes a connection that waits.
      if (rival === undefined) return { hasTable: true };
      if (!isLocked || rival.isLocked) throw refusal(dsn, 'its advisory locks have no effect');
      if (hasTable && (await seenToken(first, number)) !== number)
        throw refusal(dsn, 'a transaction at READ COMMITTED does not see the commits of others');
      if (hasTable) await first.query(`DELETE FROM tine_commit WHERE slot = ${slotOf(number)}`);
      await first.query('COMMIT');
      return { hasTable };
    }),
  );
}

/** The probe needs no durability and waits for no standby. */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; ${migrationSettings}; SET LOCAL synchronous_commit = off`;

/** A slot of the probe. Slots of transactions of writes are positive. */
function slotOf(number: number): number {
  return -2 - number;
}

async function tryLock(client: pg.Client, number: number): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(tryProbeLock, [number]);
  return rows[0]?.locked === true;
}

async function isTable(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(`SELECT to_regclass('tine_commit') IS NOT NULL AS found`);
  return rows[0]?.found === true;
}

async function seenToken(client: pg.Client, number: number): Promise<number | undefined> {
  const { rows } = await client.query<{ token: string }>(
    `SELECT CAST(token AS text) AS token FROM tine_commit WHERE slot = ${slotOf(number)}`,
  );
  return rows[0] && Number(rows[0].token);
}

/** Lets the other connection try to take the lock and commit a row. */
async function competes(
  client: pg.Client,
  { number, hasTable }: { readonly number: number; readonly hasTable: boolean },
): Promise<{ readonly isLocked: boolean }> {
  await client.query(begin);
  const isLocked = await tryLock(client, number);
  if (hasTable)
    await client.query(
      `INSERT INTO tine_commit (slot, token, at_ms) VALUES (${slotOf(number)}, ${number}, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint))`,
    );
  await client.query('COMMIT');
  return { isLocked };
}

function refusal(dsn: RemoteDsn, what: string): StartError {
  return new StartError(
    `${dsnText(dsn)}: ${what}, so tine could lose acknowledged writes; use Postgres itself, without a layer that distributes writes over several nodes`,
  );
}

/** Opens a connection, runs work over it, and closes it. */
export async function withClient<Result>(
  { dsn, host, signal }: ConnectTarget,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(await connectionSettings(dsn, host));
  // The waiting query reports the error.
  client.on('error', () => {});
  const abandon = (): void => destroy(client);
  signal?.addEventListener('abort', abandon);
  try {
    await client.connect();
    signal?.throwIfAborted();
    return await use(client);
  } finally {
    signal?.removeEventListener('abort', abandon);
    if (!(await succeedsWithin(remoteLimits.closeMsMax, client.end()))) destroy(client);
  }
}
