/** The statement that reads leases for a snapshot. */
import { record } from '../shape.ts';
import { selectsRows } from '../statement.ts';

// In the order of their bytes: ids below 0 come last. Postgres would read a bare `id` as the
// selected text.
export const STORED_LEASES = selectsRows(
  'stored_leases',
  record({ id: 'text', ttlSeconds: 'integer' }),
  (sql) => `SELECT ${sql.expression.asText('id')}, ttl_seconds
  FROM tine_lease
  ORDER BY CASE WHEN tine_lease.id < 0 THEN 1 ELSE 0 END, tine_lease.id`,
);
