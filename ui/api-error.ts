/** gRPC's status codes that the page treats differently from others. */
export const grpcCodes = { invalidArgument: 3, outOfRange: 11, permissionDenied: 7, unauthenticated: 16 } as const;

/** A request that failed. The text is the server's, or names the network. */
export class ApiError extends Error {
  /** gRPC's status code; undefined if the server sent none. */
  readonly code: number | undefined;

  constructor(message: string, code?: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }

  /** The user has no right to do this. */
  get isDenied(): boolean {
    return this.code === grpcCodes.permissionDenied;
  }
}
