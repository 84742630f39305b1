import { dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { errorNumber, serverErrorNumber } from './classify-error.ts';

/**
 * Turns an error at the start into one line for the operator, if the operator must act. Returns all
 * other errors unchanged.
 */
export function startError(error: unknown, dsn: RemoteDsn): unknown {
  const what = explanation(error, dsn);
  return what === undefined ? error : new StartError(`${dsnText(dsn)}: ${what}`, { cause: error });
}

function explanation(error: unknown, dsn: RemoteDsn): string | undefined {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return 'the server accepts no encrypted connections; give it a certificate, or set tls=false';
  if (code === 'HANDSHAKE_SSL_ERROR')
    return `cannot open an encrypted connection (${message}); check the ca file and the name in the server's certificate`;
  // MySQL and MariaDB use different numbers for this error.
  if (/insecure transport/i.test(message ?? '')) return 'the server accepts encrypted connections only; set tls=true';
  switch (serverErrorNumber(error)) {
    case errorNumber.accessDenied:
    case errorNumber.accessDeniedWithoutPassword:
      return `user "${dsn.user}" is unknown, may not connect from this host, or the password is wrong; correct the user or the password, then start again`;
    case errorNumber.hostNotPrivileged:
      return 'the server accepts no connections from this host; create the user for this host';
    case errorNumber.unknownAuthentication:
      return `the server requested an unsupported authentication method; ALTER USER "${dsn.user}" to caching_sha2_password or mysql_native_password`;
    case errorNumber.databaseAccessDenied:
      return `user "${dsn.user}" has no access to a database "${dsn.database}", and may not create it; CREATE DATABASE \`${dsn.database}\` and GRANT ALL ON \`${dsn.database}\`.* to the user`;
    case errorNumber.wrongDatabaseName:
    case errorNumber.nameTooLong:
      return `"${dsn.database}" is not a valid database name: names have at most 64 characters and do not end with a space; use another name`;
    case errorNumber.tableAccessDenied:
      return `user "${dsn.user}" may not create or change tables in the database; GRANT ALL ON \`${dsn.database}\`.* to the user`;
    case errorNumber.unknownStorageEngine:
      return 'the server has no InnoDB; enable it';
    case errorNumber.keyTooLong:
      return 'an index cannot store keys of 3,000 bytes; set innodb_page_size = 16k or more';
    default:
      return undefined;
  }
}
