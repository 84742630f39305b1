import { createConnection } from 'mysql2/promise';
import type { DatabaseServer } from './database-server.ts';

/** Runs a statement on a MySQL or MariaDB as the test's user. Returns its rows. */
export async function mysqlQuery(server: DatabaseServer, statement: string): Promise<unknown> {
  const [, user = '', password = ''] = /\/\/(.*?):(.*?)@/.exec(server.url) ?? [];
  const connection = await createConnection({ host: '127.0.0.1', port: server.port, user, password });
  try {
    const [rows] = await connection.query(statement);
    return rows;
  } finally {
    connection.destroy();
  }
}
