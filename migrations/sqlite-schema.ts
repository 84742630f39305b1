/**
 * The schema that the migrations create in an empty SQLite file, knex's tables included. A new file
 * gets it without knex, which would take a third of the processor time of the first start. A test
 * compares it with the migrations. Migrations that it does not record are applied by knex.
 */
export const sqliteSchema = `
CREATE TABLE tine_migrations (
  id integer not null primary key autoincrement, name varchar(255), batch integer, migration_time datetime
);
CREATE TABLE tine_migrations_lock ("index" integer not null primary key autoincrement, is_locked integer);
CREATE TABLE kine (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT,
  created INTEGER,
  deleted INTEGER,
  create_revision INTEGER,
  prev_revision INTEGER,
  lease INTEGER,
  version INTEGER,
  lease_id INTEGER,
  revision INTEGER,
  sub_revision INTEGER,
  value BLOB,
  old_value BLOB
);
CREATE UNIQUE INDEX kine_name_prev_revision_uindex ON kine (name, prev_revision);
CREATE INDEX kine_name_id_index ON kine (name, id);
CREATE INDEX kine_revision_index ON kine (revision, id) WHERE revision > 0;
CREATE TABLE kine_current (
  name TEXT NOT NULL PRIMARY KEY, id INTEGER NOT NULL, lease_id INTEGER, value_bytes INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX kine_current_lease_index ON kine_current (lease_id, name) WHERE lease_id <> 0;
CREATE TABLE tine_lease (id INTEGER NOT NULL PRIMARY KEY, ttl_seconds INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL);
CREATE INDEX tine_lease_expiry_index ON tine_lease (expires_at_ms);
CREATE TABLE tine_member (id INTEGER NOT NULL PRIMARY KEY, details BLOB NOT NULL, seen_at_ms INTEGER NOT NULL);
CREATE TABLE tine_commit (slot INTEGER NOT NULL PRIMARY KEY, token INTEGER NOT NULL, at_ms INTEGER NOT NULL);
CREATE TABLE tine_state (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tine_user (name TEXT NOT NULL PRIMARY KEY, details BLOB NOT NULL);
CREATE TABLE tine_role (name TEXT NOT NULL PRIMARY KEY, details BLOB NOT NULL);
CREATE TABLE tine_alarm (
  member_id INTEGER NOT NULL, alarm INTEGER NOT NULL, PRIMARY KEY (member_id, alarm)
) WITHOUT ROWID;
CREATE TABLE tine_secret (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
  VALUES (1, 'compact_rev_key', 1, 0, 0, 0, 0, 1, X'');
INSERT INTO tine_migrations_lock (is_locked) VALUES (0);
INSERT INTO tine_migrations (name, batch, migration_time)
  SELECT value, 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)
  FROM json_each('["001-table", "002-auth", "003-token-secret", "004-sub-revision"]');
`;
