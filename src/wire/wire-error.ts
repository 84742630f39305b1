/** Malformed protobuf bytes. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
