/**
 * The tables and indexes that tine creates and needs, and kine's indexes where kine does not create
 * them itself.
 */
import type { OfflineDialect } from '../sql/dialects/offline-dialect.ts';
import type { TableFacts } from './table-facts.ts';

/** tine's tables. A database counts as tine's while the last one exists. */
export function tinesTables({ tables }: TableFacts): readonly string[] {
  return [...[...tables].filter((name) => name.startsWith('tine_')).sort(), 'kine_current'];
}

/** The index of table `kine` that only tine uses. */
export const tinesKineIndex = 'kine_revision_index';

const neededTables = [
  'tine_lease',
  'tine_member',
  'tine_state',
  'tine_commit',
  'tine_user',
  'tine_role',
  'tine_alarm',
  'tine_secret',
] as const;
const neededIndexes = [
  'kine_name_prev_revision_uindex',
  'kine_name_id_index',
  tinesKineIndex,
  'kine_current_lease_index',
  'tine_lease_expiry_index',
] as const;

/**
 * The missing tables and indexes. In a database that is kine's, only indexes that kine does not
 * create itself count.
 */
export function missingParts(sql: OfflineDialect, { isTines, tables, indexes }: TableFacts): readonly string[] {
  const neededOfKine = sql.kineCreatesIndexes ? [] : Object.keys(sql.kinesIndexes);
  return [
    ...(isTines ? neededTables : []).filter((name) => !tables.has(name)).map((name) => `table ${name}`),
    ...(isTines ? neededIndexes : neededOfKine).filter((name) => !indexes.has(name)).map((name) => `index ${name}`),
  ];
}
