import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificates } from '../../../config/listen/listen-tls.ts';
import { serialNumberText } from './revocation-list.ts';

/**
 * The fault of a client certificate that OpenSSL has accepted, in etcd's words; undefined if it has
 * none. A resumed session was verified when it began, so the expiry date and the revocation list
 * are checked again here.
 */
export function clientCertificateFault(
  socket: TLSSocket,
  allowed: ClientCertificates,
  revoked: ReadonlySet<string>,
): string | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return 'client did not provide a certificate';
  if (certificate.validToDate < new Date()) return 'certificate has expired';
  for (const { serialNumber } of chainOf(certificate)) {
    const serial = serialNumberText(serialNumber);
    if (revoked.has(serial)) return `transport: certificate serial ${serial} revoked`;
  }
  return isAllowed(certificate, allowed) ? undefined : 'client certificate authentication failed';
}

/** A certificate and its issuers, up to the self-signed one. */
function* chainOf(certificate: X509Certificate): Generator<X509Certificate> {
  yield certificate;
  const issuer = certificate.issuerCertificate;
  if (issuer !== undefined && issuer.fingerprint256 !== certificate.fingerprint256) yield* chainOf(issuer);
}

function isAllowed(certificate: X509Certificate, allowed: ClientCertificates): boolean {
  const { allowedHostNames, allowedCommonNames } = allowed;
  if (allowedCommonNames.length > 0) return allowedCommonNames.includes(commonName(certificate) ?? '');
  return allowedHostNames.length === 0 || allowedHostNames.some((name) => isFor(certificate, name));
}

function isFor(certificate: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  // As in Go, names in the subject do not count, and a star matches one whole label.
  return certificate.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined;
}

/** The last common name of the subject. */
function commonName(certificate: X509Certificate): string | undefined {
  const { subject } = certificate.toLegacyObject();
  const name: string | readonly string[] | undefined = subject.CN;
  return typeof name === 'string' ? name : name?.at(-1);
}
