/** JSON that is malformed, or that is not the JSON of its message. The client receives its text. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}
