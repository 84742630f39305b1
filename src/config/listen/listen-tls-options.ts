import { join, resolve } from 'node:path';
import { type GivenOptions, sourceOf } from '../given-options.ts';
import type { OptionName, Settings } from '../options.ts';
import { readAuthorities, readBytes, readPair } from '../pem-files.ts';
import { UsageError, withSource } from '../usage-error.ts';
import { type ListenAddress, listenAddressUrl } from './listen-address.ts';
import { defaultCipherSuites } from './listen-cipher-suites.ts';
import type { CertificatePair, ClientCertificates, ListenTls } from './listen-tls.ts';

export interface ListenTlsOptions {
  readonly settings: Settings;
  readonly given: GivenOptions;
  /** All addresses that the server listens on. */
  readonly addresses: readonly ListenAddress[];
  readonly clientAddresses: readonly ListenAddress[];
  /** The directory of a generated certificate. */
  readonly dataDirectory: string;
}

/**
 * The TLS settings of the listeners. Undefined: no address uses TLS.
 *
 * @throws UsageError when an option is invalid, or a file cannot be used.
 */
export function listenTls(options: ListenTlsOptions): {
  readonly tls: ListenTls | undefined;
  readonly notes: readonly string[];
} {
  const { settings, given, addresses } = options;
  const pair = certificatePair(options);
  const clients = clientCertificates(settings, given);
  const secure = addresses.filter(({ isSecure }) => isSecure);
  const notes = unusedNotes(options.clientAddresses, {
    hasPair: pair !== undefined,
    hasClients: settings['client-cert-auth'],
  });
  const [first] = secure;
  if (first === undefined) return { tls: undefined, notes };
  if (pair === undefined) {
    const url = listenAddressUrl(first);
    throw new UsageError(
      `TLS key/cert (--cert-file, --key-file) must be provided for client url ${url}; or give --auto-tls`,
    );
  }
  const suites = settings['cipher-suites'] ?? defaultCipherSuites;
  const versions = tlsVersions(settings, given);
  const tls = { pair, clients, ciphers: suites.openssl, ...versions };
  return {
    tls,
    notes: [
      ...notes,
      ...suites.missing.map((name) => `OpenSSL no longer has the cipher suite ${name}`),
      ...clientNotes(settings),
    ],
  };
}

function certificatePair({ settings, given, addresses, dataDirectory }: ListenTlsOptions): CertificatePair | undefined {
  const { 'cert-file': certFile, 'key-file': keyFile } = settings;
  const rest = { validityYears: settings['self-signed-cert-validity'], hosts: hostsOf(addresses) };
  if (certFile === undefined && keyFile === undefined) {
    if (!settings['auto-tls']) return undefined;
    const directory = resolve(dataDirectory, 'fixtures', 'client');
    return { kind: 'generated', certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem'), ...rest };
  }
  if (certFile === undefined || keyFile === undefined) {
    throw new UsageError(
      `--cert-file and --key-file must both be given; ${certFile === undefined ? '--cert-file' : '--key-file'} is missing`,
    );
  }
  const pair = { kind: 'given', certFile: resolve(certFile), keyFile: resolve(keyFile), ...rest } as const;
  withSource(sourceOf(given, 'cert-file'), () => readPair(pair.certFile, pair.keyFile));
  return pair;
}

function clientCertificates(settings: Settings, given: GivenOptions): ClientCertificates | undefined {
  const { 'trusted-ca-file': authorities, 'client-crl-file': revoked } = settings;
  const allowedHostNames = settings['client-cert-allowed-hostname'];
  const allowedCommonNames = settings['client-cert-allowed-cn'];
  if (allowedHostNames.length > 0 && allowedCommonNames.length > 0) {
    throw new UsageError('--client-cert-allowed-hostname and --client-cert-allowed-cn are mutually exclusive');
  }
  // As in etcd, a file of authorities alone makes client certificates necessary too.
  if (authorities === undefined && !settings['client-cert-auth']) return undefined;
  const [authoritiesFile, revocationFile] = [authorities, revoked].map((file) =>
    file === undefined ? file : resolve(file),
  );
  if (authoritiesFile !== undefined) {
    withSource(sourceOf(given, 'trusted-ca-file'), () => readAuthorities(authoritiesFile));
  }
  if (revocationFile !== undefined) {
    withSource(sourceOf(given, 'client-crl-file'), () => readBytes('revocation list', revocationFile));
  }
  return {
    areUsers: settings['client-cert-auth'],
    authoritiesFile,
    revocationFile,
    allowedHostNames,
    allowedCommonNames,
  };
}

function tlsVersions(settings: Settings, given: GivenOptions): Pick<ListenTls, 'minVersion' | 'maxVersion'> {
  const minVersion = settings['tls-min-version'] ?? 'TLSv1.2';
  const maxVersion = settings['tls-max-version'] ?? 'TLSv1.3';
  if (minVersion > maxVersion) {
    throw new UsageError(
      'min version (TLS1.3) is greater than max version (TLS1.2); see --tls-min-version and --tls-max-version',
    );
  }
  if (minVersion === 'TLSv1.3' && settings['cipher-suites'] !== undefined) {
    throw new UsageError(
      `${sourceOf(given, 'cipher-suites')}: cipher suites cannot be configured when only TLS1.3 is enabled`,
    );
  }
  return { minVersion, maxVersion };
}

/** Notes, in etcd's words, for options that no address uses. */
function unusedNotes(
  addresses: readonly ListenAddress[],
  { hasPair, hasClients }: { readonly hasPair: boolean; readonly hasClients: boolean },
): readonly string[] {
  const plain = addresses.filter(({ isSecure }) => !isSecure).map(listenAddressUrl);
  return [
    ...(hasPair
      ? plain.map(
          (url) => `scheme is http or unix while key and cert files are present; ignoring key and cert files: ${url}`,
        )
      : []),
    ...(hasClients
      ? plain.map(
          (url) =>
            `scheme is http or unix while --client-cert-auth is enabled; ignoring client cert auth for this URL: ${url}`,
        )
      : []),
  ];
}

function clientNotes(settings: Settings): readonly string[] {
  const names = [
    'client-crl-file',
    'client-cert-allowed-hostname',
    'client-cert-allowed-cn',
  ] as const satisfies readonly OptionName[];
  if (settings['trusted-ca-file'] !== undefined) return [];
  if (settings['client-cert-auth']) {
    return ['--client-cert-auth without --trusted-ca-file accepts certificates of every public authority'];
  }
  return names
    .filter((name) => (settings[name]?.length ?? 0) > 0)
    .map((name) => `--${name} has no effect: no client certificates are required; give --trusted-ca-file`);
}

const hostsOf = (addresses: readonly ListenAddress[]): readonly string[] => [
  ...new Set(addresses.flatMap((address) => (address.kind === 'tcp' && address.isSecure ? [address.host] : []))),
];
