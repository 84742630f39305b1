import { statSync } from 'node:fs';
import type { ListenTls } from '../../../config/listen/listen-tls.ts';
import { readAuthorities, readBytes, readPair } from '../../../config/pem-files.ts';
import { StartError } from '../../../errors.ts';
import type { Logger } from '../../../logger.ts';
import { transportLimits } from '../transport-limits.ts';
import { revokedSerialNumbers } from './revocation-list.ts';

/** What the files held when they were read last. */
export interface LoadedCredentials {
  readonly cert: string;
  readonly key: string;
  /** Undefined: the authorities that Node trusts. */
  readonly authorities: readonly string[] | undefined;
  readonly revoked: ReadonlySet<string>;
}

/**
 * The certificate, its key, the authorities of clients and their revoked certificates: as they are in the files, which may change at any time.
 * Files that cannot be used, such as half a pair while it is written, leave what was read before in use.
 */
export class Credentials {
  readonly #tls: ListenTls;
  readonly #logger: Logger;
  #current: LoadedCredentials;
  #seen: string;
  #nextLookMs = 0;

  /** @throws StartError when a file cannot be used */
  constructor(tls: ListenTls, logger: Logger) {
    this.#tls = tls;
    this.#logger = logger;
    this.#seen = this.#fingerprint();
    try {
      this.#current = load(tls);
    } catch (cause) {
      throw new StartError((cause as Error).message, { cause });
    }
  }

  /** What is in the files. Another object than before when one has changed. */
  current(): LoadedCredentials {
    const nowMs = performance.now();
    if (nowMs < this.#nextLookMs) return this.#current;
    this.#nextLookMs = nowMs + transportLimits.credentialsLookIntervalMs;
    const fingerprint = this.#fingerprint();
    if (fingerprint === this.#seen) return this.#current;
    this.#seen = fingerprint;
    try {
      this.#current = load(this.#tls);
      this.#logger.info({ certFile: this.#tls.pair.certFile }, 'TLS files changed: the next connections use them');
    } catch (error) {
      const reason = (error as Error).message;
      this.#logger.error({ reason }, 'TLS files changed and cannot be used; those read before stay in use');
    }
    return this.#current;
  }

  /** Changes when a file does, also by way of a link. */
  #fingerprint(): string {
    const { pair, clients } = this.#tls;
    const files = [pair.certFile, pair.keyFile, clients?.authoritiesFile, clients?.revocationFile];
    return files.map((file) => (file === undefined ? '' : fileState(file))).join(' ');
  }
}

function fileState(path: string): string {
  const state = statSync(path, { throwIfNoEntry: false, bigint: true });
  return state === undefined ? 'absent' : `${state.ino}:${state.size}:${state.mtimeNs}:${state.ctimeNs}`;
}

function load({ pair, clients }: ListenTls): LoadedCredentials {
  const { authoritiesFile, revocationFile } = clients ?? {};
  return {
    ...readPair(pair.certFile, pair.keyFile),
    authorities: authoritiesFile === undefined ? undefined : readAuthorities(authoritiesFile),
    revoked: revocationFile === undefined ? new Set() : readRevoked(revocationFile),
  };
}

function readRevoked(path: string): ReadonlySet<string> {
  const list = readBytes('revocation list', path);
  try {
    return revokedSerialNumbers(list);
  } catch (cause) {
    throw new Error(`revocation list ${path}: is none, neither in DER nor in PEM form`, { cause });
  }
}
