/**
 * Refuses a server that has become a replica, or was set to read only, while connections to it were
 * open. Its reads are stale as soon as another server takes writes, and some users may still write
 * to it: these writes would be missing on the other server.
 */
import { DriverError } from '../../errors.ts';
import { errorNumber, serverErrorNumber } from './classify-error.ts';

/**
 * Fails on a server that is read-only, because the sum is out of range. The rest of its request is
 * then not executed. Sent after the statements of a request and before COMMIT: the server accepted
 * writes when they ran. MariaDB 12 has more values than `OFF` and `ON`. `super_read_only` sets
 * `read_only` too.
 */
export const readOnlyCheck = {
  name: 'read_only_check',
  text: "SELECT ~0 + (CAST(@@global.read_only AS CHAR) NOT IN ('OFF', '0'))",
};

/** The server is a replica, or set to read only. */
export class WriteRefused extends DriverError {
  constructor(cause?: unknown) {
    super('lost', 'the database accepts no writes: it is a replica, or set to read only', { cause });
  }
}

/** Converts the failure of the check. Returns all other errors unchanged. */
export function readOnlyError(error: unknown): unknown {
  return serverErrorNumber(error) === errorNumber.outOfRange ? new WriteRefused(error) : error;
}

/**
 * Whether the server refused to write for this reason. The transaction certainly had no effect.
 */
export function isWriteRefused(error: unknown): boolean {
  const number = serverErrorNumber(error);
  return error instanceof WriteRefused || number === errorNumber.optionPrevents || number === errorNumber.readOnly;
}
