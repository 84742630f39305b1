import { getCiphers } from 'node:tls';
import { splitList } from './listen-address.ts';

/**
 * TLS 1.3's suites, the preferred first. 128 bits are the fastest of the three on every processor with AES instructions (a quarter faster than
 * OpenSSL's own first, 256 bits) and as far out of reach. Go, and so etcd, has them all, whatever `--cipher-suites` says.
 */
const SUITES_OF_1_3 = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

/** TLS 1.2's when nobody names any: those with forward secrecy that authenticate what they encrypt. */
const SUITES_OF_1_2 = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/** Go's names of suites, which etcd's flag takes, with OpenSSL's. */
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

/** What `--cipher-suites` comes to. */
export interface CipherSuites {
  /** For OpenSSL: all suites, of both versions, in the order of preference. */
  readonly openssl: string;
  /** Names of suites that OpenSSL no longer has. */
  readonly missing: readonly string[];
}

/** Those that hold when none is named. */
export const defaultCipherSuites: CipherSuites = { openssl: openssl(SUITES_OF_1_2), missing: [] };

/**
 * Reads suites by Go's names, in the order of preference.
 *
 * @throws Error that says what is wrong, without the name of the flag.
 */
export function parseCipherSuites(text: string): CipherSuites | undefined {
  const named = splitList(text);
  if (named.length === 0) return undefined;
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
    throw new Error(`OpenSSL no longer has ${missing.join(', ')}; name others`);
  return { openssl: openssl(suites), missing };
}

function openssl(suites: readonly string[]): string {
  return [SUITES_OF_1_3, ...(suites.length === 0 ? SUITES_OF_1_2 : suites)].join(':');
}
