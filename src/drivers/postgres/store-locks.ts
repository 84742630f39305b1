/**
 * The names of locks and channels. Advisory locks and channels belong to a whole database, and a
 * database may contain several stores, each in its own schema. So the names contain the oid of the
 * store's table, or of its schema before the table exists. Both are the same for all instances and
 * survive a rename.
 */

/** The first number of the store's locks. The second number belongs to the store. */
const schemaLocks = 0x7469_6e66;

/** Locks of `probeServer`. Their second number is random. */
const probeLocks = schemaLocks + 1;

/** Written into the statement, so that the planner makes it a constant. */
const table = `CAST('kine' AS regclass)`;

/**
 * Takes the revision lock until the transaction ends: a row that each transaction of writes
 * changes. Writes the number $1 and returns the previous number.
 */
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

/** The same for a command. It writes a number that no instance has. */
export const lockRevisionOffline = `INSERT INTO tine_state (name, value)
VALUES ('write_lock', CAST(floor(random() * 281474976710656) AS bigint))
ON CONFLICT (name) DO UPDATE SET value = excluded.value`;

/** The channel on which the instances of a store announce new heads. */
export const headChannel = `'tine_head_' || CAST(${table} AS oid)`;

/**
 * FROM pg_namespace ...: the schema of the store. It is the schema of the table that `search_path`
 * leads to, or else the first one that exists. A schema that is created later, before the store's
 * in `search_path`, does not hide the store. No row: no schema in `search_path` exists.
 */
export const fromStoreSchema = `FROM pg_namespace
  WHERE oid = COALESCE((SELECT relnamespace FROM pg_class WHERE oid = to_regclass('kine')),
    CAST(to_regnamespace(quote_ident(current_schema())) AS oid))`;

/**
 * Tries to take the lock for schema changes until the transaction ends: 1, or 0 if another process
 * holds it.
 */
export const tryLockSchema = `SELECT CASE WHEN pg_try_advisory_xact_lock(${schemaLocks}, CAST(oid AS integer)) THEN 1 ELSE 0 END AS locked ${fromStoreSchema}`;

/** Tries to take a lock of the probe until the transaction ends. Returns whether it did. */
export const tryProbeLock = `SELECT pg_try_advisory_xact_lock(${probeLocks}, CAST($1 AS integer)) AS locked`;
