import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  Certificate,
  CertificateList,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
} from '@peculiar/asn1-x509';
import { makeCertificate } from '../../src/server/transport/tls/make-certificate.ts';

/** A certificate with its key: as PEM, and in files. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface IssueOptions {
  readonly commonName?: string;
  readonly hosts?: readonly string[];
  /**
   * Also valid as a client certificate, because etcd's gateway connects to its server with the
   * server's certificate.
   */
  readonly for?: 'server' | 'client' | 'both';
  readonly expired?: boolean;
}

const hourMs = 3_600_000;
const purposes = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' };
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** A certificate authority for tests. */
export class CertificateAuthority {
  /** The file with the authority's certificate. */
  readonly caFile: string;
  readonly certificate: string;
  readonly #directory: string;
  readonly #name: { readonly commonName: string };
  readonly #privateKey: KeyObject;
  #count = 0;

  constructor(directory: string, commonName = 'test authority') {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
    this.#name = { commonName };
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = privateKey;
    this.certificate = makeCertificate({
      subject: this.#name,
      publicKey,
      signer: { name: this.#name, privateKey },
      ...validity({}),
      isAuthority: true,
      purposes: [],
      hosts: [],
    });
    this.caFile = join(directory, 'ca.pem');
    writeFileSync(this.caFile, this.certificate);
  }

  /** A certificate, by default for 127.0.0.1 and localhost. */
  issue(options: IssueOptions = {}): Issued {
    const { commonName = 'test', hosts = ['127.0.0.1', 'localhost'] } = options;
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const certificate = makeCertificate({
      subject: { commonName },
      publicKey,
      signer: { name: this.#name, privateKey: this.#privateKey },
      ...validity(options),
      isAuthority: false,
      purposes: options.for === 'both' ? [purposes.server, purposes.client] : [purposes[options.for ?? 'server']],
      hosts,
    });
    this.#count += 1;
    const [certFile, keyFile] = ['crt', 'key'].map((end) => join(this.#directory, `${this.#count}.${end}`));
    const issued = {
      certificate,
      key: privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
      certFile: certFile ?? '',
      keyFile: keyFile ?? '',
    };
    writeFileSync(issued.certFile, issued.certificate);
    writeFileSync(issued.keyFile, issued.key, { mode: 0o600 });
    return issued;
  }

  /** A list, in DER, of certificates that are revoked. */
  revocationList(revoked: readonly Issued[]): Buffer {
    const { tbsCertificate } = AsnConvert.parse(new X509Certificate(this.certificate).raw, Certificate);
    const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 });
    const tbsCertList = new TBSCertList({
      version: Version.v2,
      signature: algorithm,
      issuer: tbsCertificate.subject,
      thisUpdate: new Time(new Date()),
      ...(revoked.length === 0 ? {} : { revokedCertificates: revoked.map(revokedEntry) }),
    });
    const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertList)), this.#privateKey);
    const list = new CertificateList({
      tbsCertList,
      signatureAlgorithm: algorithm,
      signature: new Uint8Array(signature).buffer,
    });
    return Buffer.from(AsnConvert.serialize(list));
  }
}

function revokedEntry({ certificate }: Issued): RevokedCertificate {
  const serial = Buffer.from(new X509Certificate(certificate).serialNumber, 'hex');
  return new RevokedCertificate({
    userCertificate: new Uint8Array(serial).buffer,
    revocationDate: new Time(new Date()),
  });
}

function validity({ expired = false }: IssueOptions): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 2 * hourMs), notAfter: new Date(now + (expired ? -hourMs : 24 * hourMs)) };
}

/** Replaces a file atomically, as a careful renewal does. */
export function replaceFile(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}
