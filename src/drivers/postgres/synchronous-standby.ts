/**
 * A primary whose commits wait for a standby (`synchronous_standby_names`): what is answered is on both, and survives the primary's death.
 *
 * Two things can be seen on a primary that are not on the standby. A commit whose wait was canceled, which the server reports as a success with a warning. And, after a
 * crash of the primary, commits that had not been confirmed before it: they are there, and nobody waits for the standby any more.
 */
import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { DriverError } from '../../errors.ts';

/** Warnings by class of SQLSTATE; the text is in the server's language. */
const warningClass = '01';
/** How long a standby may take to confirm: one that works takes milliseconds. */
const confirmMsMax = 1_000;

const warningCounts = new WeakMap<Client, number>();

/** Begins to count the warnings of a connection. */
export function watchCommits(client: Client): void {
  client.on('notice', ({ code }) => {
    if (code?.startsWith(warningClass)) warningCounts.set(client, warningCount(client) + 1);
  });
}

/** To be called before a COMMIT is sent; the function returned says afterwards whether it was confirmed: it came without a warning. */
export function isConfirmed(client: Client): () => boolean {
  const before = warningCount(client);
  return () => warningCount(client) === before;
}

function warningCount(client: Client): number {
  return warningCounts.get(client) ?? 0;
}

/**
 * Commits a row of no meaning over a new connection. Once the standby has it, it has everything that could be seen before it. A primary that was replaced and comes back has no
 * standby that would confirm: it is neither read nor written.
 *
 * @throws UnconfirmedPrimary when no standby confirms in time.
 */
export async function confirmPrimary(client: Client): Promise<void> {
  const confirmed = isConfirmed(client);
  await client.query(`SET statement_timeout = ${confirmMsMax}`);
  // A wait that ends by this timeout leaves the row on the primary alone, with a warning.
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

/** The server waits for a standby that is not there, or was replaced by one. */
export class UnconfirmedPrimary extends DriverError {
  constructor() {
    super('lost', 'no standby confirms commits of this server');
  }
}

const canceled = '57014';

/** A slot that no transaction of writes uses: theirs are positive. */
const confirmation = `INSERT INTO tine_commit (slot, token, at_ms)
  VALUES (-1, CAST($1 AS bigint), CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint))
  ON CONFLICT (slot) DO UPDATE SET token = excluded.token, at_ms = excluded.at_ms`;
