/** The dialect of MySQL and MariaDB for work on a whole database. */

import { mysqlDialect } from './mysql-dialect.ts';
import { kinesCommonIndexes, type OfflineDialect } from './offline-dialect.ts';

/** The maximum length in kine's column of names, in characters. */
const kinesNameLengthMax = 630;

export const mysqlOfflineDialect: OfflineDialect = {
  ...mysqlDialect,
  tableNames: 'SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()',
  kineColumnNames:
    "SELECT LOWER(column_name) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'kine'",
  indexNames: 'SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = DATABASE()',
  damage: undefined,
  isNotText: () => '1 = 0',
  differs: (first, second) => `NOT (${first} <=> ${second})`,
  updateJoined: ({ joined, on, set, where }) => `UPDATE kine
  JOIN kine ${joined} ON ${on}
  SET ${set.map(([column, expression]) => `kine.${column} = ${expression}`).join(', ')}
  WHERE ${where}`,
  // InnoDB advances its sequence with ids that are inserted.
  sequenceBehind: undefined,
  advancesSequence: true,
  setSequence: [],
  changesTablesInTransaction: false,
  dropIndex: (name) => `DROP INDEX ${name} ON kine`,
  // kine's type, but compared byte by byte. With kine's collation, in which "A" equals "a", keys
  // would be lost.
  returnColumns: [
    `ALTER TABLE kine MODIFY name VARCHAR(${kinesNameLengthMax}) CHARACTER SET ascii COLLATE ascii_bin, AUTO_INCREMENT = 1`,
  ],
  kinesIndexes: kinesCommonIndexes,
  kineCreatesIndexes: false,
  // Names with an escape or a control character, long names, and names with a space at the end.
  maybeUnstorableInKine: `HEX(name) REGEXP '^(..)*([01].|7F)' OR LENGTH(name) > ${kinesNameLengthMax} OR name LIKE '% '`,
  copyTable: `CREATE TABLE IF NOT EXISTS tine_copy (name VARBINARY(3000) NOT NULL PRIMARY KEY, mod_revision BIGINT NOT NULL, create_revision BIGINT NOT NULL, version BIGINT NOT NULL, lease INTEGER NOT NULL, lease_id BIGINT, value MEDIUMBLOB) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`,
  unstorableInKine: (key) => {
    if (key.length > kinesNameLengthMax)
      return `has ${key.length} bytes; kine's column of names in MySQL takes at most ${kinesNameLengthMax}`;
    if (key.some((byte) => byte < 0x20 || byte > 0x7e))
      return "contains bytes other than printable ASCII, which kine's column of names in MySQL cannot store or order";
    return key.at(-1) === 0x20
      ? "ends with a space, which kine's column of names in MySQL ignores in comparisons"
      : undefined;
  },
};
