import { type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

export interface CertificateRequest {
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  readonly signer: CertificateSigner;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isAuthority: boolean;
  /** Object identifiers of the permitted purposes. */
  readonly purposes: readonly string[];
  /** Host names and addresses of the subject. */
  readonly hosts: readonly string[];
}

export interface DistinguishedName {
  readonly organization?: string;
  readonly commonName?: string;
}

/** The signer. Its key is an elliptic-curve key. */
export interface CertificateSigner {
  readonly name: DistinguishedName;
  readonly privateKey: KeyObject;
}

const organizationOid = '2.5.4.10';
const commonNameOid = '2.5.4.3';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';
const serialNumberBytes = 16;

/** Makes a certificate in PEM form. */
export function makeCertificate(request: CertificateRequest): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: asn1Name(request.signer.name),
    validity: new Validity({ notBefore: request.notBefore, notAfter: request.notAfter }),
    subject: asn1Name(request.subject),
    subjectPublicKeyInfo: AsnConvert.parse(
      request.publicKey.export({ format: 'der', type: 'spki' }),
      SubjectPublicKeyInfo,
    ),
    extensions: extensionsOf(request),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const signatureValue = bufferOf(sign('sha256', signed, request.signer.privateKey));
  return pem('CERTIFICATE', new Certificate({ tbsCertificate, signatureAlgorithm: algorithm, signatureValue }));
}

function asn1Name({ organization, commonName }: DistinguishedName): Name {
  const parts = [
    [organizationOid, organization],
    [commonNameOid, commonName],
  ] as const;
  return new Name(
    parts.flatMap(([type, text]) => {
      if (text === undefined) return [];
      const value = new AttributeValue({ utf8String: text });
      return [new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })])];
    }),
  );
}

function extensionsOf({ isAuthority, purposes, hosts }: CertificateRequest): Extensions {
  const authorityUsage = isAuthority ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : 0;
  const usage = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | authorityUsage;
  const names = hosts.map((host) => new GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host }));
  return new Extensions([
    extension(id_ce_keyUsage, new KeyUsage(usage), { isCritical: true }),
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: isAuthority }), { isCritical: true }),
    ...(purposes.length === 0 ? [] : [extension(id_ce_extKeyUsage, new ExtendedKeyUsage([...purposes]))]),
    ...(names.length === 0 ? [] : [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))]),
  ]);
}

function extension(id: string, value: unknown, { isCritical = false } = {}): Extension {
  return new Extension({ extnID: id, critical: isCritical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

/**
 * Random, positive and of full length: the first byte is neither negative nor a zero, which DER
 * would omit.
 */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(serialNumberBytes);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bufferOf(bytes);
}

function bufferOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function pem(label: string, value: unknown): string {
  const lines =
    Buffer.from(AsnConvert.serialize(value))
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
