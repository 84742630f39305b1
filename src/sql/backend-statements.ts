/** The statements that read, for a snapshot, what is not in the log: leases, users, roles, alarms, and the named numbers. */
import { selectsRow, selectsRows } from './statement.ts';

// In the order of their bytes: ids below 0 come last.
export const STORED_LEASES = selectsRows(
  'stored_leases',
  (sql) => `SELECT ${sql.asText('id')}, ttl_seconds
  FROM tine_lease
  ORDER BY CASE WHEN id < 0 THEN 1 ELSE 0 END, id`,
);

export const STORED_USERS = selectsRows(
  'stored_users',
  (sql) => `SELECT name, ${sql.selectedBytes('details')}
  FROM tine_user
  ORDER BY name`,
);

export const STORED_ROLES = selectsRows(
  'stored_roles',
  (sql) => `SELECT name, ${sql.selectedBytes('details')}
  FROM tine_role
  ORDER BY name`,
);

export const STORED_ALARMS = selectsRows(
  'stored_alarms',
  (sql) => `SELECT ${sql.asText('member_id')}, alarm
  FROM tine_alarm`,
);

// Whether authentication is on, and the number of its changes: 1 before the first.
export const STORED_AUTH = selectsRow(
  'stored_auth',
  () => `SELECT COALESCE((SELECT value FROM tine_state WHERE name = 'auth_enabled'), 0),
    COALESCE((SELECT value FROM tine_state WHERE name = 'auth_revision'), 1)`,
);
