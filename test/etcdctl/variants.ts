import { join } from 'node:path';
import { CertificateAuthority, type Issued } from '../support/certificate-authority.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import type { Format } from './readable.ts';
import { rootPassword } from './scripts/auth.ts';
import { lines, type Step } from './step.ts';

/** A configuration of the server with the flags of its clients. */
export interface Variant {
  readonly name: string;
  /**
   * Formats for every database. The server's replies are the same in each format, so one is enough.
   */
  readonly formats: readonly Format[];
  /** Additional formats on SQLite. */
  readonly moreFormats: readonly Format[];
  /** More arguments for the server on a port. */
  readonly serverArguments: (port: number) => readonly string[];
  /**
   * etcdctl's flags with the endpoint, for the user of the script. `anonymousFlags`: for an
   * anonymous client.
   */
  readonly flags: (address: string) => readonly string[];
  readonly anonymousFlags: (address: string) => readonly string[];
  /** The flags with which `make-mirror` connects to the same server. */
  readonly destinationFlags: readonly string[];
  /** The steps before the script. */
  readonly prelude: readonly Step[];
}

const authority = new CertificateAuthority(join(temporaryDirectory(), 'authority'));
const serverPair = authority.issue();
// Without --user, the common name is the user.
const alice = authority.issue({ for: 'client', commonName: 'alice' });
const root = authority.issue({ for: 'client', commonName: 'root' });
const stranger = authority.issue({ for: 'client', commonName: 'stranger' });

const rootFlag = `--user=root:${rootPassword}`;

const plainFlags = (address: string) => ['--endpoints', address];

/** http is served beside https, for the test harness. */
function tlsArguments(port: number): string[] {
  const [plainUrl, tlsUrl] = [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`];
  return [
    ...['--listen-client-urls', `${plainUrl},${tlsUrl}`, '--advertise-client-urls', tlsUrl],
    ...['--cert-file', serverPair.certFile, '--key-file', serverPair.keyFile],
    ...['--client-cert-auth', '--trusted-ca-file', authority.caFile],
  ];
}

function tlsFlags({ certFile, keyFile }: Issued) {
  return (address: string) => [
    ...['--endpoints', `https://${address}`],
    ...['--cacert', authority.caFile, '--cert', certFile, '--key', keyFile],
  ];
}

function tlsDestinationFlags({ certFile, keyFile }: Issued): string[] {
  return [
    '--dest-insecure-transport=false',
    ...['--dest-cacert', authority.caFile, '--dest-cert', certFile, '--dest-key', keyFile],
  ];
}

const enableAuth = lines(`
  user add root:${rootPassword}
  user grant-role root root
  role add root
  user grant-role root root
  auth enable
`);

/**
 * The variants of a run. JSON shows every field of a reply. TLS and auth variants run on SQLite
 * only: TLS does not depend on the database, and the plain script enables and disables auth on
 * every database.
 */
export const variants: readonly Variant[] = [
  {
    name: 'plain',
    formats: ['json'],
    moreFormats: [],
    serverArguments: () => [],
    flags: plainFlags,
    anonymousFlags: plainFlags,
    destinationFlags: [],
    prelude: [],
  },
  {
    name: 'with TLS',
    formats: [],
    moreFormats: [],
    serverArguments: tlsArguments,
    flags: tlsFlags(alice),
    anonymousFlags: tlsFlags(stranger),
    destinationFlags: tlsDestinationFlags(alice),
    prelude: [],
  },
  {
    name: 'with auth',
    formats: [],
    moreFormats: ['fields'],
    serverArguments: () => [],
    flags: (address) => [...plainFlags(address), rootFlag],
    anonymousFlags: plainFlags,
    destinationFlags: ['--dest-user=root', `--dest-password=${rootPassword}`],
    prelude: enableAuth,
  },
  {
    name: 'with TLS and auth',
    formats: [],
    moreFormats: ['simple'],
    serverArguments: tlsArguments,
    flags: tlsFlags(root),
    anonymousFlags: tlsFlags(stranger),
    destinationFlags: tlsDestinationFlags(root),
    prelude: enableAuth,
  },
];
