/**
 * The SQL of schemas that differs between databases. Migrations are written once, in these words.
 */

export interface SchemaWords {
  /**
   * The type of the primary key, which the database assigns if an INSERT has no id, because kine
   * inserts without ids.
   */
  readonly newId: string;
  /** The types of an id or revision, and of the id of a lease: integers of 64 bits. */
  readonly id: string;
  readonly leaseId: string;
  /** A small integer, as in kine. */
  readonly small: string;
  /** A key as text that is ordered by its bytes. */
  readonly name: string;
  /** A short name. */
  readonly label: string;
  readonly bytes: string;
  /** Bytes of length 0. */
  readonly noBytes: string;
  /**
   * The ends of definitions: of a table, and of a table whose rows are stored in the order of their
   * key.
   */
  readonly table: string;
  readonly keyedTable: string;
  /** The end of the definition of a partial index; empty if the database has no partial indexes. */
  where(condition: string): string;
  /** The words before the name of an index that may exist already. */
  readonly ifNoIndex: string;
  /** Statements that change kine's columns to the types above. */
  readonly adaptKine: readonly string[];
  /** A statement that drops an index of table `kine`, if it exists. */
  dropIndex(name: string): string;
  /**
   * A statement that sets the sequence of ids after inserts with ids; undefined: the database does
   * it itself.
   */
  readonly advanceIds: string | undefined;
}

export const sqliteWords: SchemaWords = {
  newId: 'INTEGER PRIMARY KEY AUTOINCREMENT',
  id: 'INTEGER',
  leaseId: 'INTEGER',
  small: 'INTEGER',
  name: 'TEXT',
  label: 'TEXT',
  bytes: 'BLOB',
  noBytes: "X''",
  table: '',
  keyedTable: ' WITHOUT ROWID',
  where: (condition) => ` WHERE ${condition}`,
  ifNoIndex: 'IF NOT EXISTS ',
  adaptKine: [],
  dropIndex: (name) => `DROP INDEX IF EXISTS ${name}`,
  advanceIds: undefined,
};

export const postgresWords: SchemaWords = {
  newId: 'BIGSERIAL PRIMARY KEY',
  id: 'BIGINT',
  leaseId: 'BIGINT',
  small: 'INTEGER',
  name: 'TEXT COLLATE "C"',
  label: 'TEXT',
  bytes: 'BYTEA',
  noBytes: "''::bytea",
  table: '',
  // Half of each page stays free. A row whose id changes is then stored in the same page, and the
  // index of names does not change. Otherwise a list walks over the dead entries of every update
  // since the last vacuum.
  keyedTable: ' WITH (fillfactor = 50)',
  where: (condition) => ` WHERE ${condition}`,
  ifNoIndex: 'IF NOT EXISTS ',
  // kine used 32 bits for ids, and the database's collation for names.
  adaptKine: [
    'ALTER TABLE kine ALTER COLUMN id TYPE BIGINT, ALTER COLUMN create_revision TYPE BIGINT, ALTER COLUMN prev_revision TYPE BIGINT, ALTER COLUMN name TYPE TEXT COLLATE "C"',
    'ALTER SEQUENCE IF EXISTS kine_id_seq AS BIGINT',
  ],
  dropIndex: (name) => `DROP INDEX IF EXISTS ${name}`,
  advanceIds: "SELECT setval(pg_get_serial_sequence('kine', 'id'), (SELECT MAX(id) FROM kine))",
};

export const mysqlWords: SchemaWords = {
  newId: 'BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY',
  id: 'BIGINT UNSIGNED',
  leaseId: 'BIGINT',
  small: 'INTEGER',
  // Bytes, not text: every ASCII collation that both MySQL and MariaDB have treats "a" and "a " as
  // equal. An index of InnoDB takes 3,072 bytes: 3,000 bytes and an id fit.
  name: 'VARBINARY(3000)',
  label: 'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin',
  bytes: 'MEDIUMBLOB',
  noBytes: "X''",
  // Long values are stored outside the row. An index then takes 3,072 bytes, whatever the server's
  // default is.
  table: ' ENGINE=InnoDB ROW_FORMAT=DYNAMIC',
  keyedTable: ' ENGINE=InnoDB ROW_FORMAT=DYNAMIC',
  where: () => '',
  ifNoIndex: '',
  // kine's collation treats keys that differ only in case as equal, and kine used 32 bits for ids.
  adaptKine: [
    'ALTER TABLE kine MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, MODIFY create_revision BIGINT UNSIGNED, MODIFY prev_revision BIGINT UNSIGNED, MODIFY name VARBINARY(3000), ENGINE=InnoDB, ROW_FORMAT=DYNAMIC',
  ],
  dropIndex: (name) => `DROP INDEX ${name} ON kine`,
  advanceIds: undefined,
};
