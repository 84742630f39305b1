/** Classifies the errors of Postgres and pg. */
import { DriverError, type DriverErrorKind, isOwnError } from '../../errors.ts';
import { NoConnectionLeft } from '../remote/connections/no-connection-left.ts';
import { failureText } from '../remote/failure-text.ts';
import { TransactionConflict } from '../remote/retry.ts';

/**
 * Converts errors of the server and of the network to `DriverError`. Leaves the errors of the
 * client and of tine unchanged.
 */
export function classifyError(error: unknown): Error {
  if (isOwnError(error)) return error;
  const code = codeOf(error);
  if (code === undefined && !isConnectionError(error)) return error instanceof Error ? error : new Error(String(error));
  const message = (error as Error).message;
  if (code === tooManyConnections || refusesConnection(message))
    return new NoConnectionLeft(`${message} (${code})`, error);
  // Serialization failure, deadlock.
  if (code === '40001' || code === '40P01') return new TransactionConflict(`${message} (${code})`, error);
  return new DriverError(kindOf(code, message), code === undefined ? message : failureText(message, code), {
    cause: error,
  });
}

/**
 * A SQLSTATE of five characters, or a code of the system, of streams or of TLS in Node
 * (ECONNREFUSED, ERR_STREAM_DESTROYED, CERT_HAS_EXPIRED). Undefined for all other errors.
 */
export function codeOf(error: unknown): string | undefined {
  // Node also gives codes to its errors about wrong arguments, which are bugs.
  if (error instanceof TypeError || error instanceof RangeError) return undefined;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** No class of SQLSTATE begins with an E; EPIPE is a code of the system. */
function isSqlState(code: string): boolean {
  return /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code);
}

/** Whether the client refuses the server's certificate, or the server the client's. */
export function isTlsFailure(error: unknown): boolean {
  return /^(CERT_|CRL_|DEPTH_ZERO_|ERR_SSL_|ERR_TLS_|HOSTNAME_|SELF_SIGNED_|UNABLE_TO_)/.test(codeOf(error) ?? '');
}

/**
 * Whether the database does not exist. PgBouncer forwards the server's message under its own error
 * code.
 */
export function isDatabaseMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === '3D000' || (code === '08P01' && /^database ".*" does not exist$/.test((error as Error).message));
}

const tooManyConnections = '53300';

/** Poolers have their own codes for this: PgBouncer 08P01, Supavisor XX000. */
function refusesConnection(message: string): boolean {
  return /no more connections allowed|client connections exceeded|max client connections reached|too many (client )?connections|connection slots are reserved/i.test(
    message,
  );
}

/** Errors of pg that have no code. */
function isConnectionError(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /^(Connection terminated|Client (was closed|has encountered a connection error)|timeout expired|The server does not support SSL|There was an error establishing an SSL|Query read timeout)/.test(
    message,
  );
}

/**
 * Whether the server refused to write because it is a standby or set to read only. The connection
 * leads to the wrong server, and the transaction certainly had no effect.
 */
export function isWriteRefused(error: unknown): boolean {
  return codeOf(error) === readOnly;
}

const readOnly = '25006';

function kindOf(code: string | undefined, message: string): DriverErrorKind {
  if (code === undefined) return 'lost';
  // Disk full.
  if (code === '53100') return 'full';
  // Lock not available.
  if (code === '55P03') return 'busy';
  if (code === 'XX001' || code === 'XX002') return 'corrupt';
  // Program limits, such as the size of an index entry; data too long for its column; more memory
  // for one value than Postgres allows, which Postgres reports as an internal error.
  if (/^54/.test(code) || code === '22001') return 'tooLarge';
  if (code === 'XX000' && /^invalid memory alloc request size/.test(message)) return 'tooLarge';
  // Connection exceptions; shutdown, crash, starting up, dropped; a standby or a server set to read
  // only; an idle transaction that the server ended.
  if (/^(08|57P0)/.test(code) || code === readOnly || code === '25P03') return 'lost';
  return isSqlState(code) ? 'other' : 'lost';
}
