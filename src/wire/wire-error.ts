/** Malformed protobuf bytes. */
export class WireError extends Error {
  override readonly name: string = 'WireError';
}

/** A string field that is not UTF-8. Go's decoder reports it with a separate text. */
export class WireTextError extends WireError {
  override readonly name = 'WireTextError';
}
