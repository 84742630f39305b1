/** Errors of Postgres at the start, as one line for the operator. */
import { dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { codeOf, isTlsFailure } from './classify-error.ts';

/** Turns an error into StartError if the operator must act. Returns all other errors unchanged. */
export function startError(error: unknown, dsn: RemoteDsn): unknown {
  const where = dsnText(dsn);
  if (isTlsFailure(error)) {
    return new StartError(
      `${where}: cannot open an encrypted connection (${(error as Error).message}); check sslrootcert and the name in the server's certificate`,
      { cause: error },
    );
  }
  switch (codeOf(error)) {
    case '28P01':
      return new StartError(`${where}: the password of user "${dsn.user}" is wrong; correct it, then start again`, {
        cause: error,
      });
    case '28000':
      return new StartError(
        `${where}: the server refuses user "${dsn.user}" from this host; check its pg_hba.conf, and whether the user exists`,
        { cause: error },
      );
    case '42501':
      return new StartError(
        `${where}: user "${dsn.user}" may not create tables; make it the owner of the database, or grant CREATE on its schema`,
        { cause: error },
      );
    // Unknown function; not supported.
    case '42883':
    case '0A000':
      return new StartError(
        `${where}: the server lacks a feature of Postgres that tine needs (${(error as Error).message}); use Postgres 12 or newer`,
        { cause: error },
      );
    default:
      return error;
  }
}
