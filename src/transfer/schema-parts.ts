/**
 * The tables and indexes that tine creates and needs, and kine's indexes where kine does not create
 * them itself.
 */
import type { OfflineDialect } from '../sql/dialects/offline-dialect.ts';
import type { TableFacts } from './table-facts.ts';

/**
 * tine's tables, in the order in which they are dropped. A database counts as tine's while the last
 * one exists. Users and roles are read with the state, and members only if the state exists.
 */
export function tinesTables({ tables }: TableFacts): readonly string[] {
  const last = ['tine_state', 'tine_member'].filter((name) => tables.has(name));
  const others = [...tables].filter((name) => name.startsWith('tine_') && !last.includes(name));
  return [...others.sort(), ...last, 'kine_current'];
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
