/** JSON that is not the message asked for, in the words of Go's protojson. */
export class ProtoJsonError extends Error {
  override readonly name = 'ProtoJsonError';

  constructor(text: string) {
    super(`proto: ${text}`);
  }
}
