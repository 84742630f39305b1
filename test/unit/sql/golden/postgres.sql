-- alarms
SELECT CAST(member_id AS text), alarm
  FROM tine_alarm
  ORDER BY alarm, member_id;

-- all_roles
SELECT name, CAST(encode(details, 'base64') AS varchar)
  FROM tine_role
  ORDER BY name;

-- all_users
SELECT name, CAST(encode(details, 'base64') AS varchar)
  FROM tine_user
  ORDER BY name;

-- any_current
SELECT 1
  FROM kine_current
  LIMIT 1;

-- clients_mark_rows
SELECT id, CAST(encode(value, 'base64') AS varchar)
  FROM kine
  WHERE name = 'compact_rev_key_apiserver' AND id > CAST(? AS bigint) AND version IS NULL;

-- cluster_id
SELECT CAST(value AS text)
  FROM tine_state
  WHERE name = 'cluster_id';

-- committed_token
SELECT CAST(token AS text)
  FROM tine_commit
  WHERE slot = CAST(? AS bigint);

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
  WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) AND name <> 'compact_rev_key'
  ORDER BY id
  LIMIT CAST(? AS bigint);

-- copied_rows_of_kine
SELECT id, CAST(encode(convert_to(name, 'UTF8'), 'base64') AS varchar), COALESCE(created, 0), COALESCE(deleted, 0),
      COALESCE(create_revision, 0), COALESCE(prev_revision, 0), COALESCE(lease, 0), CAST(encode(value, 'base64') AS varchar),
      NULL, NULL, NULL, NULL
    FROM kine
    WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) AND name <> 'compact_rev_key'
    ORDER BY id;

-- copied_rows_of_tine
SELECT id, CAST(encode(convert_to(name, 'UTF8'), 'base64') AS varchar), COALESCE(created, 0), COALESCE(deleted, 0),
      COALESCE(create_revision, 0), COALESCE(prev_revision, 0), COALESCE(lease, 0), CAST(encode(value, 'base64') AS varchar),
      version, CAST(lease_id AS text), revision, sub_revision
    FROM kine
    WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) AND name <> 'compact_rev_key'
    ORDER BY id;

-- count_current
SELECT COUNT(*)
    FROM kine_current
    WHERE name >= CAST(? AS text) AND name < CAST(? AS text);

-- count_history
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
    SELECT COUNT(*)
    FROM names
    CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
    WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key';

-- covered_id
SELECT value
  FROM tine_state
  WHERE name = 'covered_id';

-- covering_row
SELECT id
  FROM kine
  WHERE id > CAST(? AS bigint) AND version IS NOT NULL
  ORDER BY id DESC
  LIMIT 1;

-- current_lengths
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), COALESCE(LENGTH(kine.value), 0)
  FROM kine_current
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine_current.id LIMIT 1) kine
  WHERE kine_current.name >= CAST(? AS text) AND kine_current.name < CAST(? AS text)
  ORDER BY kine_current.name
  LIMIT CAST(? AS bigint);

-- current_page
SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), kine.value
  FROM (
    SELECT name, id
    FROM (
      SELECT name, id, SUM(value_bytes) OVER (ORDER BY name ROWS UNBOUNDED PRECEDING) - value_bytes AS bytes_before
      FROM kine_current
      WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
      ORDER BY name
      LIMIT CAST(? AS bigint)) counted
    WHERE bytes_before < CAST(? AS bigint)) names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  ORDER BY names.name;

-- current_rows
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CAST(encode(kine.value, 'base64') AS varchar)
  FROM kine_current
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine_current.id LIMIT 1) kine
  WHERE kine_current.name >= CAST(? AS text) AND kine_current.name < CAST(? AS text)
  ORDER BY kine_current.name;

-- current_rows_without_value
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM kine_current
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine_current.id LIMIT 1) kine
  WHERE kine_current.name >= CAST(? AS text) AND kine_current.name < CAST(? AS text)
  ORDER BY kine_current.name;

-- current_values
SELECT string_agg(value, ''::bytea ORDER BY name)
  FROM (
    SELECT kine_current.name, COALESCE(kine.value, ''::bytea) AS value
    FROM kine_current
    CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine_current.id LIMIT 1) kine
    WHERE kine_current.name >= CAST(? AS text) AND kine_current.name <= CAST(? AS text)
    ORDER BY kine_current.name) newest;

-- delete_alarm
DELETE FROM tine_alarm
  WHERE member_id = CAST(? AS bigint) AND alarm = CAST(? AS bigint);

-- delete_lease
DELETE FROM tine_lease
  WHERE id = CAST(? AS bigint);

-- delete_rows
DELETE FROM kine
  WHERE id = ANY(CAST(? AS bigint[]));

-- deleted_mark_id
SELECT value
  FROM tine_state
  WHERE name = 'deleted_mark_id';

-- deletion_at
SELECT 1
  FROM kine
  WHERE id = CAST(? AS bigint) AND deleted = 1 AND prev_revision <> 0 AND COALESCE(kine.revision, kine.id) = CAST(? AS bigint);

-- drop_all_current
DELETE FROM kine_current;

-- drop_commits_before
DELETE FROM tine_commit
  WHERE at_ms < CAST(? AS bigint);

-- drop_compacted_current
DELETE FROM kine_current
  WHERE id <= CAST(? AS bigint) AND NOT EXISTS (SELECT 1 FROM kine WHERE kine.id = kine_current.id);

-- drop_compaction_hash
DELETE FROM tine_state
  WHERE name = CAST(? AS text);

-- drop_current
DELETE FROM kine_current
  WHERE name = ANY(CAST(? AS text[]));

-- drop_hold
DELETE FROM tine_state
  WHERE name = CAST(? AS text);

-- drop_member
DELETE FROM tine_member
  WHERE id = CAST(? AS bigint);

-- drop_members_before
DELETE FROM tine_member
  WHERE seen_at_ms < CAST(? AS bigint);

-- drop_past_holds
DELETE FROM tine_state
  WHERE name >= 'hold ' AND name < 'hold!' AND value < CAST(? AS bigint);

-- drop_role
DELETE FROM tine_role
  WHERE name = CAST(? AS text);

-- drop_silent_member
DELETE FROM tine_member
  WHERE id = CAST(? AS bigint) AND seen_at_ms < CAST(? AS bigint);

-- drop_token_secret
DELETE FROM tine_secret WHERE name = 'token';

-- drop_user
DELETE FROM tine_user
  WHERE name = CAST(? AS text);

-- events_after
 SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16
  FROM (
    SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END AS c1, kine.name AS c2, kine.id AS c3, COALESCE(kine.revision, kine.id) AS c4, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c5, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c6, CAST(kine.lease_id AS text) AS c7, CAST(encode(kine.value, 'base64') AS varchar) AS c8, kine.deleted AS c9, older.name AS c10, older.id AS c11, COALESCE(older.revision, older.id) AS c12, CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END AS c13, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END AS c14, CAST(older.lease_id AS text) AS c15, CAST(encode(older.value, 'base64') AS varchar) AS c16,
      SUM(COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) OVER (ORDER BY kine.id ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) AS bytes_before
    FROM kine
      LEFT JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine.prev_revision LIMIT 1) older ON older.deleted = 0
      WHERE kine.id > CAST(? AS bigint)
    ORDER BY 3
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 3;

-- events_of_interval
 SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16
  FROM (
    SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END AS c1, kine.name AS c2, kine.id AS c3, COALESCE(kine.revision, kine.id) AS c4, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c5, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c6, CAST(kine.lease_id AS text) AS c7, CAST(encode(kine.value, 'base64') AS varchar) AS c8, kine.deleted AS c9, older.name AS c10, older.id AS c11, COALESCE(older.revision, older.id) AS c12, CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END AS c13, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END AS c14, CAST(older.lease_id AS text) AS c15, CAST(encode(older.value, 'base64') AS varchar) AS c16,
      SUM(COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) OVER (ORDER BY kine.id ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) AS bytes_before
    FROM kine
      LEFT JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine.prev_revision LIMIT 1) older ON older.deleted = 0
      WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint)
        AND (kine.name || '') >= CAST(? AS text) AND (kine.name || '') < CAST(? AS text)
    ORDER BY 3
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 3;

-- events_of_key
 SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16
  FROM (
    SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END AS c1, kine.name AS c2, kine.id AS c3, COALESCE(kine.revision, kine.id) AS c4, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c5, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c6, CAST(kine.lease_id AS text) AS c7, CAST(encode(kine.value, 'base64') AS varchar) AS c8, kine.deleted AS c9, older.name AS c10, older.id AS c11, COALESCE(older.revision, older.id) AS c12, CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END AS c13, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END AS c14, CAST(older.lease_id AS text) AS c15, CAST(encode(older.value, 'base64') AS varchar) AS c16,
      SUM(COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) OVER (ORDER BY kine.id ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) AS bytes_before
    FROM kine
      LEFT JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine.prev_revision LIMIT 1) older ON older.deleted = 0
      WHERE kine.name = CAST(? AS text) AND kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint)
    ORDER BY 3
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 3;

-- extend_leases
UPDATE tine_lease
  SET expires_at_ms = CAST(? AS bigint) + ttl_seconds * 1000
  WHERE expires_at_ms - ttl_seconds * 1000 > CAST(? AS bigint);

-- foreign_lease_rows
SELECT kine.id, kine.lease, kine.name, kine_current.value_bytes
  FROM kine
  JOIN kine_current ON kine_current.name = kine.name AND kine_current.id = kine.id
  WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint) AND kine.lease > 0 AND kine.lease_id IS NULL;

-- foreign_names
SELECT DISTINCT CAST(encode(convert_to(name, 'UTF8'), 'base64') AS varchar)
  FROM kine
  WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) AND version IS NULL AND name ~ '[^\x02-\x7e]';

-- forget_copy
DELETE FROM tine_state WHERE name LIKE 'copy_%';

-- has_member
SELECT 1
  FROM tine_member
  WHERE id = CAST(? AS bigint);

-- head
SELECT newest.id,
    newest.revision,
    COALESCE(mark.prev_revision, 0) AS compact_id,
    CASE WHEN COALESCE(mark.prev_revision, 0) = 0 THEN CASE WHEN mark.version = 2 THEN 0 ELSE -1 END
      ELSE COALESCE(
        (SELECT COALESCE(next_row.revision, next_row.id) - 1 FROM kine next_row WHERE next_row.id > mark.prev_revision ORDER BY next_row.id LIMIT 1),
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
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text),
    CAST(encode(CASE WHEN LENGTH(kine.value) > 65536 THEN NULL ELSE kine.value END, 'base64') AS varchar), CASE WHEN LENGTH(kine.value) > 65536 THEN 1 ELSE 0 END
  FROM (SELECT newest.id,
    newest.revision,
    COALESCE(mark.prev_revision, 0) AS compact_id,
    CASE WHEN COALESCE(mark.prev_revision, 0) = 0 THEN CASE WHEN mark.version = 2 THEN 0 ELSE -1 END
      ELSE COALESCE(
        (SELECT COALESCE(next_row.revision, next_row.id) - 1 FROM kine next_row WHERE next_row.id > mark.prev_revision ORDER BY next_row.id LIMIT 1),
        newest.revision) END AS compact_revision,
    COALESCE((SELECT 2 * value FROM tine_state WHERE name = 'auth_revision'), 2)
      + COALESCE((SELECT value FROM tine_state WHERE name = 'auth_enabled'), 0) AS auth_state
  FROM (SELECT id, COALESCE(kine.revision, kine.id) AS revision FROM kine ORDER BY id DESC LIMIT 1) newest
  LEFT JOIN (SELECT prev_revision, version FROM kine WHERE name = 'compact_rev_key' ORDER BY id LIMIT 1) mark ON 1 = 1) head
  LEFT JOIN (unnest(CAST(? AS text[])) AS asked(name)
  CROSS JOIN LATERAL (
    SELECT *
    FROM kine
    WHERE kine.name = asked.name
    ORDER BY kine.id DESC
    LIMIT 1) kine) ON 1 = 1;

-- held_until
SELECT MAX(value)
  FROM tine_state
  WHERE name >= 'hold ' AND name < 'hold!';

-- id_through_revision
WITH asked(revision) AS (SELECT CAST(? AS bigint)),
  lagging(id) AS (
    SELECT COALESCE((
      SELECT kine.id
      FROM kine
      WHERE kine.revision > 0 AND kine.revision <= asked.revision
      ORDER BY kine.revision DESC, kine.id DESC
      LIMIT 1), 0)
    FROM asked
  )
  SELECT COALESCE((SELECT MAX(kine.id) FROM kine WHERE kine.id > lagging.id AND kine.id <= asked.revision), lagging.id)
  FROM lagging, asked;

-- insert_alarm
INSERT INTO tine_alarm (member_id, alarm)
  SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]));

-- insert_cluster_id
INSERT INTO tine_state (name, value)
  VALUES ('cluster_id', CAST(? AS bigint));

-- insert_gaps
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease)
  SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]));

-- insert_kines_mark
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value)
  SELECT COALESCE(MAX(id), 0) + 1, 'compact_rev_key', 1, 0, 0, 0, 0, ''::bytea
  FROM kine;

-- insert_leases
INSERT INTO tine_lease (id, ttl_seconds, expires_at_ms)
  SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]));

-- insert_mark
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, version, value)
  VALUES (CAST(? AS bigint), 'compact_rev_key', 1, 0, 0, 0, 0, CAST(? AS bigint), ''::bytea);

-- insert_rows
INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version, lease_id, revision, sub_revision)
  SELECT list.c1, list.c2, list.c3, list.c4, list.c5, list.c6, list.c7, substring(whole.bytes FROM list.start FOR list.length), list.c8, list.c9, list.c10, list.c11
  FROM unnest(CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS integer[]), CAST(? AS integer[])) AS list(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole;

-- insert_staged
INSERT INTO tine_copy (name, mod_revision, create_revision, version, lease, lease_id, value)
  SELECT list.c1, list.c2, list.c3, list.c4, list.c5, list.c6, substring(whole.bytes FROM list.start FOR list.length)
  FROM unnest(CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS integer[]), CAST(? AS integer[])) AS list(c1, c2, c3, c4, c5, c6, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole;

-- interval_end
SELECT id
  FROM kine
  WHERE id > CAST(? AS bigint)
  ORDER BY id
  LIMIT 1 OFFSET CAST(? AS bigint);

-- key_bucket_interval
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CASE WHEN kine.deleted = 0 THEN kine.value END, kine.deleted, COALESCE(kine.sub_revision, 0)
  FROM kine
  WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint)
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > CAST(? AS bigint) OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > CAST(? AS bigint)))
  ORDER BY kine.id;

-- key_bucket_lengths
SELECT kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CASE WHEN kine.deleted = 0 THEN COALESCE(LENGTH(kine.value), 0) ELSE 0 END, kine.deleted, COALESCE(kine.sub_revision, 0)
  FROM kine
  WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint)
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > CAST(? AS bigint) OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > CAST(? AS bigint)))
  ORDER BY kine.id;

-- key_bucket_sizes
SELECT kine.id, OCTET_LENGTH(kine.name) + CASE WHEN kine.deleted = 0 THEN COALESCE(LENGTH(kine.value), 0) ELSE 0 END + CASE WHEN kine.lease_id IS NULL THEN 0 ELSE 11 END
  FROM kine
  WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint)
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > CAST(? AS bigint) OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > CAST(? AS bigint)))
  ORDER BY kine.id;

-- key_bucket_values
SELECT string_agg(value, ''::bytea ORDER BY id)
  FROM (
    SELECT kine.id, COALESCE(CASE WHEN kine.deleted = 0 THEN kine.value END, ''::bytea) AS value
    FROM kine
    WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint)
        AND kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0)
        AND (kine.id > CAST(? AS bigint) OR (kine.deleted = 0 AND COALESCE((
          SELECT later.id
          FROM kine later
          WHERE later.name = kine.name AND later.prev_revision = kine.id), 9007199254740991) > CAST(? AS bigint)))
    ORDER BY kine.id) chunk;

-- key_count_up_to
SELECT COUNT(*)
  FROM (SELECT id FROM kine_current LIMIT CAST(? AS bigint)) counted;

-- key_sizes_after
SELECT kine.name, COALESCE(LENGTH(kine.value), 0)
  FROM (
    SELECT name, id
    FROM kine_current
    WHERE name > CAST(? AS text)
    ORDER BY name
    LIMIT CAST(? AS bigint)) page
  JOIN kine ON kine.id = page.id
  ORDER BY page.name;

-- keys_of_lease
SELECT name
  FROM kine_current
  WHERE lease_id = CAST(? AS bigint) AND lease_id <> 0
  ORDER BY name;

-- last_staged
SELECT MAX(name), COUNT(*) FROM tine_copy;

-- lease_clock
SELECT (SELECT value FROM tine_state WHERE name = 'lease_clock');

-- lease_count
SELECT COUNT(*) FROM tine_lease;

-- lease_page
SELECT CAST(id AS text), ttl_seconds, expires_at_ms
  FROM tine_lease
  WHERE id > CAST(? AS bigint)
  ORDER BY tine_lease.id
  LIMIT CAST(? AS bigint);

-- leased_keys
SELECT name
  FROM kine_current
  WHERE lease_id <> 0;

-- leases
SELECT CAST(id AS text), ttl_seconds, expires_at_ms
  FROM tine_lease
  ORDER BY tine_lease.id;

-- leases_by_id
SELECT CAST(id AS text), ttl_seconds, expires_at_ms
  FROM tine_lease
  WHERE id = ANY(CAST(? AS bigint[]));

-- leases_extended_at
SELECT value
  FROM tine_state
  WHERE name = 'leases_extended_at';

-- live_keys_after
SELECT kine.name, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(encode(kine.value, 'base64') AS varchar)
  FROM (
    SELECT name, id
    FROM kine_current
    WHERE name > CAST(? AS text) AND name <= CAST(? AS text)
    ORDER BY name) page
  JOIN kine ON kine.id = page.id
  ORDER BY page.name;

-- live_rows_of_kine
SELECT kine.id, CAST(encode(convert_to(kine.name, 'UTF8'), 'base64') AS varchar), kine.id, CASE WHEN kine.created = 1 THEN kine.id ELSE kine.create_revision END, (
      SELECT COUNT(*)
      FROM kine own
      WHERE own.name = kine.name AND own.id <= kine.id AND own.id >= COALESCE((
        SELECT MAX(creation.id)
        FROM kine creation
        WHERE creation.name = kine.name AND creation.id <= kine.id AND creation.created = 1), 0)), CAST(encode(kine.value, 'base64') AS varchar), NULL
    FROM kine
    WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint) AND kine.deleted = 0 AND kine.name <> 'compact_rev_key'
      AND NOT EXISTS (SELECT 1 FROM kine later WHERE later.name = kine.name AND later.id > kine.id)
    ORDER BY kine.id;

-- live_rows_of_tine
SELECT kine.id, CAST(encode(convert_to(kine.name, 'UTF8'), 'base64') AS varchar), COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(encode(kine.value, 'base64') AS varchar), kine.version
    FROM kine
    WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint) AND kine.deleted = 0 AND kine.name <> 'compact_rev_key'
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
SELECT CAST(encode(details, 'base64') AS varchar), seen_at_ms
  FROM tine_member
  ORDER BY id;

-- members_since
SELECT CAST(id AS text), CAST(encode(details, 'base64') AS varchar),
    CASE WHEN id = (SELECT value FROM tine_state WHERE name = 'leader') THEN 1 ELSE 0 END
  FROM tine_member
  WHERE seen_at_ms >= CAST(? AS bigint)
  ORDER BY id;

-- move_mark
UPDATE kine
  SET prev_revision = CAST(? AS bigint)
  WHERE id = CAST(? AS bigint);

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
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CAST(encode(kine.value, 'base64') AS varchar)
  FROM unnest(CAST(? AS text[])) AS asked(name)
  CROSS JOIN LATERAL (
    SELECT *
    FROM kine
    WHERE kine.name = asked.name
    ORDER BY kine.id DESC
    LIMIT 1) kine;

-- newest_rows_without_value
SELECT kine.deleted, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM unnest(CAST(? AS text[])) AS asked(name)
  CROSS JOIN LATERAL (
    SELECT *
    FROM kine
    WHERE kine.name = asked.name
    ORDER BY kine.id DESC
    LIMIT 1) kine;

-- newest_small_rows
SELECT kine.deleted, kine.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CAST(encode(CASE WHEN LENGTH(kine.value) > 65536 THEN NULL ELSE kine.value END, 'base64') AS varchar), CASE WHEN LENGTH(kine.value) > 65536 THEN 1 ELSE 0 END
  FROM unnest(CAST(? AS text[])) AS asked(name)
  CROSS JOIN LATERAL (
    SELECT *
    FROM kine
    WHERE kine.name = asked.name
    ORDER BY kine.id DESC
    LIMIT 1) kine;

-- next_leases
SELECT CAST(id AS text), ttl_seconds, expires_at_ms
  FROM tine_lease
  ORDER BY expires_at_ms
  LIMIT CAST(? AS bigint);

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
  WHERE id > CAST(? AS bigint) AND name <> 'compact_rev_key' AND (deleted = 0 OR prev_revision <> 0)
  ORDER BY id
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_create_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_create_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_create_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_create_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_key_all_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  ) SELECT c1, c2, c3, c4, c5, c6
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_current_keys_by_key_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_key_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_key_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_key_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_key_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_key_filtered_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  ) SELECT c1, c2, c3, c4, c5, c6
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_current_keys_by_key_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_mod_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_mod_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_mod_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_mod_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_version_ascending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_version_ascending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_version_descending_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_keys_by_version_descending_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_current_values_by_key_all_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  ) SELECT c1, c2, c3, c4, c5, c6, c7
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6, kine.value AS c7,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_current_values_by_key_all_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CAST(encode(kine.value, 'base64') AS varchar)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- range_current_values_by_key_filtered_bounded
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  ) SELECT c1, c2, c3, c4, c5, c6, c7
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6, kine.value AS c7,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_current_values_by_key_filtered_whole
WITH RECURSIVE names(name, id) AS (
    SELECT name, id FROM kine_current WHERE name >= CAST(? AS text) AND name < CAST(? AS text)
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CAST(encode(kine.value, 'base64') AS varchar)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_create_ascending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_create_ascending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_create_descending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_create_descending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_key_all_bounded
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  ) SELECT c1, c2, c3, c4, c5, c6
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_history_keys_by_key_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_key_ascending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_key_ascending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_key_descending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_key_descending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_key_filtered_bounded
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  ) SELECT c1, c2, c3, c4, c5, c6
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_history_keys_by_key_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_mod_ascending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_mod_ascending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.revision, kine.id) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_mod_descending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_mod_descending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.revision, kine.id) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_version_ascending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_version_ascending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) ASC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_version_descending_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_keys_by_version_descending_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) DESC, names.name
  LIMIT CAST(? AS bigint);

-- range_history_values_by_key_all_bounded
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  ) SELECT c1, c2, c3, c4, c5, c6, c7
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6, kine.value AS c7,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_history_values_by_key_all_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CAST(encode(kine.value, 'base64') AS varchar)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'

  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- range_history_values_by_key_filtered_bounded
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  ) SELECT c1, c2, c3, c4, c5, c6, c7
  FROM (
    SELECT names.name AS c1, kine.id AS c2, COALESCE(kine.revision, kine.id) AS c3, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c4, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c5, CAST(kine.lease_id AS text) AS c6, kine.value AS c7,
      SUM(COALESCE(LENGTH(kine.value), 0)) OVER (ORDER BY names.name ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0)) AS bytes_before
    FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
    ORDER BY 1
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 1;

-- range_history_values_by_key_filtered_whole
WITH RECURSIVE bounds(first_name, end_name, through_id) AS (SELECT CAST(? AS text), CAST(? AS text), CAST(? AS bigint)),
  each_name(name) AS (
    SELECT MIN(name) FROM kine WHERE name >= (SELECT first_name FROM bounds) AND name < (SELECT end_name FROM bounds)
    UNION ALL
    SELECT (SELECT MIN(kine.name) FROM kine WHERE kine.name > each_name.name AND kine.name < (SELECT end_name FROM bounds))
    FROM each_name
    WHERE each_name.name IS NOT NULL
  ),
  names(name, id) AS (
    SELECT each_name.name, (
      SELECT older.id
      FROM kine older
      WHERE older.name = each_name.name AND older.id <= (SELECT through_id FROM bounds)
      ORDER BY older.id DESC
      LIMIT 1)
    FROM each_name
  )
  SELECT names.name, kine.id, COALESCE(kine.revision, kine.id), CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)), CAST(kine.lease_id AS text), CAST(encode(kine.value, 'base64') AS varchar)
  FROM names
  CROSS JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = names.id LIMIT 1) kine
  WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
  AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR COALESCE(kine.revision, kine.id) >= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END <= CAST(? AS bigint))
    AND (CAST(? AS bigint) = 0 OR CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END >= CAST(? AS bigint))
  ORDER BY names.name
  LIMIT CAST(? AS bigint);

-- refill_current_gone
DELETE FROM kine_current
  WHERE name IN (SELECT kine.name
      FROM (SELECT MAX(id) AS id FROM kine WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) GROUP BY name) newest
      JOIN kine ON kine.id = newest.id
      WHERE kine.deleted = 1);

-- refill_current_there
INSERT INTO kine_current (name, id, lease_id, value_bytes)
    SELECT kine.name, kine.id, kine.lease_id, COALESCE(LENGTH(kine.value), 0)
    FROM (SELECT MAX(id) AS id FROM kine WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) GROUP BY name) newest
    JOIN kine ON kine.id = newest.id
    WHERE kine.deleted = 0 AND kine.name <> 'compact_rev_key'
    ON CONFLICT (name) DO UPDATE SET id = excluded.id, lease_id = excluded.lease_id, value_bytes = excluded.value_bytes;

-- rename
UPDATE kine
  SET name = CAST(? AS text)
  WHERE name = convert_from(CAST(? AS bytea), 'UTF8') AND id > CAST(? AS bigint) AND id <= CAST(? AS bigint) AND version IS NULL;

-- rename_earlier
UPDATE kine
  SET name = CAST(? AS text)
  WHERE name = CAST(? AS text) AND id < CAST(? AS bigint) AND version IS NULL;

-- rename_earlier_copied
UPDATE kine
  SET name = CAST(? AS text)
  WHERE name = CAST(? AS text) AND id < CAST(? AS bigint);

-- renamed_rows
SELECT later.id, later.name, earlier.name
  FROM kine later
  JOIN kine earlier ON earlier.id = later.prev_revision
  WHERE later.id > CAST(? AS bigint) AND later.id <= CAST(? AS bigint) AND later.version IS NULL
    AND later.name <> 'compact_rev_key' AND later.name <> earlier.name
    AND 1 = 0
  ORDER BY later.id;

-- renew_leases
UPDATE tine_lease
  SET expires_at_ms = GREATEST(expires_at_ms, CAST(? AS bigint) + ttl_seconds * 1000)
  WHERE id = ANY(CAST(? AS bigint[]));

-- rest_of_transaction
 SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16
  FROM (
    SELECT CASE WHEN kine.name <> 'compact_rev_key' AND (kine.deleted = 0 OR kine.prev_revision <> 0) THEN 1 ELSE 0 END AS c1, kine.name AS c2, kine.id AS c3, COALESCE(kine.revision, kine.id) AS c4, CASE WHEN kine.created = 1 THEN COALESCE(kine.revision, kine.id) ELSE kine.create_revision END AS c5, COALESCE(kine.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = kine.name AND unknown.id <= kine.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = kine.name AND known.id <= kine.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) AS c6, CAST(kine.lease_id AS text) AS c7, CAST(encode(kine.value, 'base64') AS varchar) AS c8, kine.deleted AS c9, older.name AS c10, older.id AS c11, COALESCE(older.revision, older.id) AS c12, CASE WHEN older.created = 1 THEN COALESCE(older.revision, older.id) ELSE older.create_revision END AS c13, CASE WHEN older.id IS NULL THEN NULL ELSE COALESCE(older.version, (
      SELECT COUNT(*)
      FROM kine unknown WHERE unknown.name = older.name AND unknown.id <= older.id AND unknown.id > COALESCE((SELECT MAX(known.id) FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)), 0)
    ) + COALESCE((
      SELECT COALESCE(known.version, 1)
      FROM kine known
      WHERE known.name = older.name AND known.id <= older.id AND (known.created = 1 OR known.version IS NOT NULL)
      ORDER BY known.id DESC
      LIMIT 1), 0)) END AS c14, CAST(older.lease_id AS text) AS c15, CAST(encode(older.value, 'base64') AS varchar) AS c16,
      SUM(COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) OVER (ORDER BY kine.id ROWS UNBOUNDED PRECEDING) - (COALESCE(LENGTH(kine.value), 0) + COALESCE(LENGTH(older.value), 0)) AS bytes_before
    FROM kine
      LEFT JOIN LATERAL (SELECT * FROM kine probed WHERE probed.id = kine.prev_revision LIMIT 1) older ON older.deleted = 0
      WHERE kine.id > CAST(? AS bigint) AND kine.id <= CAST(? AS bigint)
    ORDER BY 3
    LIMIT ?) page
  WHERE bytes_before < ?
  ORDER BY 3;

-- role_by_name
SELECT CAST(encode(details, 'base64') AS varchar)
  FROM tine_role
  WHERE name = CAST(? AS text);

-- role_names
SELECT name
  FROM tine_role
  ORDER BY name;

-- roles_by_name
SELECT CAST(encode(details, 'base64') AS varchar)
  FROM tine_role
  WHERE name = ANY(CAST(? AS text[]));

-- row_count_up_to
SELECT COUNT(*)
  FROM (SELECT id FROM kine LIMIT CAST(? AS bigint)) counted;

-- set_clients_mark_row
UPDATE kine
  SET name = CAST(? AS text), value = CAST(? AS bytea), version = CAST(? AS bigint)
  WHERE id = CAST(? AS bigint);

-- set_commit
INSERT INTO tine_commit (slot, token, at_ms)
  SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
  ON CONFLICT (slot) DO UPDATE SET token = excluded.token, at_ms = excluded.at_ms;

-- set_compact_mark
UPDATE kine
  SET prev_revision = CAST(? AS bigint), version = 2
  WHERE name = 'compact_rev_key';

-- set_compacted_id
INSERT INTO tine_state (name, value)
  VALUES ('compacted_id', CAST(? AS bigint))
  ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- set_compacted_to_mark
INSERT INTO tine_state (name, value)
  SELECT 'compacted_id', MAX(prev_revision) FROM kine WHERE name = 'compact_rev_key'
  ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- set_covered_id
INSERT INTO tine_state (name, value)
  VALUES ('covered_id', CAST(? AS bigint))
  ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- set_current
INSERT INTO kine_current (name, id, lease_id, value_bytes)
  SELECT * FROM unnest(CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
  ON CONFLICT (name) DO UPDATE SET id = excluded.id, lease_id = excluded.lease_id, value_bytes = excluded.value_bytes;

-- set_deleted_mark_id
INSERT INTO tine_state (name, value)
  VALUES ('deleted_mark_id', CAST(? AS bigint))
  ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- set_leader
INSERT INTO tine_state (name, value)
  VALUES ('leader', CAST(? AS bigint))
  ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- set_leases_extended_at
INSERT INTO tine_state (name, value)
  VALUES ('leases_extended_at', CAST(? AS bigint))
  ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- set_member
INSERT INTO tine_member (id, details, seen_at_ms)
  SELECT list.c1, substring(whole.bytes FROM list.start FOR list.length), list.c2
  FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS integer[]), CAST(? AS integer[])) AS list(c1, c2, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole
  ON CONFLICT (id) DO UPDATE SET details = excluded.details, seen_at_ms = excluded.seen_at_ms;

-- set_position
UPDATE kine
  SET sub_revision = CAST(? AS bigint)
  WHERE id = CAST(? AS bigint);

-- set_role
INSERT INTO tine_role (name, details)
  SELECT list.c1, substring(whole.bytes FROM list.start FOR list.length)
  FROM unnest(CAST(? AS text[]), CAST(? AS integer[]), CAST(? AS integer[])) AS list(c1, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole
  ON CONFLICT (name) DO UPDATE SET details = excluded.details;

-- set_row_lease
UPDATE kine
  SET lease_id = id
  WHERE id = ANY(CAST(? AS bigint[]));

-- set_staged_ttls
UPDATE tine_copy
  SET lease = (SELECT CASE WHEN ttl_seconds > 2147483647 THEN 2147483647 ELSE ttl_seconds END FROM tine_lease WHERE tine_lease.id = tine_copy.lease_id)
  WHERE lease_id IS NOT NULL;

-- set_state
INSERT INTO tine_state (name, value)
  SELECT * FROM unnest(CAST(? AS text[]), CAST(? AS bigint[]))
  ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- set_token_secret
INSERT INTO tine_secret (name, value)
  SELECT list.c1, substring(whole.bytes FROM list.start FOR list.length)
  FROM unnest(CAST(? AS text[]), CAST(? AS integer[]), CAST(? AS integer[])) AS list(c1, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole;

-- set_user
INSERT INTO tine_user (name, details)
  SELECT list.c1, substring(whole.bytes FROM list.start FOR list.length)
  FROM unnest(CAST(? AS text[]), CAST(? AS integer[]), CAST(? AS integer[])) AS list(c1, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole
  ON CONFLICT (name) DO UPDATE SET details = excluded.details;

-- sizes_after
SELECT id, COALESCE(LENGTH(value), 0)
  FROM kine
  WHERE id > CAST(? AS bigint)
  ORDER BY id
  LIMIT CAST(? AS bigint);

-- snapshot_state
SELECT (SELECT value FROM tine_state WHERE name = 'snapshot_slot_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_owner'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_until_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_folder_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_folder_bytes'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_bucket_ms'),
    (SELECT value FROM tine_state WHERE name = 'snapshot_bucket_bytes');

-- staged_leases
SELECT DISTINCT CAST(lease_id AS text)
  FROM tine_copy
  WHERE lease_id IS NOT NULL;

-- stored_leases
SELECT CAST(id AS text), ttl_seconds
  FROM tine_lease
  ORDER BY CASE WHEN tine_lease.id < 0 THEN 1 ELSE 0 END, tine_lease.id;

-- token_secret
SELECT CAST(encode(value, 'base64') AS varchar)
  FROM tine_secret
  WHERE name = 'token';

-- unfinished_copy
SELECT value
  FROM tine_state
  WHERE name = 'copy_source';

-- unreachable_rows
SELECT prev_revision
  FROM kine
  WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) AND prev_revision > 0 AND name <> 'compact_rev_key'
  UNION ALL
  SELECT id
  FROM kine
  WHERE id > CAST(? AS bigint) AND id <= CAST(? AS bigint) AND deleted = 1 AND id < (SELECT MAX(id) FROM kine);

-- user_by_name
SELECT CAST(encode(details, 'base64') AS varchar)
  FROM tine_user
  WHERE name = CAST(? AS text);

-- user_names
SELECT name
  FROM tine_user
  ORDER BY name;

-- users_by_name
SELECT CAST(encode(details, 'base64') AS varchar)
  FROM tine_user
  WHERE name = ANY(CAST(? AS text[]));

-- values_by_id
SELECT id, value
  FROM kine
  WHERE id = ANY(CAST(? AS bigint[]));

-- values_of_ids
SELECT kine.id, CAST(encode(kine.value, 'base64') AS varchar)
  FROM kine
  WHERE kine.id = ANY(CAST(? AS bigint[]));

-- versions
SELECT id, version, name
  FROM kine
  WHERE id = ANY(CAST(? AS bigint[]));

-- guarded write
WITH guard AS (
  UPDATE tine_state
  SET value = CAST(? AS bigint)
  WHERE name = 'write_lock' AND value = CAST(? AS bigint)
    AND NOT EXISTS (SELECT FROM kine WHERE kine.name = ANY(CAST(? AS text[])))
  RETURNING value),
set_commit AS (
  INSERT INTO tine_commit (slot, token, at_ms)
  SELECT * FROM unnest(CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
  WHERE EXISTS (SELECT FROM guard)
  ON CONFLICT (slot) DO UPDATE SET token = excluded.token, at_ms = excluded.at_ms),
insert_rows AS (
  INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, version, lease_id, revision, sub_revision)
  SELECT list.c1, list.c2, list.c3, list.c4, list.c5, list.c6, list.c7, substring(whole.bytes FROM list.start FOR list.length), list.c8, list.c9, list.c10, list.c11
  FROM unnest(CAST(? AS bigint[]), CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS integer[]), CAST(? AS integer[])) AS list(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, start, length),
    (SELECT CAST(? AS bytea) AS bytes) whole
  WHERE EXISTS (SELECT FROM guard)),
set_current AS (
  INSERT INTO kine_current (name, id, lease_id, value_bytes)
  SELECT * FROM unnest(CAST(? AS text[]), CAST(? AS bigint[]), CAST(? AS bigint[]), CAST(? AS bigint[]))
  WHERE EXISTS (SELECT FROM guard)
  ON CONFLICT (name) DO UPDATE SET id = excluded.id, lease_id = excluded.lease_id, value_bytes = excluded.value_bytes),
drop_current AS (
  DELETE FROM kine_current
  WHERE name = ANY(CAST(? AS text[])) AND EXISTS (SELECT FROM guard))
SELECT count(*) FROM guard;
