/**
 * Advisory locks and channels belong to a whole database, and a database may hold several stores, each in its own schema. Their names carry the store: the oid of
 * its table, or of its schema before there is a table. Both are the same for all instances and survive a rename.
 */

/** The first number of the store's locks. The second number is the store's. */
const schemaLocks = 0x7469_6e66;

/** Locks under which a start tries out what a lock of this server is worth. Their second number is random. */
const probeLocks = schemaLocks + 1;

/** Text in the statement: the planner makes a constant of it. */
const table = `CAST('kine' AS regclass)`;

/** Takes the revision lock until the transaction ends: a row that each transaction of writes changes. Leaves the number $1 there, and returns what it found. */
export const lockRevision = `WITH found AS MATERIALIZED (
  SELECT value
  FROM tine_state
  WHERE name = 'write_lock'
  FOR UPDATE)
INSERT INTO tine_state (name, value)
SELECT 'write_lock', CAST($1 AS bigint)
WHERE (SELECT count(*) FROM found) >= 0
ON CONFLICT (name) DO UPDATE SET value = excluded.value
RETURNING (SELECT value FROM found)`;

/** The same for a command. It leaves a number that no instance knows. */
export const lockRevisionOffline = `INSERT INTO tine_state (name, value)
VALUES ('write_lock', CAST(floor(random() * 281474976710656) AS bigint))
ON CONFLICT (name) DO UPDATE SET value = excluded.value`;

/** The channel on which instances of the store tell each other of new heads. */
export const headChannel = `'tine_head_' || CAST(${table} AS oid)`;

/**
 * FROM pg_namespace ...: the schema that holds the store, or will hold it: that of the table which `search_path` leads to, otherwise the first one that exists. A schema
 * that is made later, and stands before the store's in `search_path`, does not hide the store. No row: `search_path` names no schema that exists.
 */
export const fromStoreSchema = `FROM pg_namespace
  WHERE oid = COALESCE((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('kine')),
    CAST(to_regnamespace(quote_ident(current_schema())) AS oid))`;

/** Takes the lock under which the schema is changed until the transaction ends. */
export const lockSchema = `SELECT pg_advisory_xact_lock(${schemaLocks}, CAST(oid AS integer)) ${fromStoreSchema}`;

/** 1, or 0 when another has it. */
export const tryLockSchema = `SELECT CASE WHEN pg_try_advisory_xact_lock(${schemaLocks}, CAST(oid AS integer)) THEN 1 ELSE 0 END ${fromStoreSchema}`;

/** Takes such a lock until the transaction ends, unless another has it. Whether it did. */
export const tryProbeLock = `SELECT pg_try_advisory_xact_lock(${probeLocks}, CAST($1 AS integer)) AS locked`;
