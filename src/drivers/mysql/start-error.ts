import { dsnText, type RemoteDsn } from '../../config/database/database-dsn.ts';
import { StartError } from '../../errors.ts';
import { errorNumber, serverErrorNumber } from './classify-error.ts';

/** An error at the start as a line for a person, where a person must mend something; any other as it is. */
export function startError(error: unknown, dsn: RemoteDsn): unknown {
  const what = explanation(error, dsn);
  return what === undefined ? error : new StartError(`${dsnText(dsn)}: ${what}`, { cause: error });
}

function explanation(error: unknown, dsn: RemoteDsn): string | undefined {
  const { code, message } = error as { code?: unknown; message?: string };
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return 'the server takes no encrypted connections; give it a certificate, or write tls=false';
  if (code === 'HANDSHAKE_SSL_ERROR')
    return `no encrypted connection comes about (${message}); see the ca file and the name in the server's certificate`;
  // MySQL and MariaDB have different numbers for it.
  if (/insecure transport/i.test(message ?? '')) return 'the server takes encrypted connections only; write tls=true';
  switch (serverErrorNumber(error)) {
    case errorNumber.accessDenied:
    case errorNumber.accessDeniedWithoutPassword:
      return `user "${dsn.user}" is unknown, may not come from here, or the password is wrong; correct it and start again`;
    case errorNumber.hostNotPrivileged:
      return 'the server accepts nobody from this machine; create the user for it';
    case errorNumber.unknownAuthentication:
      return `the server wants a kind of authentication that tine has not; ALTER USER "${dsn.user}" to caching_sha2_password or mysql_native_password`;
    case errorNumber.databaseAccessDenied:
      return `there is no database "${dsn.database}" that user "${dsn.user}" has a right to, and it may not create it; CREATE DATABASE \`${dsn.database}\` and GRANT ALL ON \`${dsn.database}\`.* to it`;
    case errorNumber.wrongDatabaseName:
    case errorNumber.nameTooLong:
      return `"${dsn.database}" cannot be the name of a database there: names have at most 64 characters and no space at their end; name another`;
    case errorNumber.tableAccessDenied:
      return `user "${dsn.user}" may not create or change tables there; GRANT ALL ON \`${dsn.database}\`.* to it`;
    case errorNumber.unknownStorageEngine:
      return 'the server has no InnoDB; enable it';
    case errorNumber.keyTooLong:
      return 'an index cannot take keys of 3,000 bytes; the server needs innodb_page_size = 16k or more';
    default:
      return undefined;
  }
}
