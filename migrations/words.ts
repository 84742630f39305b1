/** What the databases call the parts of a schema. Migrations are written once, in these words. */

export interface SchemaWords {
  /** The type of the column of ids that are assigned when none is given, primary key included: kine inserts without. */
  readonly newId: string;
  /** A whole number of 64 bits that is an id or a revision, and one that is a lease. */
  readonly id: string;
  readonly leaseId: string;
  /** A small number, as kine has it. */
  readonly small: string;
  /** A key as text whose order is that of its bytes. */
  readonly name: string;
  /** A short name. */
  readonly label: string;
  readonly bytes: string;
  /** Bytes of length 0. */
  readonly noBytes: string;
  /** Ends the definition of a table, and of one whose rows are in the order of their key. */
  readonly table: string;
  readonly keyedTable: string;
  /** Ends the definition of an index of the rows that a condition holds for, where there are such indexes; nothing elsewhere. */
  where(condition: string): string;
  /** Before the name of an index that may be there already. */
  readonly ifNoIndex: string;
  /** Statements that give a table `kine` of kine's the types above. */
  readonly adaptKine: readonly string[];
  /** A statement that drops an index of table `kine`, if it is there. */
  dropIndex(name: string): string;
  /** A statement that makes the sequence of ids go on after those that were given; undefined: it does by itself. */
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
  // Half of each page stays free: a row that moves to a newer id finds room beside itself, and the index of names need not learn of it. Else a list walks over
  // the dead entries of every update since the last vacuum.
  keyedTable: ' WITH (fillfactor = 50)',
  where: (condition) => ` WHERE ${condition}`,
  ifNoIndex: 'IF NOT EXISTS ',
  // kine had 32 bits for ids, and the database's collation for names.
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
  // Bytes, not text: every collation that both MySQL and MariaDB have for ASCII takes "a" and "a " for one. 3,000 is what an index of InnoDB takes beside an id: 3,072
  // bytes.
  name: 'VARBINARY(3000)',
  label: 'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin',
  bytes: 'MEDIUMBLOB',
  noBytes: "X''",
  // Rows in which a long value lies outside: an index then takes 3,072 bytes, whatever the server's default is.
  table: ' ENGINE=InnoDB ROW_FORMAT=DYNAMIC',
  keyedTable: ' ENGINE=InnoDB ROW_FORMAT=DYNAMIC',
  where: () => '',
  ifNoIndex: '',
  // Keys that differ only in case are one to kine's collation; kine had 32 bits for ids.
  adaptKine: [
    'ALTER TABLE kine MODIFY id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, MODIFY create_revision BIGINT UNSIGNED, MODIFY prev_revision BIGINT UNSIGNED, MODIFY name VARBINARY(3000), ENGINE=InnoDB, ROW_FORMAT=DYNAMIC',
  ],
  dropIndex: (name) => `DROP INDEX ${name} ON kine`,
  advanceIds: undefined,
};
