/** A database server: one address, or several of which the first that answers and takes writes is used. */
export interface RemoteDsn {
  readonly kind: 'postgres' | 'mysql';
  /** At least one; tried in this order. */
  readonly hosts: readonly DatabaseHost[];
  /** Never empty. */
  readonly user: string;
  /** Never to be printed. Undefined: the server lets the user in without. */
  readonly password: string | undefined;
  /** Never empty. */
  readonly database: string;
  /** Undefined: not encrypted. Over a unix socket there is no TLS, whatever stands here, as in libpq. */
  readonly tls: DatabaseTls | undefined;
  /** How long one address may take to answer before the next is tried. */
  readonly connectTimeoutMs: number;
  /** Whether the server's sessions keep prepared statements; `never`: a pooler gives each transaction another session. Undefined: it is found out. */
  readonly preparesStatements?: 'always' | 'never';
}

export type DatabaseHost =
  | { readonly host: string; readonly port: number; readonly socketPath?: undefined }
  | { readonly socketPath: string };

/**
 * How much TLS, in libpq's words.
 * - `prefer`: encrypted when the server can, else plain; nothing is verified.
 * - `require`: encrypted or not at all; nothing is verified.
 * - `verify-ca`: the certificate must come from `caFile`, whatever name is in it.
 * - `verify-full`: and it must be for the host that was called.
 */
export type DatabaseTlsMode = 'prefer' | 'require' | 'verify-ca' | 'verify-full';

/** Files are PEM, by absolute path; they were readable and fitted each other when tine started. */
export interface DatabaseTls {
  readonly mode: DatabaseTlsMode;
  /** Undefined in the modes that verify: the authorities that Node trusts. */
  readonly caFile: string | undefined;
  /** Given together with `keyFile`, or not at all. */
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}
