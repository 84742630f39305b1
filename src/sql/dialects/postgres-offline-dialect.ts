/** The dialect of Postgres for work on a whole database. */
import { isUtf8 } from 'node:buffer';
import { kinesCommonIndexes, type OfflineDialect, updateFrom } from './offline-dialect.ts';
import { postgresDialect } from './postgres-dialect.ts';

const sequence = "pg_get_serial_sequence('kine', 'id')";

export const postgresOfflineDialect: OfflineDialect = {
  ...postgresDialect,
  tableNames: 'SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema()',
  kineColumnNames:
    "SELECT CAST(column_name AS text) FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'kine'",
  indexNames: 'SELECT CAST(indexname AS text) FROM pg_indexes WHERE schemaname = current_schema()',
  damage: undefined,
  isNotText: () => '1 = 0',
  differs: (first, second) => `${first} IS DISTINCT FROM ${second}`,
  updateJoined: updateFrom,
  // The last value of `nextval`; NULL before its first use.
  sequenceBehind: `SELECT 1
    WHERE COALESCE(pg_sequence_last_value(CAST(${sequence} AS regclass)), 0) < (SELECT MAX(id) FROM kine)`,
  advancesSequence: false,
  setSequence: [`SELECT setval(${sequence}, (SELECT MAX(id) FROM kine))`],
  changesTablesInTransaction: true,
  dropIndex: (name) => `DROP INDEX ${name}`,
  returnColumns: [],
  kinesIndexes: { ...kinesCommonIndexes, kine_list_query_index: 'INDEX {} ON kine (name, id DESC, deleted)' },
  kineCreatesIndexes: true,
  maybeUnstorableInKine: String.raw`name ~ '[\x01\x7f]'`,
  copyTable: `CREATE TABLE IF NOT EXISTS tine_copy (name TEXT COLLATE "C" NOT NULL PRIMARY KEY, mod_revision BIGINT NOT NULL, create_revision BIGINT NOT NULL, version BIGINT NOT NULL, lease INTEGER NOT NULL, lease_id BIGINT, value BYTEA)`,
  unstorableInKine: (key) => {
    if (key.includes(0)) return 'contains a zero byte, which Postgres cannot store in text';
    return isUtf8(key) ? undefined : 'is not UTF-8, which Postgres requires for text';
  },
};
