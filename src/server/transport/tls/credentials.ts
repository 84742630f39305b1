import { statSync } from 'node:fs';
import type { ListenTls } from '../../../config/listen/listen-tls.ts';
import { readAuthorities, readBytes, readPair } from '../../../config/pem-files.ts';
import { StartError } from '../../../errors.ts';
import type { Logger } from '../../../logger.ts';
import { transportLimits } from '../transport-limits.ts';
import { revokedSerialNumbers } from './revocation-list.ts';

/** The contents of the files at their last read. */
export interface LoadedCredentials {
  readonly cert: string;
  readonly key: string;
  /** Undefined: the authorities that Node trusts. */
  readonly authorities: readonly string[] | undefined;
  readonly revoked: ReadonlySet<string>;
}

/**
 * The certificate, its key, the client authorities and the revoked certificates. They follow the
 * files, which may change at any time. If the files cannot be used, such as half of a pair during
 * an update, the last usable contents stay in use.
 */
export class Credentials {
  readonly #tls: ListenTls;
  readonly #logger: Logger;
  #current: LoadedCredentials;
  #seen: string;
  #nextCheckMs = 0;

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

  /** The current contents of the files. The object is a new one if a file has changed. */
  current(): LoadedCredentials {
    const nowMs = performance.now();
    if (nowMs < this.#nextCheckMs) return this.#current;
    this.#nextCheckMs = nowMs + transportLimits.credentialsCheckIntervalMs;
    const fingerprint = this.#fingerprint();
    if (fingerprint === this.#seen) return this.#current;
    this.#seen = fingerprint;
    try {
      this.#current = load(this.#tls);
      this.#logger.info({ certFile: this.#tls.pair.certFile }, 'TLS files changed: new connections use them');
    } catch (error) {
      this.#logger.error({ err: error }, 'TLS files changed and cannot be used: the previous ones stay in use');
    }
    return this.#current;
  }

  /** Changes when a file changes, also if a link points to another file. */
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
    throw new Error(`revocation list ${path} is neither DER nor PEM; give a certificate revocation list`, { cause });
  }
}
