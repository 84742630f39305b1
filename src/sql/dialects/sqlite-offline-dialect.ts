/** The dialect of SQLite for work on a whole file. */
import { kinesCommonIndexes, type OfflineDialect, updateFrom } from './offline-dialect.ts';
import { sqliteDialect } from './sqlite-dialect.ts';

/** The maximum number of faults that the integrity check reports. */
const damageLinesMax = 10;

export const sqliteOfflineDialect: OfflineDialect = {
  ...sqliteDialect,
  tableNames: "SELECT name FROM sqlite_schema WHERE type = 'table'",
  kineColumnNames: "SELECT name FROM pragma_table_info('kine')",
  indexNames: "SELECT name FROM sqlite_schema WHERE type = 'index'",
  damage: `PRAGMA integrity_check(${damageLinesMax})`,
  // In a column of an older kine, names of digits are numbers. The next start of tine converts
  // them.
  isNotText: (column) => `typeof(${column}) NOT IN ('text', 'integer', 'real')`,
  differs: (first, second) => `${first} IS NOT ${second}`,
  updateJoined: updateFrom,
  sequenceBehind: "SELECT 1 FROM sqlite_sequence WHERE name = 'kine' AND seq < (SELECT MAX(id) FROM kine)",
  advancesSequence: true,
  setSequence: [
    "DELETE FROM sqlite_sequence WHERE name = 'kine'",
    "INSERT INTO sqlite_sequence (name, seq) SELECT 'kine', MAX(id) FROM kine",
  ],
  changesTablesInTransaction: true,
  dropIndex: (name) => `DROP INDEX ${name}`,
  returnColumns: [],
  kinesIndexes: {
    ...kinesCommonIndexes,
    kine_id_compact_rev_key_with_prev_revision_index:
      "INDEX {} ON kine (id, name, prev_revision) WHERE name != 'compact_rev_key' AND prev_revision != 0",
  },
  kineCreatesIndexes: true,
  // SQLite stores text of any bytes.
  maybeUnstorableInKine: '1 = 0',
  copyTable: `CREATE TABLE IF NOT EXISTS tine_copy (name TEXT NOT NULL PRIMARY KEY, mod_revision INTEGER NOT NULL, create_revision INTEGER NOT NULL, version INTEGER NOT NULL, lease INTEGER NOT NULL, lease_id INTEGER, value BLOB)`,
  unstorableInKine: () => undefined,
};
