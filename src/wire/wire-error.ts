/** Malformed protobuf bytes. */
export class WireError extends Error {
  override readonly name: string = 'WireError';
}

/** A string field that is not UTF-8. Go's decoder has a text of its own for it. */
export class WireTextError extends WireError {
  override readonly name = 'WireTextError';
}
