/** The bytes are not the protobuf message they should be. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
