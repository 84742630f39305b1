/** Whether a MySQL server takes TLS: mode `prefer` uses it where it does. mysql2 itself takes TLS or leaves it. */
import { type ConnectionOptions, createConnection } from 'mysql2';
import type { DatabaseHost } from '../../config/database/database-dsn.ts';

/** How long an answer holds: a server gets certificates, or loses them, when it is restarted. */
const answerAgeMsMax = 60_000;

const answers = new Map<string, { readonly takes: boolean; readonly atMs: number }>();

/** Tries, with settings that want it. Rejects with what mysql2 says when that fails for another reason. */
export async function takesTls(host: DatabaseHost, settings: ConnectionOptions): Promise<boolean> {
  const key = JSON.stringify(host);
  const known = answers.get(key);
  if (known !== undefined && performance.now() - known.atMs < answerAgeMsMax) return known.takes;
  const takes = await tries(settings);
  answers.set(key, { takes, atMs: performance.now() });
  return takes;
}

function tries(settings: ConnectionOptions): Promise<boolean> {
  return new Promise((resolve, reject) => {
    // The database may not be there yet.
    const { database: _database, ...others } = settings;
    const connection = createConnection(others);
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
