/** How clients are served over TLS. Files are PEM, by absolute path; they were readable and fitted each other when tine started. */
export interface ListenTls {
  readonly pair: CertificatePair;
  /** Undefined: clients need no certificate. */
  readonly clients: ClientCertificates | undefined;
  /** OpenSSL's names, of TLS 1.2 and 1.3, the preferred first. */
  readonly ciphers: string;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** `generated`: made at the first start, signed by itself, if the files are not there. */
export interface CertificatePair {
  readonly kind: 'given' | 'generated';
  readonly certFile: string;
  readonly keyFile: string;
  /** Of one that is generated. */
  readonly validityYears: number;
  /** Host names and addresses that one that is generated is for. */
  readonly hosts: readonly string[];
}

/** What the certificate of a client must be. */
export interface ClientCertificates {
  /** Its common name is a user of etcd's users and roles. */
  readonly areUsers: boolean;
  /** Who signs them. Undefined: the authorities that Node trusts. */
  readonly authoritiesFile: string | undefined;
  /** Serial numbers that are refused: a list in DER, as etcd reads it, or PEM. */
  readonly revocationFile: string | undefined;
  /** One of them must be in it; empty: whatever. At most one of the two lists has entries. */
  readonly allowedHostNames: readonly string[];
  readonly allowedCommonNames: readonly string[];
}
