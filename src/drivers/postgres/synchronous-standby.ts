/**
 * Supports primaries whose commits wait for a standby (`synchronous_standby_names`). An
 * acknowledged write is on both servers and survives the loss of the primary.
 *
 * Two kinds of commits can be visible on a primary and missing on the standby. First, a commit
 * whose wait was canceled: the server reports success with a warning. Second, after a crash of the
 * primary, commits that were not confirmed before the crash: they are visible, and no session waits
 * for the standby any more.
 */
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { DriverError } from '../../errors.ts';

/** The SQLSTATE class of warnings. The text is in the language of the server. */
const warningClass = '01';
/** How long a standby may take to confirm. A working standby takes milliseconds. */
const confirmMsMax = 1_000;

const warningCounts = new WeakMap<Client, number>();

/** Begins to count the warnings of a connection. */
export function watchCommits(client: Client): void {
  client.on('notice', ({ code }) => {
    if (code?.startsWith(warningClass)) warningCounts.set(client, warningCount(client) + 1);
  });
}

/**
 * Call this before a COMMIT is sent. The returned function reports afterwards whether the commit
 * was confirmed, which means without a warning.
 */
export function isConfirmed(client: Client): () => boolean {
  const before = warningCount(client);
  return () => warningCount(client) === before;
}

function warningCount(client: Client): number {
  return warningCounts.get(client) ?? 0;
}

/**
 * Commits a row without meaning over a new connection. Once the standby has this row, it has
 * everything that was visible before it. A primary that was replaced and comes back has no standby
 * that confirms, so tine neither reads from it nor writes to it.
 *
 * @throws UnconfirmedPrimary if no standby confirms in time.
 */
export async function confirmPrimary(client: Client): Promise<void> {
  const confirmed = isConfirmed(client);
  await client.query(`SET statement_timeout = ${confirmMsMax}`);
  // If the timeout ends the wait, the row stays on the primary alone, with a warning.
  const token = randomBytes(8).readBigInt64BE() >> 1n;
  const isMade = await client.query(confirmation, [token.toString()]).then(
    () => confirmed(),
    (error: { readonly code?: string }) => {
      if (error.code !== canceled) throw error;
      return false;
    },
  );
  if (!isMade) throw new UnconfirmedPrimary();
  await client.query('SET statement_timeout = 0');
}

/** The server waits for a standby that is missing, or was itself replaced by one. */
export class UnconfirmedPrimary extends DriverError {
  constructor() {
    super('lost', 'no standby confirms commits of this server');
  }
}

const canceled = '57014';

/** A slot that no transaction of writes uses: their slots are positive. */
const confirmation = `INSERT INTO tine_commit (slot, token, at_ms)
  VALUES (-1, CAST($1 AS bigint), CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint))
  ON CONFLICT (slot) DO UPDATE SET token = excluded.token, at_ms = excluded.at_ms`;
