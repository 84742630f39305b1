/** The three kinds of error. They are matched by class and converted once, in `status.ts`. */

/** gRPC status codes that tine returns, with gRPC's numbers. */
export const StatusCode = {
  ok: 0,
  canceled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** A gRPC status code. */
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

/**
 * An error that the client caused. `code` and `message` are sent to it unchanged. The catalogue is
 * `etcdErrors`.
 */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
  readonly code: StatusCode;
  /** The name in the catalogue, if the error comes from there. */
  readonly entry: EtcdErrorName | undefined;

  constructor(code: StatusCode, message: string, entry?: EtcdErrorName) {
    super(message);
    this.code = code;
    this.entry = entry;
  }
}

/** The errors that the store raises, with the codes and texts of etcd 3.7. */
export const etcdErrors = {
  emptyKey: [StatusCode.invalidArgument, 'etcdserver: key is not provided'],
  keyNotFound: [StatusCode.invalidArgument, 'etcdserver: key not found'],
  valueProvided: [StatusCode.invalidArgument, 'etcdserver: value is provided'],
  leaseProvided: [StatusCode.invalidArgument, 'etcdserver: lease is provided'],
  tooManyOperations: [StatusCode.invalidArgument, 'etcdserver: too many operations in txn request'],
  duplicateKey: [StatusCode.invalidArgument, 'etcdserver: duplicate key given in txn request'],
  invalidSortOption: [StatusCode.invalidArgument, 'etcdserver: invalid sort option'],
  compacted: [StatusCode.outOfRange, 'etcdserver: mvcc: required revision has been compacted'],
  futureRevision: [StatusCode.outOfRange, 'etcdserver: mvcc: required revision is a future revision'],
  noSpace: [StatusCode.resourceExhausted, 'etcdserver: mvcc: database space exceeded'],
  corrupt: [StatusCode.dataLoss, 'etcdserver: corrupt cluster'],
  leaseNotFound: [StatusCode.notFound, 'etcdserver: requested lease not found'],
  leaseExists: [StatusCode.failedPrecondition, 'etcdserver: lease already exists'],
  leaseTtlTooLarge: [StatusCode.outOfRange, 'etcdserver: too large lease TTL'],
  requestTooLarge: [StatusCode.invalidArgument, 'etcdserver: request is too large'],
  tooManyRequests: [StatusCode.resourceExhausted, 'etcdserver: too many requests'],
  stopped: [StatusCode.unavailable, 'etcdserver: server stopped'],
  timeout: [StatusCode.unavailable, 'etcdserver: request timed out'],
  /** An error of tine only. */
  databaseRemoved: [
    StatusCode.unavailable,
    'etcdserver: the database file was removed or replaced; writes are refused; see the log of the server for the repair',
  ],
  memberNotFound: [StatusCode.notFound, 'etcdserver: member not found'],
  memberNotLearner: [StatusCode.failedPrecondition, 'etcdserver: can only promote a learner member'],
  memberBadUrls: [StatusCode.invalidArgument, 'etcdserver: given member URLs are invalid'],
  peerUrlExists: [StatusCode.failedPrecondition, 'etcdserver: Peer URLs already exists'],
  notLeader: [StatusCode.failedPrecondition, 'etcdserver: not leader'],
  badLeaderTransferee: [StatusCode.failedPrecondition, 'etcdserver: bad leader transferee'],
  wrongDowngradeVersionFormat: [StatusCode.invalidArgument, 'etcdserver: wrong downgrade target version format'],
  invalidDowngradeTargetVersion: [StatusCode.invalidArgument, 'etcdserver: invalid downgrade target version'],
  unknownMethod: [StatusCode.unknown, 'etcdserver: unknown method'],
  /** An error of tine only: etcd keeps the revisions that a snapshot reads. */
  snapshotOvertaken: [
    StatusCode.aborted,
    'etcdserver: a compaction deleted rows that the snapshot still had to read; take the snapshot again',
  ],
  /** An error of tine only. */
  snapshotNotTaken: [StatusCode.aborted, 'etcdserver: the snapshot ended because its client did not read it'],
  canceled: [StatusCode.canceled, 'etcdserver: request canceled'],
  lockSessionExpired: [StatusCode.unknown, 'mutex: session is expired'],
  electionNotLeader: [StatusCode.unknown, 'election: not leader'],
  electionNoLeader: [StatusCode.unknown, 'election: no leader'],
  leaderMissing: [StatusCode.unknown, '"leader" field must be provided'],
  authNotEnabled: [StatusCode.failedPrecondition, 'etcdserver: authentication is not enabled'],
  authFailed: [StatusCode.invalidArgument, 'etcdserver: authentication failed, invalid user ID or password'],
  noPasswordUser: [StatusCode.unknown, 'auth: authentication failed, password was given for no password user'],
  passwordTooLong: [StatusCode.unknown, 'bcrypt: password length exceeds 72 bytes'],
  verifyOnly: [StatusCode.unknown, 'auth: token signing attempted with verify-only key'],
  authOldRevision: [StatusCode.invalidArgument, 'etcdserver: revision of auth store is old'],
  invalidAuthToken: [StatusCode.unauthenticated, 'etcdserver: invalid auth token'],
  invalidAuthManagement: [StatusCode.invalidArgument, 'etcdserver: invalid auth management'],
  permissionDenied: [StatusCode.permissionDenied, 'etcdserver: permission denied'],
  permissionNotGiven: [StatusCode.invalidArgument, 'etcdserver: permission not given'],
  permissionNotGranted: [StatusCode.failedPrecondition, 'etcdserver: permission is not granted to the role'],
  rootUserNotFound: [StatusCode.failedPrecondition, 'etcdserver: root user does not exist'],
  rootRoleNotGranted: [StatusCode.failedPrecondition, 'etcdserver: root user does not have root role'],
  userEmpty: [StatusCode.invalidArgument, 'etcdserver: user name is empty'],
  userExists: [StatusCode.failedPrecondition, 'etcdserver: user name already exists'],
  userNotFound: [StatusCode.failedPrecondition, 'etcdserver: user name not found'],
  roleEmpty: [StatusCode.invalidArgument, 'etcdserver: role name is empty'],
  roleExists: [StatusCode.failedPrecondition, 'etcdserver: role name already exists'],
  roleNotFound: [StatusCode.failedPrecondition, 'etcdserver: role name not found'],
  roleNotGranted: [StatusCode.failedPrecondition, 'etcdserver: role is not granted to the user'],
} as const satisfies Record<string, readonly [StatusCode, string]>;

/** The name of an entry of `etcdErrors`. It can be passed between threads. */
export type EtcdErrorName = keyof typeof etcdErrors;

/** Creates the error that `etcdErrors` lists under `name`. */
export function etcdError(name: EtcdErrorName): EtcdError {
  const [code, message] = etcdErrors[name];
  return new EtcdError(code, message, name);
}

/**
 * The kinds of database failure:
 * - `busy`: locked by another transaction
 * - `lost`: the connection or the answer is lost
 * - `full`: no space
 * - `corrupt`: the file is damaged
 * - `tooLarge`: more than the database accepts, also when it is retried
 * - `removed`: the database file was removed or replaced
 * - `other`: everything else
 *
 * Clients receive Unavailable; for `full` NOSPACE, for `corrupt` CORRUPT, for `tooLarge` etcd's
 * "request is too large". They never receive SQL.
 */
export type DriverErrorKind = 'busy' | 'lost' | 'full' | 'corrupt' | 'tooLarge' | 'removed' | 'other';

/** Thrown by a driver when the database, not the client, is the cause. */
export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly kind: DriverErrorKind;

  constructor(kind: DriverErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Whether an error is a failure of the database of one of these kinds. */
export function isDriverError(error: unknown, ...kinds: readonly DriverErrorKind[]): error is DriverError {
  return error instanceof DriverError && kinds.includes(error.kind);
}

/** An error at the start, as one line for a person: what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** A server or a database cannot be reached, or does not serve now. A later attempt may succeed. */
export class OutageError extends StartError {}

/** Another tine process uses the database. A later attempt may succeed. */
export class LockedError extends StartError {}

/** A bug in tine. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Whether tine threw this error, not a library or the system. */
export function isOwnError(error: unknown): error is Error {
  return (
    error instanceof EtcdError ||
    error instanceof DriverError ||
    error instanceof AssertionError ||
    error instanceof StartError
  );
}

/** Throws `AssertionError` if the condition is false. `statement` describes what must hold. */
export function assert(condition: boolean, statement: string): asserts condition {
  if (!condition) throw new AssertionError(statement);
}

/** Proves to the compiler that a switch is complete. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}
