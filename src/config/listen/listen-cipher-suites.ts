import { splitList } from './listen-address.ts';

/**
 * The suites of TLS 1.3, in order of preference. 128 bits are the fastest on every processor with
 * AES instructions (a quarter faster than OpenSSL's first suite, 256 bits), and as secure in
 * practice. As in Go, and so in etcd, `--cipher-suites` does not change them.
 */
const SUITES_OF_1_3 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

/** The default suites of TLS 1.2: all with forward secrecy and authenticated encryption. */
const SUITES_OF_1_2 = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** Go's names of suites, which etcd's flag accepts, and OpenSSL's names. */
const OPENSSL_NAMES: ReadonlyMap<string, string> = new Map([
  ['TLS_RSA_WITH_RC4_128_SHA', 'RC4-SHA'],
  ['TLS_RSA_WITH_3DES_EDE_CBC_SHA', 'DES-CBC3-SHA'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA', 'AES128-SHA'],
  ['TLS_RSA_WITH_AES_256_CBC_SHA', 'AES256-SHA'],
  ['TLS_RSA_WITH_AES_128_CBC_SHA256', 'AES128-SHA256'],
  ['TLS_RSA_WITH_AES_128_GCM_SHA256', 'AES128-GCM-SHA256'],
  ['TLS_RSA_WITH_AES_256_GCM_SHA384', 'AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_RC4_128_SHA', 'ECDHE-ECDSA-RC4-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'ECDHE-ECDSA-AES128-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA', 'ECDHE-ECDSA-AES256-SHA'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256', 'ECDHE-ECDSA-AES128-SHA256'],
  ['TLS_ECDHE_RSA_WITH_RC4_128_SHA', 'ECDHE-RSA-RC4-SHA'],
  ['TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA', 'ECDHE-RSA-DES-CBC3-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'ECDHE-RSA-AES128-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA', 'ECDHE-RSA-AES256-SHA'],
  ['TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256', 'ECDHE-RSA-AES128-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ['TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
]);

/** The result of `--cipher-suites`. */
export interface CipherSuites {
  /** For OpenSSL: all suites of both versions, in order of preference. */
  readonly openssl: string;
  /** Names of suites that OpenSSL no longer has. */
  readonly missing: readonly string[];
}

/** The suites if none is named. */
export const defaultCipherSuites: CipherSuites = { openssl: openssl(SUITES_OF_1_2), missing: [] };

/**
 * Parses suites by Go's names, in order of preference.
 *
 * @throws Error that describes the mistake, without the name of the flag.
 */
export function parseCipherSuites(text: string): CipherSuites | undefined {
  const named = splitList(text);
  if (named.length === 0) return undefined;
  // Loaded only if suites are named.
  const { getCiphers } = process.getBuiltinModule('node:tls');
  const available = new Set(getCiphers());
  const missing: string[] = [];
  const suites: string[] = [];
  for (const name of named) {
    if (SUITES_OF_1_3.split(':').includes(name)) continue;
    const suite = OPENSSL_NAMES.get(name);
    if (suite === undefined) throw new Error(`unexpected TLS cipher suite "${name}"`);
    if (available.has(suite.toLowerCase())) suites.push(suite);
    else missing.push(name);
  }
  if (suites.length === 0 && missing.length > 0)
    throw new Error(`OpenSSL no longer has ${missing.join(', ')}; use other suites`);
  return { openssl: openssl(suites), missing };
}

function openssl(suites: readonly string[]): string {
  return [SUITES_OF_1_3, ...(suites.length === 0 ? SUITES_OF_1_2 : suites)].join(':');
}
