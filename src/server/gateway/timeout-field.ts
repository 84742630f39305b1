import { EtcdError, StatusCode } from '../../errors.ts';
import { timeoutUnitMs } from '../transport/grpc/parse-timeout.ts';

/** gRPC allows at most eight digits. In milliseconds this is 28 hours. */
const timeoutMsMax = 99_999_999;

/**
 * The milliseconds of the header `grpc-timeout`, as grpc-gateway reads it: any integer and a unit;
 * 0 means no deadline. Undefined: the call has no deadline.
 *
 * @throws EtcdError when the header is malformed, or the deadline is below a millisecond, in which
 * nothing can be answered
 */
export function timeoutFieldMs(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const unit = timeoutUnitMs[text.slice(-1)];
  const digits = text.slice(0, -1);
  if (unit === undefined || !/^[+-]?\d+$/.test(digits)) {
    throw new EtcdError(StatusCode.invalidArgument, `invalid grpc-timeout: ${text}`);
  }
  const ms = Number(digits) * unit;
  if (ms === 0) return undefined;
  if (ms < 1) throw new EtcdError(StatusCode.deadlineExceeded, 'context deadline exceeded');
  return Math.min(Math.trunc(ms), timeoutMsMax);
}
