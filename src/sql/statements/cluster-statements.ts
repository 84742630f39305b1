/** The statements of the cluster id. */
import { single } from '../shape.ts';
import { changes, selectsRow } from '../statement.ts';

export const CLUSTER_ID = selectsRow(
  'cluster_id',
  single('id', 'text'),
  (sql) => `SELECT ${sql.expression.asText('value')}
  FROM tine_state
  WHERE name = 'cluster_id'`,
);

export const INSERT_CLUSTER_ID = changes(
  'insert_cluster_id',
  (sql) => `INSERT INTO tine_state (name, value)
  VALUES ('cluster_id', ${sql.parameter.integer})`,
);
