/**
 * Whether a server that speaks Postgres's protocol does what tine's order of writes rests on. Distributed engines take the same statements and mean something else by them:
 * advisory locks that lock nothing, or nothing on another node, and transactions that keep seeing the moment they began. It is tried out, so that no list of names is needed.
 */
import { randomInt } from 'node:crypto';
import pg from 'pg';
import { type DatabaseHost, dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { connectionSettings } from './connection-settings.ts';
import { migrationSettings } from './settings.ts';
import { tryProbeLock } from './store-locks.ts';

/** How long the second connection may take. A pooler that has a single session to give makes it wait for the first: then nothing can be said. */
const probeMsMax = 2_000;
const numbers = 2 ** 31;

/**
 * Tries it out over two connections. The table is asked only where there is one: on a new database, after the schema was made.
 *
 * @returns whether there was a table.
 * @throws StartError when acknowledged writes could be lost there; whatever pg says while the server is away.
 */
export async function probeServer(dsn: RemoteDsn, host: DatabaseHost): Promise<{ readonly hasTable: boolean }> {
  const number = randomInt(numbers);
  return withClient(dsn, host, (first) =>
    withClient(dsn, host, async (second) => {
      await first.query(begin);
      const isLocked = await tryLock(first, number);
      const hasTable = await isTable(first);
      if (hasTable) await seenToken(first, number);
      const rival = await within(probeMsMax, competes(second, { number, hasTable }));
      // A connection that waits is closed by the end of this function.
      if (rival === undefined) return { hasTable: true };
      if (!isLocked || rival.isLocked) throw refusal(dsn, 'its advisory locks do not lock');
      if (hasTable && (await seenToken(first, number)) !== number)
        throw refusal(dsn, 'a transaction at READ COMMITTED does not see what others commit meanwhile');
      if (hasTable) await first.query(`DELETE FROM tine_commit WHERE slot = ${slotOf(number)}`);
      await first.query('COMMIT');
      return { hasTable };
    }),
  );
}

/** Nothing of the probe has to outlast a crash, and no standby is waited for. */
const begin = `BEGIN ISOLATION LEVEL READ COMMITTED; ${migrationSettings}; SET LOCAL synchronous_commit = off`;

/** Slots of transactions of writes are positive. */
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

/** The other connection tries to take the lock, and commits a row. */
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
    `${dsnText(dsn)}: ${what}, so tine would lose acknowledged writes there; use Postgres itself, without a layer that spreads it over several writing nodes`,
  );
}

async function withClient<Result>(
  dsn: RemoteDsn,
  host: DatabaseHost,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client(await connectionSettings(dsn, host));
  // It is reported by the query that waits.
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
