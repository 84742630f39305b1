import { StatusCode } from '../../../errors.ts';

/** How a call ended. */
export interface Status {
  readonly code: StatusCode;
  /** For people; empty when all is well. */
  readonly message: string;
}

export const okStatus: Status = { code: StatusCode.ok, message: '' };

/** The call's client gave up, or is gone. grpc-go's text. */
export const canceledStatus: Status = { code: StatusCode.canceled, message: 'context canceled' };

export const deadlineStatus: Status = { code: StatusCode.deadlineExceeded, message: 'context deadline exceeded' };

/** What a client did wrong with gRPC itself, in grpc-go's words. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: Status;

  constructor(code: StatusCode, message: string) {
    super(message);
    this.status = { code, message };
  }
}
