import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CertificatePair } from '../../../config/listen/listen-tls.ts';
import { StartError } from '../../../errors.ts';
import { interfaceAddresses } from '../../../kit/interface-addresses.ts';
import type { Logger } from '../../../logger.ts';
import { makeCertificate } from './make-certificate.ts';

const dayMs = 86_400_000;
const serverPurpose = '1.3.6.1.5.5.7.3.1';

/**
 * Makes a self-signed certificate if none exists, like etcd's `--auto-tls`, in files with the
 * same names. An expired certificate is replaced.
 *
 * @throws StartError when the files cannot be written
 */
export function ensureGeneratedPair(pair: CertificatePair, logger: Logger): void {
  if (pair.kind !== 'generated' || isUsable(pair)) return;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const notBefore = new Date();
  const notAfter = new Date(notBefore.getTime() + pair.validityYears * 365 * dayMs);
  const subject = { organization: 'tine' };
  const certificate = makeCertificate({
    subject,
    publicKey,
    signer: { name: subject, privateKey },
    notBefore,
    notAfter,
    isAuthority: true,
    purposes: [serverPurpose],
    hosts: pair.hosts.flatMap(reachableAs),
  });
  write(pair, certificate, privateKey.export({ format: 'pem', type: 'sec1' }).toString());
  logger.warn({ certFile: pair.certFile, notAfter }, 'made a self-signed certificate');
}

function isUsable({ certFile, keyFile }: CertificatePair): boolean {
  try {
    readFileSync(keyFile);
    return new X509Certificate(readFileSync(certFile)).validToDate > new Date();
  } catch {
    return false;
  }
}

/**
 * The addresses under which clients reach a host. A wildcard address becomes the addresses of all
 * interfaces.
 */
function reachableAs(host: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  const outer = interfaceAddresses()
    .filter(({ address }) => !address.includes('%'))
    .map(({ address }) => address);
  return [...new Set(['localhost', ...outer])];
}

function write({ certFile, keyFile }: CertificatePair, certificate: string, key: string): void {
  try {
    mkdirSync(dirname(certFile), { recursive: true, mode: 0o700 });
    // An existing file would keep its mode.
    rmSync(keyFile, { force: true });
    writeFileSync(keyFile, key, { mode: 0o600, flag: 'wx' });
    writeFileSync(certFile, certificate, { mode: 0o644 });
  } catch (cause) {
    throw new StartError(`--auto-tls: ${(cause as Error).message}`, { cause });
  }
}
