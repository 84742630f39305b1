import { StatusCode } from '../../errors.ts';

/**
 * The status for a client that closed its connection. Only nginx and programs that follow it have a
 * name for it.
 */
const clientClosedRequest = 499;

const statuses: Readonly<Record<StatusCode, number>> = {
  [StatusCode.ok]: 200,
  [StatusCode.canceled]: clientClosedRequest,
  [StatusCode.unknown]: 500,
  [StatusCode.invalidArgument]: 400,
  [StatusCode.deadlineExceeded]: 504,
  [StatusCode.notFound]: 404,
  [StatusCode.alreadyExists]: 409,
  [StatusCode.permissionDenied]: 403,
  [StatusCode.resourceExhausted]: 429,
  [StatusCode.failedPrecondition]: 400,
  [StatusCode.aborted]: 409,
  [StatusCode.outOfRange]: 400,
  [StatusCode.unimplemented]: 501,
  [StatusCode.internal]: 500,
  [StatusCode.unavailable]: 503,
  [StatusCode.dataLoss]: 500,
  [StatusCode.unauthenticated]: 401,
};

/** The HTTP status of a gRPC code, as in grpc-gateway. */
export function httpStatusOf(code: StatusCode): number {
  return statuses[code];
}
