import type { ListenTls } from '../../../config/listen/listen-tls.ts';
import type { Logger } from '../../../logger.ts';
import { Credentials } from './credentials.ts';
import { ensureGeneratedPair } from './generated-pair.ts';
import { TlsTerminator, type TlsTerminatorOptions } from './tls-terminator.ts';

/** Makes one of the terminators that share the server's certificate. */
export type MakeTlsTerminator = (
  options: Pick<TlsTerminatorOptions, 'alpnProtocols' | 'pending' | 'onConnection'>,
) => TlsTerminator;

/**
 * Reads the certificate and the files that belong to it. Makes the certificate if that is
 * configured.
 *
 * @throws StartError when that fails
 */
export function openTls(tls: ListenTls, logger: Logger): MakeTlsTerminator {
  ensureGeneratedPair(tls.pair, logger);
  const credentials = new Credentials(tls, logger);
  return (options) => new TlsTerminator({ tls, credentials, logger, ...options });
}
