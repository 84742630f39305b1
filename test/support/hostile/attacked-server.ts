import { join } from 'node:path';
import { CertificateAuthority } from '../certificate-authority.ts';
import type { Driver } from '../drivers.ts';
import { freePort } from '../free-port.ts';
import { Server } from '../server.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import type { Attack } from './attacker.ts';

let pair: { readonly certFile: string; readonly keyFile: string } | undefined;

/** A server with the settings that the attack needs. Its address has TLS if the attack uses TLS. */
export async function startAttacked(driver: Driver, { needs }: Pick<Attack, 'needs'>): Promise<Server> {
  if (needs !== 'tls') return Server.start({ driver });
  pair ??= new CertificateAuthority(join(temporaryDirectory(), 'authority')).issue();
  const port = await freePort();
  const urls = `http://127.0.0.1:${port},https://127.0.0.1:${port}`;
  return Server.start({
    driver,
    port,
    arguments: [
      ...['--listen-client-urls', urls, '--advertise-client-urls', urls],
      ...['--cert-file', pair.certFile, '--key-file', pair.keyFile],
    ],
  });
}
