/**
 * Copies users, roles, and whether auth is enabled, from one database of tine to another. Tokens of
 * the source are not valid in the target, because the secret that signs them is not copied.
 */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { insertEach, rows } from '../../mvcc/program.ts';
import { ROLES, USERS } from '../../sql/statements/auth-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import { stateOf, tableFacts } from '../table-facts.ts';

const stateNames = ['auth_revision', 'auth_enabled'] as const;

/** Copies users and roles. The source may be of an older tine without users. */
export async function copyAuth(source: OfflineDatabase, target: OfflineDatabase): Promise<void> {
  const { tables } = await tableFacts(source);
  for (const table of ['tine_user', 'tine_role', 'tine_secret']) await target.change(`DELETE FROM ${table}`);
  if (tables.has('tine_user')) await copyDetails(USERS, source, target);
  if (tables.has('tine_role')) await copyDetails(ROLES, source, target);
  for (const name of stateNames) {
    const value = await stateOf(source, name);
    if (value !== undefined) await target.run(insertEach(SET_STATE, [{ name, value }]));
  }
}

async function copyDetails(
  { set, all }: typeof USERS,
  source: OfflineDatabase,
  target: OfflineDatabase,
): Promise<void> {
  await target.run(insertEach(set, await source.run(rows(all))));
}
