/**
 * Finds out whether a MySQL server supports TLS. Mode `prefer` uses TLS if it does; mysql2 itself
 * requires TLS or does not use it.
 */
import { type ConnectionOptions, createConnection } from 'mysql2';
import type { DatabaseHost } from '../../config/database/database-dsn.ts';

/** How long a result is valid. The certificates of a server change only with a restart. */
const resultAgeMsMax = 60_000;

const results = new Map<string, { readonly supported: boolean; readonly atMs: number }>();

/** Tries a connection with TLS. Rejects with the error of mysql2 if it fails for another reason. */
export async function supportsTls(host: DatabaseHost, settings: ConnectionOptions): Promise<boolean> {
  const key = JSON.stringify(host);
  const known = results.get(key);
  if (known !== undefined && performance.now() - known.atMs < resultAgeMsMax) return known.supported;
  const supported = await connectsWithTls(settings);
  results.set(key, { supported, atMs: performance.now() });
  return supported;
}

function connectsWithTls(settings: ConnectionOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // The database may not exist yet.
    const { database: _database, ...settingsWithoutDatabase } = settings;
    const connection = createConnection(settingsWithoutDatabase);
    connection.on('error', () => {});
    connection.connect((error) => {
      if (error === null) {
        connection.end();
        resolve(true);
        return;
      }
      connection.destroy();
      if (error.code === 'HANDSHAKE_NO_SSL_SUPPORT') resolve(false);
      else reject(error);
    });
  });
}
