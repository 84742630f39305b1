-- alarms
SELECT CAST(member_id AS CHAR), alarm
  FROM tine_alarm
  ORDER BY alarm, member_id;

-- all_roles
SELECT name, details
  FROM tine_role
  ORDER BY name;

-- all_users
SELECT name, details
  FROM tine_user
  ORDER BY name;

-- any_current
SELECT 1
  FROM kine_current
  LIMIT 1;

-- clients_mark_rows
SELECT id, value
  FROM kine
  WHERE name = 'compact_rev_key_apiserver' AND id > ? AND version IS NULL;

-- cluster_id
SELECT CAST(value AS CHAR)
  FROM tine_state
  WHERE name = 'cluster_id';

-- committed_token
SELECT CAST(token AS CHAR)
  FROM tine_commit
  WHERE slot = ?;

-- compacted_id
SELECT value
  FROM tine_state
  WHERE name = 'compacted_id';

-- compaction_hashes
SELECT name, value
  FROM tine_state
  WHERE name LIKE 'compaction_hash/%';

-- copied_ids
SELECT id
  FROM kine
  WHERE id > ? AND id <= ? AND name <> 'compact_rev_key'
  ORDER BY id
  LIMIT ?;

-- copied_rows_of_kine
SELECT id, COALESCE(name, RPAD(X'', 70000, X'00')), COALESCE(created, 0), COALESCE(deleted, 0),
      COALESCE(create_revision, 0), COALESCE(prev_revision, 0), COALESCE(lease, 0), value,
      NULL, NULL, NULL, NULL
    FROM kine
    WHERE id > ? AND id <= ? AND name <> 'compact_rev_key'
    ORDER BY id;

-- copied_rows_of_tine
SELECT id, COALESCE(name, RPAD(X'', 70000, X'00')), COALESCE(created, 0), COALESCE(deleted, 0),
      COALESCE(create_revision, 0), COALESCE(prev_revision, 0), COALESCE(lease, 0), value,
      version, CAST(lease_id AS CHAR), revision, sub_revision
    FROM kine
    WHERE id > ? AND id <= ? AND name <> 'compact_rev_key'
    ORDER BY id;

-- count_current
SELECT COUNT(*)
    FROM kine_current
    WHERE name >= ? AND name < ?;

-- count_history
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
    SELECT COUNT(*)
    FROM names
    STRAIGHT_JOIN kine ON kine.id = names.id
    WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key';

-- covered_id
SELECT value
  FROM tine_state
  WHERE name = 'covered_id';

-- covering_row
SELECT id
  FROM kine
  WHERE id > ? AND version IS NOT NULL
  ORDER BY id DESC
  LIMIT 1;

-- current_lengths
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), COALESCE(LENGTH(kine.value), 0)
  FROM kine_current
  STRAIGHT_JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ? AND kine_current.name < ?
  ORDER BY kine_current.name
  LIMIT ?;

-- current_page
SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), kine.value
  FROM (
    SELECT name, id
    FROM (
      SELECT name, id, SUM(value_bytes) OVER (ORDER BY name ROWS UNBOUNDED PRECEDING) - value_bytes AS bytes_before
      FROM kine_current
      WHERE name >= ? AND name < ?
      ORDER BY name
      LIMIT ?) counted
    WHERE bytes_before < ?) names
  STRAIGHT_JOIN kine ON kine.id = names.id
  ORDER BY names.name;

-- current_rows
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), kine.value
  FROM kine_current
  STRAIGHT_JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ? AND kine_current.name < ?
  ORDER BY kine_current.name;

-- current_rows_without_value
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM kine_current
  STRAIGHT_JOIN kine ON kine.id = kine_current.id
  WHERE kine_current.name >= ? AND kine_current.name < ?
  ORDER BY kine_current.name;

-- current_values
SELECT GROUP_CONCAT(value ORDER BY name SEPARATOR '')
  FROM (
    SELECT kine_current.name, COALESCE(kine.value, X'') AS value
    FROM kine_current
    STRAIGHT_JOIN kine ON kine.id = kine_current.id
    WHERE kine_current.name >= ? AND kine_current.name <= ?
    ORDER BY kine_current.name) newest;

-- delete_alarm
DELETE FROM tine_alarm
  WHERE member_id = ? AND alarm = ?;

-- delete_lease
DELETE FROM tine_lease
  WHERE id = ?;

-- delete_rows
DELETE FROM kine
  WHERE id IN (?list);

-- deleted_mark_id
SELECT value
  FROM tine_state
  WHERE name = 'deleted_mark_id';

-- deletion_at
SELECT 1
  FROM kine
  WHERE id = ? AND deleted = 1 AND prev_revision <> 0 AND COALESCE(kine.revision, kine.id) = ?;

-- drop_all_current
DELETE FROM kine_current;

-- drop_commits_before
DELETE FROM tine_commit
  WHERE at_ms < ?;

-- drop_compacted_current
DELETE FROM kine_current
  WHERE id <= ? AND NOT EXISTS (SELECT 1 FROM kine WHERE kine.id = kine_current.id);

-- drop_compaction_hash
DELETE FROM tine_state
  WHERE name = ?;

-- drop_current
DELETE FROM kine_current
  WHERE name IN (?list);

-- drop_hold
DELETE FROM tine_state
  WHERE name = ?;

-- drop_member
DELETE FROM tine_member
  WHERE id = ?;

-- drop_members_before
DELETE FROM tine_member
  WHERE seen_at_ms < ?;

-- drop_past_holds
DELETE FROM tine_state
  WHERE name >= 'hold ' AND name < 'hold!' AND value < ?;

-- drop_role
DELETE FROM tine_role
  WHERE name = ?;

-- drop_silent_member
DELETE FROM tine_member
  WHERE id = ? AND seen_at_ms < ?;

-- drop_token_secret
DELETE FROM tine_secret WHERE name = 'token';

-- drop_user
DELETE FROM tine_user
  WHERE name = ?;

-- events_after
 SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), kine.deleted, older.name, older.id, COALESCE(older.revision, older.id), CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END, CAST(older.lease_id AS CHAR), IF(LENGTH(older.value) < 8192, older.value, NULL), COALESCE(LENGTH(kine.value), 0), COALESCE(LENGTH(older.value), 0)
  FROM kine
      LEFT JOIN kine older ON older.id = kine.prev_revision AND older.deleted = 0
      WHERE kine.id > ?
  ORDER BY kine.id
  LIMIT ?;

-- events_of_interval
 SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), kine.deleted, older.name, older.id, COALESCE(older.revision, older.id), CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END, CAST(older.lease_id AS CHAR), IF(LENGTH(older.value) < 8192, older.value, NULL), COALESCE(LENGTH(kine.value), 0), COALESCE(LENGTH(older.value), 0)
  FROM kine
      LEFT JOIN kine older ON older.id = kine.prev_revision AND older.deleted = 0
      WHERE kine.id > ? AND kine.id <= ?
        AND CONCAT(kine.name, '') >= ? AND CONCAT(kine.name, '') < ?
  ORDER BY kine.id
  LIMIT ?;

-- events_of_key
 SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), kine.deleted, older.name, older.id, COALESCE(older.revision, older.id), CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END, CAST(older.lease_id AS CHAR), IF(LENGTH(older.value) < 8192, older.value, NULL), COALESCE(LENGTH(kine.value), 0), COALESCE(LENGTH(older.value), 0)
  FROM kine
      LEFT JOIN kine older ON older.id = kine.prev_revision AND older.deleted = 0
      WHERE kine.name = ? AND kine.id > ? AND kine.id <= ?
  ORDER BY kine.id
  LIMIT ?;

-- extend_leases
UPDATE tine_lease
  SET expires_at_ms = ? + ttl_seconds * 1000
  WHERE expires_at_ms - ttl_seconds * 1000 > ?;

-- foreign_lease_rows
SELECT kine.id, kine.lease, kine.name, kine_current.value_bytes
  FROM kine
  JOIN kine_current ON kine_current.name = kine.name AND kine_current.id = kine.id
  WHERE kine.id > ? AND kine.id <= ? AND kine.lease > 0 AND kine.lease_id IS NULL;

-- foreign_names
SELECT DISTINCT COALESCE(name, RPAD(X'', 70000, X'00'))
  FROM kine
  WHERE id > ? AND id <= ? AND version IS NULL AND HEX(name) REGEXP '^(..)*(0[01]|7F|[89A-F].)';

-- forget_copy
DELETE FROM tine_state WHERE name LIKE 'copy_%';

-- has_member
SELECT 1
  FROM tine_member
  WHERE id = ?;

-- head
SELECT newest.id,
    newest.revision,
    COALESCE(mark.prev_revision, 0) AS compact_id,
    CASE WHEN COALESCE(mark.prev_revision, 0) = 0 THEN CASE WHEN mark.version = 2 THEN 0 ELSE -1 END
      ELSE COALESCE(
        (SELECT COALESCE(next_row.revision, next_row.id) - 1 FROM kine next_row WHERE next_row.id > (SELECT prev_revision FROM kine WHERE name = 'compact_rev_key' ORDER BY id LIMIT 1) ORDER BY next_row.id LIMIT 1),
        newest.revision) END AS compact_revision,
    COALESCE((SELECT 2 * value FROM tine_state WHERE name = 'auth_revision'), 2)
      + COALESCE((SELECT value FROM tine_state WHERE name = 'auth_enabled'), 0) AS auth_state
  FROM (SELECT id, COALESCE(kine.revision, kine.id) AS revision FROM kine ORDER BY id DESC LIMIT 1) newest
  LEFT JOIN (SELECT prev_revision, version FROM kine WHERE name = 'compact_rev_key' ORDER BY id LIMIT 1) mark ON 1 = 1;

-- head_and_newest_small_rows
SELECT head.id,
    head.revision,
    head.compact_id,
    head.compact_revision,
    head.auth_state,
    kine.deleted,
    kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR),
    CASE WHEN LENGTH(kine.value) > 65536 THEN NULL ELSE kine.value END, CASE WHEN LENGTH(kine.value) > 65536 THEN 1 ELSE 0 END
  FROM (SELECT newest.id,
    newest.revision,
    COALESCE(mark.prev_revision, 0) AS compact_id,
    CASE WHEN COALESCE(mark.prev_revision, 0) = 0 THEN CASE WHEN mark.version = 2 THEN 0 ELSE -1 END
      ELSE COALESCE(
        (SELECT COALESCE(next_row.revision, next_row.id) - 1 FROM kine next_row WHERE next_row.id > (SELECT prev_revision FROM kine WHERE name = 'compact_rev_key' ORDER BY id LIMIT 1) ORDER BY next_row.id LIMIT 1),
        newest.revision) END AS compact_revision,
    COALESCE((SELECT 2 * value FROM tine_state WHERE name = 'auth_revision'), 2)
      + COALESCE((SELECT value FROM tine_state WHERE name = 'auth_enabled'), 0) AS auth_state
  FROM (SELECT id, COALESCE(kine.revision, kine.id) AS revision FROM kine ORDER BY id DESC LIMIT 1) newest
  LEFT JOIN (SELECT prev_revision, version FROM kine WHERE name = 'compact_rev_key' ORDER BY id LIMIT 1) mark ON 1 = 1) head
  LEFT JOIN ((?names) asked
  STRAIGHT_JOIN kine ON kine.id = (
    SELECT newest.id
    FROM kine newest FORCE INDEX (kine_name_id_index)
    WHERE newest.name = asked.name
    ORDER BY /*!80014 newest.name DESC, */ newest.id DESC
    LIMIT 1)) ON 1 = 1;

-- held_until
SELECT MAX(value)
  FROM tine_state
  WHERE name >= 'hold ' AND name < 'hold!';

-- id_through_revision
SELECT COALESCE((SELECT MAX(id) FROM kine WHERE id > COALESCE((
    SELECT id
    FROM kine
    WHERE revision > 0 AND revision <= ?1
    ORDER BY revision DESC, id DESC
    LIMIT 1), 0) AND id <= ?1), COALESCE((
    SELECT id
    FROM kine
    WHERE revision > 0 AND revision <= ?1
    ORDER BY revision DESC, id DESC
    LIMIT 1), 0));

-- insert_alarm
INSERT INTO tine_alarm (member_id, alarm)
  VALUES ?rows;

-- insert_cluster_id
INSERT INTO tine_state (name, value)
  VALUES ('cluster_id', ?);

-- insert_gaps
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease)
  VALUES ?rows;

-- insert_kines_mark
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
  SELECT COALESCE(MAX(id), 0) + 1, 'compact_rev_key', 1, 0, 0, 0, 0, X''
  FROM kine;

-- insert_leases
INSERT INTO tine_lease (id, ttl_seconds, expires_at_ms)
  VALUES ?rows;

-- insert_mark
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
  VALUES (?, 'compact_rev_key', 1, 0, 0, 0, 0, ?, X'');

-- insert_rows
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version, lease_id, revision, sub_revision)
  VALUES ?rows;

-- insert_staged
INSERT INTO tine_copy (name, mod_revision, create_revision, version, lease, lease_id, value)
  VALUES ?rows;

-- interval_end
SELECT id
  FROM kine
  WHERE id > ?
  ORDER BY id
  LIMIT 1 OFFSET ?;

-- key_bucket_interval
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), CASE WHEN kine.deleted = 0 THEN kine.value END, kine.deleted, COALESCE(kine.sub_revision, 0)
  FROM kine
  WHERE kine.id > ? AND kine.id <= ?
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > ? OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > ?))
  ORDER BY kine.id;

-- key_bucket_lengths
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), CASE WHEN kine.deleted = 0 THEN COALESCE(LENGTH(kine.value), 0) ELSE 0 END, kine.deleted, COALESCE(kine.sub_revision, 0)
  FROM kine
  WHERE kine.id > ? AND kine.id <= ?
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > ? OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > ?))
  ORDER BY kine.id;

-- key_bucket_sizes
SELECT kine.id, OCTET_LENGTH(kine.name) + CASE WHEN kine.deleted = 0 THEN COALESCE(LENGTH(kine.value), 0) ELSE 0 END + CASE WHEN kine.lease_id IS NULL THEN 0 ELSE 11 END
  FROM kine
  WHERE kine.id > ? AND kine.id <= ?
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > ? OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > ?))
  ORDER BY kine.id;

-- key_bucket_values
SELECT GROUP_CONCAT(value ORDER BY id SEPARATOR '')
  FROM (
    SELECT kine.id, COALESCE(CASE WHEN kine.deleted = 0 THEN kine.value END, X'') AS value
    FROM kine
    WHERE kine.id > ? AND kine.id <= ?
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > ? OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > ?))
    ORDER BY kine.id) chunk;

-- key_count_up_to
SELECT COUNT(*)
  FROM (SELECT id FROM kine_current LIMIT ?) counted;

-- key_sizes_after
SELECT kine.name, COALESCE(LENGTH(kine.value), 0)
  FROM (
    SELECT name, id
    FROM kine_current
    WHERE name > ?
    ORDER BY name
    LIMIT ?) page
  JOIN kine ON kine.id = page.id
  ORDER BY page.name;

-- keys_of_lease
SELECT name
  FROM kine_current
  WHERE lease_id = ? AND lease_id <> 0
  ORDER BY name;

-- last_staged
SELECT MAX(name), COUNT(*) FROM tine_copy;

-- lease_clock
SELECT (SELECT value FROM tine_state WHERE name = 'lease_clock');

-- lease_count
SELECT COUNT(*) FROM tine_lease;

-- lease_page
SELECT CAST(id AS CHAR), ttl_seconds, expires_at_ms
  FROM tine_lease
  WHERE id > ?
  ORDER BY tine_lease.id
  LIMIT ?;

-- leased_keys
SELECT name
  FROM kine_current
  WHERE lease_id <> 0;

-- leases
SELECT CAST(id AS CHAR), ttl_seconds, expires_at_ms
  FROM tine_lease
  ORDER BY tine_lease.id;

-- leases_by_id
SELECT CAST(id AS CHAR), ttl_seconds, expires_at_ms
  FROM tine_lease
  WHERE id IN (?list);

-- leases_extended_at
SELECT value
  FROM tine_state
  WHERE name = 'leases_extended_at';

-- live_keys_after
SELECT kine.name, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), kine.value
  FROM (
    SELECT name, id
    FROM kine_current
    WHERE name > ? AND name <= ?
    ORDER BY name) page
  JOIN kine ON kine.id = page.id
  ORDER BY page.name;

-- live_rows_of_kine
SELECT kine.id, COALESCE(kine.name, RPAD(X'', 70000, X'00')), kine.id, CASE WHEN kine.created = 1 THEN kine.id ELSE kine.create_revision END, (
      SELECT COUNT(*)
      FROM kine own
      WHERE own.name = kine.name AND own.id <= kine.id AND own.id >= COALESCE((
        SELECT MAX(creation.id)
        FROM kine creation
        WHERE creation.name = kine.name AND creation.id <= kine.id AND creation.created = 1), 0)), kine.value, NULL
    FROM kine
    WHERE kine.id > ? AND kine.id <= ? AND kine.deleted = 0 AND kine.name <> 'compact_rev_key'
      AND NOT EXISTS (SELECT 1 FROM kine later WHERE later.name = kine.name AND later.id > kine.id)
    ORDER BY kine.id;

-- live_rows_of_tine
SELECT kine.id, COALESCE(kine.name, RPAD(X'', 70000, X'00')), COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), kine.value, kine.version
    FROM kine
    WHERE kine.id > ? AND kine.id <= ? AND kine.deleted = 0 AND kine.name <> 'compact_rev_key'
      AND NOT EXISTS (SELECT 1 FROM kine later WHERE later.name = kine.name AND later.id > kine.id)
    ORDER BY kine.id;

-- machine_clock
SELECT (SELECT value FROM tine_state WHERE name = 'clock_boot_id'), (SELECT value FROM tine_state WHERE name = 'clock_offset_ms');

-- marks
SELECT id, prev_revision
  FROM kine
  WHERE name = 'compact_rev_key'
  ORDER BY id;

-- members_seen
SELECT details, seen_at_ms
  FROM tine_member
  ORDER BY id;

-- members_since
SELECT CAST(id AS CHAR), details,
    CASE WHEN id = (SELECT value FROM tine_state WHERE name = 'leader') THEN 1 ELSE 0 END
  FROM tine_member
  WHERE seen_at_ms >= ?
  ORDER BY id;

-- move_mark
UPDATE kine
  SET prev_revision = ?
  WHERE id = ?;

-- newest_event
SELECT name, CASE WHEN name <> 'compact_rev_key' AND (deleted = 0 OR prev_revision <> 0) THEN 1 ELSE 0 END
  FROM kine
  ORDER BY id DESC
  LIMIT 1;

-- newest_row
SELECT id, version
  FROM kine
  ORDER BY id DESC
  LIMIT 1;

-- newest_rows
SELECT kine.deleted, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), kine.value
  FROM (?names) asked
  STRAIGHT_JOIN kine ON kine.id = (
    SELECT newest.id
    FROM kine newest FORCE INDEX (kine_name_id_index)
    WHERE newest.name = asked.name
    ORDER BY /*!80014 newest.name DESC, */ newest.id DESC
    LIMIT 1);

-- newest_rows_without_value
SELECT kine.deleted, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM (?names) asked
  STRAIGHT_JOIN kine ON kine.id = (
    SELECT newest.id
    FROM kine newest FORCE INDEX (kine_name_id_index)
    WHERE newest.name = asked.name
    ORDER BY /*!80014 newest.name DESC, */ newest.id DESC
    LIMIT 1);

-- newest_small_rows
SELECT kine.deleted, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), CASE WHEN LENGTH(kine.value) > 65536 THEN NULL ELSE kine.value END, CASE WHEN LENGTH(kine.value) > 65536 THEN 1 ELSE 0 END
  FROM (?names) asked
  STRAIGHT_JOIN kine ON kine.id = (
    SELECT newest.id
    FROM kine newest FORCE INDEX (kine_name_id_index)
    WHERE newest.name = asked.name
    ORDER BY /*!80014 newest.name DESC, */ newest.id DESC
    LIMIT 1);

-- next_leases
SELECT CAST(id AS CHAR), ttl_seconds, expires_at_ms
  FROM tine_lease
  ORDER BY expires_at_ms
  LIMIT ?;

-- place_staged
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version, lease_id, revision, sub_revision)
  SELECT placed.id, tine_copy.name,
    CASE WHEN tine_copy.create_revision = tine_copy.mod_revision THEN 1 ELSE 0 END, 0,
    CASE WHEN tine_copy.create_revision = tine_copy.mod_revision THEN 0 ELSE tine_copy.create_revision END,
    CASE WHEN tine_copy.create_revision = tine_copy.mod_revision THEN 0 ELSE 2 END,
    tine_copy.lease, tine_copy.value, tine_copy.version, tine_copy.lease_id,
    CASE WHEN placed.id = tine_copy.mod_revision THEN NULL ELSE tine_copy.mod_revision END,
    CASE WHEN placed.sub_revision = 0 THEN NULL ELSE placed.sub_revision END
  FROM (
    SELECT name, sub_revision, place + MAX(GREATEST(mod_revision - place, 2)) OVER (ORDER BY place) AS id
    FROM (
      SELECT name, mod_revision, ROW_NUMBER() OVER (ORDER BY mod_revision, name) AS place,
        ROW_NUMBER() OVER (PARTITION BY mod_revision ORDER BY name) - 1 AS sub_revision
      FROM tine_copy) ordered) placed
  JOIN tine_copy ON tine_copy.name = placed.name
  ORDER BY placed.id;

-- positions_after
SELECT id, COALESCE(kine.revision, kine.id), COALESCE(sub_revision, 0)
  FROM kine
  WHERE id > ? AND name <> 'compact_rev_key' AND (deleted = 0 OR prev_revision <> 0)
  ORDER BY id
  LIMIT ?;

-- range_current_keys_by_create_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT ?;

-- range_current_keys_by_create_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT ?;

-- range_current_keys_by_create_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT ?;

-- range_current_keys_by_create_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT ?;

-- range_current_keys_by_key_all_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_current_keys_by_key_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_current_keys_by_key_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name ASC, names.name
  LIMIT ?;

-- range_current_keys_by_key_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name ASC, names.name
  LIMIT ?;

-- range_current_keys_by_key_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name DESC, names.name
  LIMIT ?;

-- range_current_keys_by_key_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name DESC, names.name
  LIMIT ?;

-- range_current_keys_by_key_filtered_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- range_current_keys_by_key_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- range_current_keys_by_mod_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT ?;

-- range_current_keys_by_mod_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT ?;

-- range_current_keys_by_mod_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT ?;

-- range_current_keys_by_mod_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT ?;

-- range_current_keys_by_version_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT ?;

-- range_current_keys_by_version_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT ?;

-- range_current_keys_by_version_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT ?;

-- range_current_keys_by_version_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT ?;

-- range_current_values_by_key_all_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), COALESCE(LENGTH(kine.value), 0)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_current_values_by_key_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), kine.value
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_current_values_by_key_filtered_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), COALESCE(LENGTH(kine.value), 0)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- range_current_values_by_key_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= ? AND name < ?
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), kine.value
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- range_history_keys_by_create_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT ?;

-- range_history_keys_by_create_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT ?;

-- range_history_keys_by_create_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT ?;

-- range_history_keys_by_create_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT ?;

-- range_history_keys_by_key_all_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name
    HAVING (SELECT newest.deleted FROM kine newest WHERE newest.id = MAX(kine.id)) = 0 ORDER BY kine.name LIMIT ?4
  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_history_keys_by_key_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name
    HAVING (SELECT newest.deleted FROM kine newest WHERE newest.id = MAX(kine.id)) = 0 ORDER BY kine.name LIMIT ?4
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_history_keys_by_key_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name ASC, names.name
  LIMIT ?;

-- range_history_keys_by_key_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name ASC, names.name
  LIMIT ?;

-- range_history_keys_by_key_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name DESC, names.name
  LIMIT ?;

-- range_history_keys_by_key_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name DESC, names.name
  LIMIT ?;

-- range_history_keys_by_key_filtered_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- range_history_keys_by_key_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- range_history_keys_by_mod_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT ?;

-- range_history_keys_by_mod_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT ?;

-- range_history_keys_by_mod_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT ?;

-- range_history_keys_by_mod_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT ?;

-- range_history_keys_by_version_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT ?;

-- range_history_keys_by_version_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT ?;

-- range_history_keys_by_version_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT ?;

-- range_history_keys_by_version_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT ?;

-- range_history_values_by_key_all_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name
    HAVING (SELECT newest.deleted FROM kine newest WHERE newest.id = MAX(kine.id)) = 0 ORDER BY kine.name LIMIT ?4
  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), COALESCE(LENGTH(kine.value), 0)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_history_values_by_key_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name
    HAVING (SELECT newest.deleted FROM kine newest WHERE newest.id = MAX(kine.id)) = 0 ORDER BY kine.name LIMIT ?4
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), kine.value
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT ?;

-- range_history_values_by_key_filtered_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  ) SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), COALESCE(LENGTH(kine.value), 0)
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- range_history_values_by_key_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT kine.name, MAX(kine.id)
    FROM kine FORCE INDEX (kine_name_id_index)
    WHERE kine.name >= ? AND kine.name < ? AND kine.id <= ? AND kine.name <> 'compact_rev_key'
    GROUP BY kine.name

  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), kine.value
  FROM names
  STRAIGHT_JOIN kine ON kine.id = names.id
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (? = 0 OR COALESCE(kine.revision, kine.id) <= ?)
    AND (? = 0 OR COALESCE(kine.revision, kine.id) >= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= ?)
    AND (? = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= ?)
  ORDER BY names.name
  LIMIT ?;

-- refill_current_gone
DELETE kine_current
  FROM (SELECT kine.name
      FROM (SELECT MAX(id) AS id FROM kine WHERE id > ? AND id <= ? GROUP BY name) newest
      JOIN kine ON kine.id = newest.id
      WHERE kine.deleted = 1) found
  STRAIGHT_JOIN kine_current ON kine_current.name = found.name;

-- refill_current_there
INSERT INTO kine_current (name, id, lease_id, value_bytes)
    SELECT kine.name, kine.id, kine.lease_id, COALESCE(LENGTH(kine.value), 0)
    FROM (SELECT MAX(id) AS id FROM kine WHERE id > ? AND id <= ? GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
    ON DUPLICATE KEY UPDATE id = VALUES(id), lease_id = VALUES(lease_id), value_bytes = VALUES(value_bytes);

-- rename
UPDATE kine
  SET name = ?
  WHERE name = ? AND id > ? AND id <= ? AND version IS NULL;

-- rename_earlier
UPDATE kine
  SET name = ?
  WHERE name = ? AND id < ? AND version IS NULL;

-- rename_earlier_copied
UPDATE kine
  SET name = ?
  WHERE name = ? AND id < ?;

-- renamed_rows
SELECT later.id, later.name, earlier.name
  FROM kine later
  JOIN kine earlier ON earlier.id = later.prev_revision
  WHERE later.id > ? AND later.id <= ? AND later.version IS NULL
    AND later.name <> 'compact_rev_key' AND later.name <> earlier.name
    AND 1 = 1
  ORDER BY later.id;

-- renew_leases
UPDATE tine_lease
  SET expires_at_ms = GREATEST(expires_at_ms, ? + ttl_seconds * 1000)
  WHERE id IN (?list);

-- rest_of_transaction
 SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS CHAR), IF(LENGTH(kine.value) < 8192, kine.value, NULL), kine.deleted, older.name, older.id, COALESCE(older.revision, older.id), CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM /*!80014 (SELECT COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) AS id) after STRAIGHT_JOIN */ kine unknown
      WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > /*!80014 after.id *//*M! COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0) */
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END, CAST(older.lease_id AS CHAR), IF(LENGTH(older.value) < 8192, older.value, NULL), COALESCE(LENGTH(kine.value), 0), COALESCE(LENGTH(older.value), 0)
  FROM kine
      LEFT JOIN kine older ON older.id = kine.prev_revision AND older.deleted = 0
      WHERE kine.id > ? AND kine.id <= ?
  ORDER BY kine.id
  LIMIT ?;

-- role_by_name
SELECT details
  FROM tine_role
  WHERE name = ?;

-- role_names
SELECT name
  FROM tine_role
  ORDER BY name;

-- roles_by_name
SELECT details
  FROM tine_role
  WHERE name IN (?list);

-- row_count_up_to
SELECT COUNT(*)
  FROM (SELECT id FROM kine LIMIT ?) counted;

-- set_clients_mark_row
UPDATE kine
  SET name = ?, value = ?, version = ?
  WHERE id = ?;

-- set_commit
INSERT INTO tine_commit (slot, token, at_ms)
  VALUES ?rows
  ON DUPLICATE KEY UPDATE token = VALUES(token), at_ms = VALUES(at_ms);

-- set_compact_mark
UPDATE kine
  SET prev_revision = ?, version = 2
  WHERE name = 'compact_rev_key';

-- set_compacted_id
INSERT INTO tine_state (name, value)
  VALUES ('compacted_id', ?)
  ON DUPLICATE KEY UPDATE value = VALUES(value);

-- set_compacted_to_mark
INSERT INTO tine_state (name, value)
  SELECT 'compacted_id', MAX(prev_revision) FROM kine WHERE name = 'compact_rev_key'
  ON DUPLICATE KEY UPDATE value = VALUES(value);

-- set_covered_id
INSERT INTO tine_state (name, value)
  VALUES ('covered_id', ?)
  ON DUPLICATE KEY UPDATE value = VALUES(value);

-- set_current
INSERT INTO kine_current (name, id, lease_id, value_bytes)
  VALUES ?rows
  ON DUPLICATE KEY UPDATE id = VALUES(id), lease_id = VALUES(lease_id), value_bytes = VALUES(value_bytes);

-- set_deleted_mark_id
INSERT INTO tine_state (name, value)
  VALUES ('deleted_mark_id', ?)
  ON DUPLICATE KEY UPDATE value = VALUES(value);

-- set_leader
INSERT INTO tine_state (name, value)
  VALUES ('leader', ?)
  ON DUPLICATE KEY UPDATE value = VALUES(value);

-- set_leases_extended_at
INSERT INTO tine_state (name, value)
  VALUES ('leases_extended_at', ?)
  ON DUPLICATE KEY UPDATE value = VALUES(value);

-- set_member
INSERT INTO tine_member (id, details, seen_at_ms)
  VALUES ?rows
  ON DUPLICATE KEY UPDATE details = VALUES(details), seen_at_ms = VALUES(seen_at_ms);

-- set_position
UPDATE kine
  SET sub_revision = ?
  WHERE id = ?;

-- set_role
INSERT INTO tine_role (name, details)
  VALUES ?rows
  ON DUPLICATE KEY UPDATE details = VALUES(details);

-- set_row_lease
UPDATE kine
  SET lease_id = id
  WHERE id IN (?list);

-- set_staged_ttls
UPDATE tine_copy
  SET lease = (SELECT CASE WHEN ttl_seconds > 2147483647 THEN 2147483647 ELSE ttl_seconds END FROM tine_lease WHERE tine_lease.id = tine_copy.lease_id)
  WHERE lease_id IS NOT NULL;

-- set_state
INSERT INTO tine_state (name, value)
  VALUES ?rows
  ON DUPLICATE KEY UPDATE value = VALUES(value);

-- set_token_secret
INSERT INTO tine_secret (name, value)
  VALUES ?rows;

-- set_user
INSERT INTO tine_user (name, details)
  VALUES ?rows
  ON DUPLICATE KEY UPDATE details = VALUES(details);

-- sizes_after
SELECT id, COALESCE(LENGTH(value), 0)
  FROM kine
  WHERE id > ?
  ORDER BY id
  LIMIT ?;

-- snapshot_state
SELECT (SELECT value FROM tine_state WHERE name = 'snapshot_slot_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_owner'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_until_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_folder_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_folder_bytes'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_bucket_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_bucket_bytes');

-- staged_leases
SELECT DISTINCT CAST(lease_id AS CHAR)
  FROM tine_copy
  WHERE lease_id IS NOT NULL;

-- stored_leases
SELECT CAST(id AS CHAR), ttl_seconds
  FROM tine_lease
  ORDER BY CASE WHEN tine_lease.id < 0 THEN 1 ELSE 0 END, tine_lease.id;

-- token_secret
SELECT value
  FROM tine_secret
  WHERE name = 'token';

-- unfinished_copy
SELECT value
  FROM tine_state
  WHERE name = 'copy_source';

-- unreachable_rows
SELECT prev_revision
  FROM kine
  WHERE id > ? AND id <= ? AND prev_revision > 0 AND name <> 'compact_rev_key'
  UNION ALL
  SELECT id
  FROM kine
  WHERE id > ? AND id <= ? AND deleted = 1 AND id < (SELECT MAX(id) FROM kine);

-- user_by_name
SELECT details
  FROM tine_user
  WHERE name = ?;

-- user_names
SELECT name
  FROM tine_user
  ORDER BY name;

-- users_by_name
SELECT details
  FROM tine_user
  WHERE name IN (?list);

-- values_by_id
SELECT id, value
  FROM kine
  WHERE id IN (?list);

-- values_of_ids
SELECT kine.id, kine.value
  FROM kine
  WHERE kine.id IN (?list);

-- versions
SELECT id, version, name
  FROM kine
  WHERE id IN (?list);
