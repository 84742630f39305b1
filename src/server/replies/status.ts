import { DriverError, EtcdError, etcdErrors, StatusCode } from '../../errors.ts';
import { WireError, WireTextError } from '../../wire/wire-error.ts';
import type { FaultLog } from '../monitoring/fault-log.ts';
import type { OwnStatuses } from '../transport/grpc/grpc-call.ts';
import { canceledStatus, type Status } from '../transport/grpc/status.ts';

/** Statuses of calls that the server itself ends, in etcd's words. */
export const ownStatuses: OwnStatuses = {
  requestTimeout: statusOfEntry(etcdErrors.timeout),
  stopped: statusOfEntry(etcdErrors.stopped),
};

/**
 * The one place that converts errors for clients. An error that the client did not cause is logged,
 * and is returned without details: no SQL, no paths, no stack.
 */
export function statusOf(error: unknown, { isStream, log }: { isStream: boolean; log: FaultLog }): Status {
  if (error instanceof EtcdError) return { code: error.code, message: error.message };
  if (error instanceof WireError) {
    // grpc-go has two texts here, and its decoder has one for strings and one for all other faults.
    const what = isStream ? 'failed to unmarshal the received message' : 'error unmarshalling request';
    const fault =
      error instanceof WireTextError
        ? 'string field contains invalid UTF-8'
        : 'proto: cannot parse invalid wire-format data';
    return { code: StatusCode.internal, message: `grpc: ${what}: ${fault}` };
  }
  if (error instanceof DriverError) return statusOfDriverError(error, log);
  if (isAbort(error)) return canceledStatus;
  log.internal(error);
  return { code: StatusCode.internal, message: 'etcdserver: internal error' };
}

function statusOfDriverError(error: DriverError, log: FaultLog): Status {
  log.database(error);
  switch (error.kind) {
    case 'full':
      return statusOfEntry(etcdErrors.noSpace);
    case 'corrupt':
      return statusOfEntry(etcdErrors.corrupt);
    case 'removed':
      return statusOfEntry(etcdErrors.databaseRemoved);
    case 'tooLarge':
      return statusOfEntry(etcdErrors.requestTooLarge);
    default:
      return statusOfEntry(etcdErrors.timeout);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function statusOfEntry([code, message]: readonly [StatusCode, string]): Status {
  return { code, message };
}
