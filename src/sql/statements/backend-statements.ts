/** What a snapshot reads of the leases. */
import { record } from '../shape.ts';
import { selectsRows } from '../statement.ts';

// In the order of their bytes: ids below 0 come last. A bare `id` would be the column of text to Postgres.
export const STORED_LEASES = selectsRows(
  'stored_leases',
  record({ id: 'text', ttlSeconds: 'integer' }),
  (sql) => `SELECT ${sql.expression.asText('id')}, ttl_seconds
  FROM tine_lease
  ORDER BY CASE WHEN tine_lease.id < 0 THEN 1 ELSE 0 END, tine_lease.id`,
);
