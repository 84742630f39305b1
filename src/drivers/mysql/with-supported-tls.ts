import type { DatabaseHost, RemoteDsn } from '../../config/database/database-dsn.ts';
import { connectionSettings } from './connection-settings.ts';
import { supportsTls } from './tls-support.ts';

/**
 * The DSN with what the server supports instead of mode `prefer`. The attempt to find it out ends
 * when the signal aborts.
 */
export async function withSupportedTls(
  dsn: RemoteDsn,
  host: DatabaseHost,
  signal: AbortSignal | undefined,
): Promise<RemoteDsn> {
  const { tls } = dsn;
  if (tls?.mode !== 'prefer' || host.socketPath !== undefined) return dsn;
  const encrypted = { ...dsn, tls: { ...tls, mode: 'require' } } as const;
  const settings = await connectionSettings(encrypted, host);
  return (await supportsTls(host, settings, signal)) ? encrypted : { ...dsn, tls: undefined };
}
