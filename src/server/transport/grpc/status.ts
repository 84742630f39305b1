import { StatusCode } from '../../../errors.ts';

/** The result of a call. */
export interface Status {
  readonly code: StatusCode;
  /** Text for people; empty if the call succeeded. */
  readonly message: string;
}

export const okStatus: Status = { code: StatusCode.ok, message: '' };

/** The client cancelled the call or closed its connection. grpc-go's text. */
export const canceledStatus: Status = { code: StatusCode.canceled, message: 'context canceled' };

export const deadlineStatus: Status = { code: StatusCode.deadlineExceeded, message: 'context deadline exceeded' };

/** A mistake of the client in gRPC itself, in grpc-go's words. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: Status;

  constructor(code: StatusCode, message: string) {
    super(message);
    this.status = { code, message };
  }
}
