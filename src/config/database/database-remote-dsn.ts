/**
 * A database server with one address or several. The first one that answers and accepts writes is
 * used.
 */
export interface RemoteDsn {
  readonly kind: 'postgres' | 'mysql';
  /** At least one; tried in this order. */
  readonly hosts: readonly DatabaseHost[];
  /** Never empty. */
  readonly user: string;
  /** Never printed. Undefined: the server needs no password. */
  readonly password: string | undefined;
  /** Never empty. */
  readonly database: string;
  /** Undefined: not encrypted. As in libpq, a unix socket never uses TLS. */
  readonly tls: DatabaseTls | undefined;
  /** How long one address may take to answer before the next one is tried. */
  readonly connectTimeoutMs: number;
  /**
   * Whether the server's sessions keep prepared statements. `never`: a pooler gives each
   * transaction another session. Undefined: tine finds out.
   */
  readonly preparesStatements?: 'always' | 'never';
}

export type DatabaseHost =
  | { readonly host: string; readonly port: number; readonly socketPath?: undefined }
  | { readonly socketPath: string };

/**
 * TLS modes, in libpq's words.
 * - `prefer`: encrypted if the server supports it; nothing is verified.
 * - `require`: always encrypted; nothing is verified.
 * - `verify-ca`: the certificate must be signed by `caFile`, for any host name.
 * - `verify-full`: the certificate must also be for the host name of the address.
 */
export type DatabaseTlsMode = 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/**
 * Files are PEM, by absolute path. At the start of tine they were readable and matched each other.
 */
export interface DatabaseTls {
  readonly mode: DatabaseTlsMode;
  /** Undefined in the modes that verify: the authorities that Node trusts. */
  readonly caFile: string | undefined;
  /** Set together with `keyFile`, or not at all. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}
