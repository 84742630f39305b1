/** JSON that does not match its message, in the words of Go's protojson. */
export class ProtoJsonError extends Error {
  override readonly name = 'ProtoJsonError';

  readonly text: string;

  constructor(text: string) {
    super(`proto: ${text}`);
    this.text = text;
  }
}
