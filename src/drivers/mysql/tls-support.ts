/**
 * Finds out whether a MySQL server supports TLS. Mode `prefer` uses TLS if it does; mysql2 itself
 * requires TLS or does not use it.
 */
import type { ConnectionOptions } from 'mysql2';
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import { unlessAborted } from '../remote/unless-aborted.ts';
import { newConnection, waitConnected } from './connection-lifetime.ts';
import { destroy } from './ready-connection.ts';

/** How long a result is valid. The certificates of a server change only with a restart. */
const resultAgeMsMax = 60_000;

const results = new Map<string, { readonly supported: boolean; readonly atMs: number }>();

/** Tries a connection with TLS. Rejects with the error of mysql2 if it fails for another reason. */
export async function supportsTls(
  host: DatabaseHost,
  settings: ConnectionOptions,
  signal?: AbortSignal,
): Promise<boolean> {
  const key = JSON.stringify(host);
  const known = results.get(key);
  if (known !== undefined && performance.now() - known.atMs < resultAgeMsMax) return known.supported;
  const supported = await connectsWithTls(settings, signal);
  results.set(key, { supported, atMs: performance.now() });
  return supported;
}

async function connectsWithTls(settings: ConnectionOptions, signal: AbortSignal | undefined): Promise<boolean> {
  // The database may not exist yet.
  const { database: _database, ...settingsWithoutDatabase } = settings;
  const connection = newConnection(settingsWithoutDatabase);
  try {
    await unlessAborted(signal, { setUp: () => waitConnected(connection), abandon: () => destroy(connection) });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'HANDSHAKE_NO_SSL_SUPPORT') return false;
    throw error;
  }
  connection.end();
  return true;
}
