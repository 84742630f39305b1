import type { ListenTls } from '../../../config/listen/listen-tls.ts';
import type { Logger } from '../../../logger.ts';
import { Credentials } from './credentials.ts';
import { ensureGeneratedPair } from './generated-pair.ts';
import { TlsDoor, type TlsDoorOptions } from './tls-door.ts';

/** Opens one of the doors that share the server's certificate. */
export type OpenDoor = (options: Pick<TlsDoorOptions, 'alpnProtocols' | 'newcomers' | 'onConnection'>) => {
  add: TlsDoor['add'];
  endOldest: TlsDoor['endOldest'];
  destroy: TlsDoor['destroy'];
};

/**
 * Reads the certificate and what belongs to it, or makes it.
 *
 * @throws StartError when that fails
 */
export function openTls(tls: ListenTls, logger: Logger): OpenDoor {
  ensureGeneratedPair(tls.pair, logger);
  const credentials = new Credentials(tls, logger);
  return (options) => {
    const door = new TlsDoor({ tls, credentials, logger, ...options });
    return {
      add: (socket) => door.add(socket),
      endOldest: () => door.endOldest(),
      destroy: () => door.destroy(),
    };
  };
}
