import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * Reads the authorities of a file, one PEM text each.
 *
 * @throws Error with the name of the file, if it is missing, unreadable or wrong.
 */
export function readAuthorities(path: string): string[] {
  const blocks = pemBlocks(readText('ca file', path));
  if (blocks.length === 0) throw new Error(`ca file ${path}: holds no certificate in PEM form`);
  for (const block of blocks) parseCertificate('ca file', path, block);
  return blocks;
}

/**
 * Reads a certificate, with the certificates of its issuers, and its key as PEM.
 *
 * @throws Error with the name of the file, if it is missing, unreadable or wrong, or if certificate
 * and key do not match.
 */
export function readPair(certFile: string, keyFile: string): { readonly cert: string; readonly key: string } {
  const cert = readText('certificate file', certFile);
  const key = readText('key file', keyFile);
  const [own] = pemBlocks(cert);
  if (own === undefined) throw new Error(`certificate file ${certFile}: holds no certificate in PEM form`);
  if (!parseCertificate('certificate file', certFile, own).checkPrivateKey(parseKey(keyFile, key))) {
    throw new Error(`key file ${keyFile}: is not the key of the certificate in ${certFile}`);
  }
  return { cert, key };
}

/**
 * Reads the certificates of a file, in its order.
 *
 * @throws Error with the name of the file, if it is missing, unreadable or wrong.
 */
export function readCertificates(path: string): X509Certificate[] {
  const what = 'certificate file';
  return pemBlocks(readText(what, path)).map((block) => parseCertificate(what, path, block));
}

const pemBlocks = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];

function parseCertificate(what: string, path: string, block: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch (cause) {
    throw new Error(`${what} ${path}: holds a certificate that cannot be read`, { cause });
  }
}

function parseKey(path: string, text: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const isEncrypted = /ENCRYPTED/.test(text);
    const what = isEncrypted ? 'is encrypted; store it without a passphrase' : 'holds no private key in PEM form';
    throw new Error(`key file ${path}: ${what}`, { cause });
  }
}

/**
 * Reads the text of a file.
 *
 * @throws Error as one line for a person: `ca file /x: no such file`.
 */
export function readText(what: string, path: string): string {
  return readBytes(what, path).toString('utf8');
}

/** Reads the bytes of a file. Throws as `readText` does. */
export function readBytes(what: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new Error(`${what} ${path}: ${REASONS[code] ?? `cannot be read (${code})`}`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
};
