import { resolve } from 'node:path';
import type { DatabaseTls, DatabaseTlsMode } from './database-remote-dsn.ts';

/** The TLS settings of an address. */
export interface TlsRequest {
  /** Undefined: not set in the address. */
  readonly mode: DatabaseTlsMode | 'disable' | undefined;
  /** The mode as the user wrote it, for messages: `sslmode=prefer`. */
  readonly modeText: string;
  /** The mode that verifies everything, for messages. */
  readonly strictestText: string;
  /** The mode if none is set. */
  readonly defaultMode: 'prefer' | 'disable';
  readonly files: TlsFiles;
  /** Whether the mode explicitly turns verification off. */
  readonly skipVerify: boolean;
}

export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** The TLS settings of the options next to the address. */
export interface TlsOptions extends TlsFiles {
  readonly skipVerify?: boolean | undefined;
}

/**
 * Combines the TLS settings of an address and of the options. As in kine, certificate files without
 * a mode mean that everything is verified. As in libpq, `require` with a file of authorities means
 * `verify-ca`.
 *
 * @throws Error when the settings contradict each other: a certificate that would never be used is
 * a mistake.
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
        throw new Error(`${modeText} encrypts nothing, but a certificate is given; write ${strictestText}`);
      return mode;
    case 'prefer':
      if (files.caFile !== undefined && !skipVerify) {
        throw new Error(`${modeText} verifies nothing, but a ca file is given; write ${strictestText}`);
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
