/** Classifies the errors of MySQL, MariaDB and mysql2. */
import { DriverError, type DriverErrorKind, isDriverError, isOwnError } from '../../errors.ts';
import { NoConnectionLeft } from '../remote/connections/no-connection-left.ts';
import { failureText } from '../remote/failure-text.ts';
import { TransactionConflict } from '../remote/retry.ts';

/**
 * Converts errors of the server and of the network to `DriverError`. Leaves the errors of the
 * client and of tine unchanged.
 */
export function classifyError(error: unknown): Error {
  if (isOwnError(error)) return error;
  const failure = failureOf(error);
  if (failure === undefined) return error instanceof Error ? error : new Error(String(error));
  if (conflicts.has(failure.number ?? 0))
    return new TransactionConflict(messageOf(failure, 'busy'), withoutSql(error as Error));
  if (refusesConnection(failure)) return new NoConnectionLeft(messageOf(failure, 'busy'), withoutSql(error as Error));
  const kind = kindOf(failure);
  return new DriverError(kind, messageOf(failure, kind), { cause: withoutSql(error as Error) });
}

interface Failure {
  /** `ER_...`, a system code (ECONNREFUSED), or a code of mysql2. */
  readonly code: string;
  /** The server's error number. Undefined if the error is not the server's. */
  readonly number: number | undefined;
  readonly message: string;
}

/** The error as the server, the network or mysql2 reports it. Undefined for all other errors. */
function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errno, fatal, sqlState } = error as Error & {
    code?: unknown;
    errno?: unknown;
    fatal?: unknown;
    sqlState?: unknown;
  };
  const isServers = typeof errno === 'number' && errno > 0 && (sqlState !== undefined || /^ER_/.test(String(code)));
  if (typeof code !== 'string' && !isServers && fatal !== true) return undefined;
  return { code: String(code ?? 'PROTOCOL_ERROR'), number: isServers ? errno : undefined, message: error.message };
}

/** Classifies a message about work on a table, which comes without a number. */
export function tableFailure(message: string): DriverError {
  if (isFull(message) || (/table /i.test(message) && / is full/i.test(message)))
    return new DriverError('full', message);
  if (/^deadlock found/i.test(message)) return new TransactionConflict(message, undefined);
  return new DriverError(/lock wait timeout/i.test(message) ? 'busy' : 'other', message);
}

/**
 * Whether a replication group refused the commit. A member that leaves its group refuses a commit
 * which the others may have made.
 */
export function isRefusedByGroup(error: unknown): boolean {
  const number = serverErrorNumber(error);
  return number === errorNumber.refusedByGroup || number === errorNumber.conflictInGroup;
}

/** The server's error number. Undefined if the error is not the server's. */
export function serverErrorNumber(error: unknown): number | undefined {
  return failureOf(error)?.number;
}

/** Whether the connection is unusable. */
export function isConnectionLost(error: unknown): boolean {
  return isDriverError(classifyError(error), 'lost');
}

/** The server's error numbers that tine handles. */
export const errorNumber = {
  hostNotPrivileged: 1130,
  accessDenied: 1045,
  accessDeniedWithoutPassword: 1698,
  databaseAccessDenied: 1044,
  tableAccessDenied: 1142,
  privilegeMissing: 1227,
  badDatabase: 1049,
  nameTooLong: 1059,
  wrongDatabaseName: 1102,
  rowTooLarge: 1118,
  packetTooLarge: 1153,
  transactionTooLarge: 1197,
  failedDuringCommit: 1180,
  unknown: 1105,
  writeSetTooLarge: 3231,
  refusedByGroup: 3100,
  conflictInGroup: 3101,
  resultTooLarge: 1301,
  optionPrevents: 1290,
  readOnly: 1836,
  dataTooLong: 1406,
  outOfRange: 1690,
  unknownAuthentication: 1251,
  unknownStorageEngine: 1286,
  keyTooLong: 1071,
  tableExists: 1050,
  duplicateColumn: 1060,
  duplicateIndex: 1061,
  nullRefused: 1048,
  duplicateRow: 1062,
  noIndexToDrop: 1091,
} as const;

const kinds: ReadonlyMap<number, DriverErrorKind> = new Map([
  // Shutdown, connections ended by the server or by an administrator, network errors.
  ...each('lost', 1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031),
  // Set to read only; not (or not yet) part of its cluster; the host is blocked after errors of its
  // connections; offline.
  ...each('lost', errorNumber.optionPrevents, errorNumber.readOnly, 1047, 1129, 3032),
  // Lock wait timeout; a query that took too long or was ended; a limit of the user was reached.
  ...each('busy', 1205, 1317, 1969, 3024, 1226),
  // The disk or the table is full.
  ...each('full', 1021, 1114),
  ...each('corrupt', 1034, 1035, 1194, 1195, 1712),
  // Larger than allowed for a packet, the result of a function, a column, or a row.
  ...each(
    'tooLarge',
    errorNumber.packetTooLarge,
    errorNumber.resultTooLarge,
    errorNumber.dataTooLong,
    errorNumber.rowTooLarge,
  ),
]);

/**
 * The setting whose bound a transaction exceeds. Galera reports this under general numbers, with a
 * fixed text: its size at COMMIT, the number of its rows at the statement that changes one row too
 * many. In both cases the transaction is rolled back.
 */
function exceededSetting({ number, message }: Failure): string | undefined {
  switch (number) {
    case errorNumber.transactionTooLarge:
      return 'max_binlog_cache_size';
    case errorNumber.writeSetTooLarge:
      return 'group_replication_transaction_size_limit';
    case errorNumber.unknown:
      return /writeset size exceeded/i.test(message) ? 'wsrep_max_ws_size' : undefined;
    case errorNumber.failedDuringCommit:
      return /wsrep_max_ws_rows exceeded/i.test(message) ? 'wsrep_max_ws_rows' : undefined;
    default:
      return undefined;
  }
}

/**
 * Deadlock; a row or a table that changed since the snapshot, or was changed through another member
 * of a replication group. Where a write reads, MariaDB returns its handler's number 159 for a
 * changed table.
 */
const conflicts: ReadonlySet<number> = new Set([1213, 1020, 1412, 159, errorNumber.conflictInGroup]);

/** Too many connections in total, or of this user. */
function refusesConnection({ number, message }: Failure): boolean {
  return number === 1040 || number === 1203 || (number === 1226 && /max_(user_)?connections/i.test(message));
}

function each(kind: DriverErrorKind, ...numbers: readonly number[]): readonly (readonly [number, DriverErrorKind])[] {
  return numbers.map((number) => [number, kind]);
}

function kindOf(failure: Failure): DriverErrorKind {
  const { number, message } = failure;
  if (number === undefined) return 'lost';
  // A write to a file failed: system error 28 is a full disk.
  if (isFull(message)) return 'full';
  if (exceededSetting(failure) !== undefined) return 'tooLarge';
  return kinds.get(number) ?? 'other';
}

function isFull(message: string): boolean {
  return /no space left on device|errno: 28\b|errcode: 28\b/i.test(message);
}

/**
 * The message of an error. For `other` it leaves out the server's text, which may quote the
 * statement.
 */
function messageOf(failure: Failure, kind: DriverErrorKind): string {
  const { code, number, message } = failure;
  const setting = exceededSetting(failure);
  if (setting !== undefined) return `a transaction is larger than the ${setting} of the database; raise it (${code})`;
  switch (number) {
    case undefined:
      return code === 'PROTOCOL_ERROR' ? message : failureText(message, code);
    case 1040:
    case 1203:
      return `the database has too many connections (${code})`;
    case 1226:
      return `the database user has reached a limit of its account: ${message} (${code})`;
    case errorNumber.optionPrevents:
    case errorNumber.readOnly:
      return `the database is set to read only (${code})`;
    case errorNumber.packetTooLarge:
    case errorNumber.resultTooLarge:
      return `a request is larger than the max_allowed_packet of the database; raise it (${code})`;
    case errorNumber.dataTooLong:
      return `a key or a value is longer than the table allows (${code})`;
    case errorNumber.rowTooLarge:
      return `a row is larger than the database allows; raise its innodb_redo_log_capacity or innodb_log_file_size (${code})`;
    default:
      return kind === 'other' ? `the database refused a statement (${code}, ${number})` : `${message} (${code})`;
  }
}

/** Removes the statement that mysql2 attaches to its errors: logs would contain it. */
function withoutSql(error: Error): Error {
  delete (error as { sql?: unknown }).sql;
  return error;
}
