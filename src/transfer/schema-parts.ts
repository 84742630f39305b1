/** The tables and indexes that tine makes and needs, and kine's, where kine does not make them itself. */
import type { OfflineDialect } from '../sql/offline-dialect.ts';
import type { TableFacts } from './table-facts.ts';

/** tine's tables. The last one is what makes a database tine's. */
export function tinesTables({ tables }: TableFacts): readonly string[] {
  return [...[...tables].filter((name) => name.startsWith('tine_')).sort(), 'kine_current'];
}

/** The index on table `kine` that is tine's alone. */
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

/** What is not there, named for a person. Nothing else misses a part of a database that is kine's, where kine makes it. */
export function missingParts(sql: OfflineDialect, { isTines, tables, indexes }: TableFacts): readonly string[] {
  const neededOfKine = sql.kineMakesIndexes ? [] : Object.keys(sql.kinesIndexes);
  return [
    ...(isTines ? neededTables : []).filter((name) => !tables.has(name)).map((name) => `table ${name}`),
    ...(isTines ? neededIndexes : neededOfKine).filter((name) => !indexes.has(name)).map((name) => `index ${name}`),
  ];
}
