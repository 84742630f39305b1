import { resolve } from 'node:path';
import type { DatabaseTls, DatabaseTlsMode } from './database-remote-dsn.ts';

/** What an address asks of TLS. */
export interface TlsRequest {
  /** Undefined: the address does not say. */
  readonly mode: DatabaseTlsMode | 'disable' | undefined;
  /** How the user wrote the mode, for messages: `sslmode=prefer`. */
  readonly modeText: string;
  /** How one verifies everything, for messages. */
  readonly strictestText: string;
  /** What holds when nobody asks for anything. */
  readonly defaultMode: 'prefer' | 'disable';
  readonly files: TlsFiles;
  /** The mode says in so many words that the certificate is not to be verified. */
  readonly skipVerify: boolean;
}

export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** What options add to the address. */
export interface TlsOptions extends TlsFiles {
  readonly skipVerify?: boolean | undefined;
}

/**
 * The TLS that an address and the options beside it come to. A file of certificates without a mode means that everything
 * is verified, as in kine; `require` with a file of authorities means `verify-ca`, as in libpq.
 *
 * @throws Error when they contradict each other: a certificate that would never be looked at is a user's mistake.
 */
export function databaseTls(request: TlsRequest, options: TlsOptions): DatabaseTls | undefined {
  const files = bothFiles(request.files, options);
  const mode = tlsMode(request, files, request.skipVerify || options.skipVerify === true);
  if (mode === 'disable') return undefined;
  return { mode, caFile: files.caFile, certFile: files.certFile, keyFile: files.keyFile };
}

function tlsMode(request: TlsRequest, files: TlsFiles, skipVerify: boolean): DatabaseTlsMode | 'disable' {
  const { mode, modeText, strictestText } = request;
  const namesFile = files.caFile !== undefined || files.certFile !== undefined;
  switch (mode) {
    case undefined:
      if (skipVerify) return namesFile ? 'require' : 'prefer';
      return namesFile ? 'verify-full' : request.defaultMode;
    case 'disable':
      if (namesFile)
        throw new Error(`${modeText} encrypts nothing, but a certificate is named; write ${strictestText}`);
      return mode;
    case 'prefer':
      if (files.caFile !== undefined && !skipVerify) {
        throw new Error(`${modeText} verifies nothing, but a ca file is named; write ${strictestText}`);
      }
      return mode;
    case 'require':
      return files.caFile !== undefined && !skipVerify ? 'verify-ca' : mode;
    case 'verify-ca':
    case 'verify-full':
      if (skipVerify)
        throw new Error(`${modeText} and --datastore-skip-verify contradict each other; give one of them`);
      return mode;
  }
}

function bothFiles(inAddress: TlsFiles, inOptions: TlsFiles): TlsFiles {
  const files = {
    caFile: oneFile('ca file', inAddress.caFile, inOptions.caFile),
    certFile: oneFile('certificate', inAddress.certFile, inOptions.certFile),
    keyFile: oneFile('key', inAddress.keyFile, inOptions.keyFile),
  };
  if ((files.certFile === undefined) !== (files.keyFile === undefined)) {
    const [given, missing] = files.certFile === undefined ? ['key', 'certificate'] : ['certificate', 'key'];
    const names = '--datastore-certfile and --datastore-keyfile, or sslcert and sslkey';
    throw new Error(`a ${given} for the database is given without its ${missing}; give both (${names})`);
  }
  return files;
}

function oneFile(what: string, inAddress: string | undefined, inOptions: string | undefined): string | undefined {
  const [one, other] = [inAddress, inOptions].map((file) => (file === undefined ? undefined : resolve(file)));
  if (one !== undefined && other !== undefined && one !== other) {
    throw new Error(`the ${what} is given twice, in the endpoint and as an option; give one of them`);
  }
  return one ?? other;
}
