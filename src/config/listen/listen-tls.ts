/**
 * The TLS settings of the listeners. Files are PEM, by absolute path. At the start of tine they
 * were readable and matched each other.
 */
export interface ListenTls {
  readonly pair: CertificatePair;
  /** Undefined: clients need no certificate. */
  readonly clients: ClientCertificates | undefined;
  /** OpenSSL's names, of TLS 1.2 and 1.3, in order of preference. */
  readonly ciphers: string;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** `generated`: a self-signed certificate, created at the first start if the files do not exist. */
export interface CertificatePair {
  readonly kind: 'given' | 'generated';
  readonly certFile: string;
  readonly keyFile: string;
  /** For a generated certificate. */
  readonly validityYears: number;
  /** Host names and addresses in a generated certificate. */
  readonly hosts: readonly string[];
}

/** Requirements for client certificates. */
export interface ClientCertificates {
  /** Whether the common name of a certificate is the name of a user. */
  readonly areUsers: boolean;
  /** The authorities that sign client certificates. Undefined: the authorities that Node trusts. */
  readonly authoritiesFile: string | undefined;
  /** A list of revoked serial numbers, in DER, as in etcd, or PEM. */
  readonly revocationFile: string | undefined;
  /**
   * The certificate must contain one of them; empty: any. At most one of the two lists has entries.
   */
  readonly allowedHostNames: readonly string[];
  readonly allowedCommonNames: readonly string[];
}
