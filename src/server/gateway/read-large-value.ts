import { messageSchema } from './json/message-schema.ts';
import { ProtoJsonError } from './json/proto-json-error.ts';
import { readMessage } from './json/read-message.ts';

/** A JSON value, and the name of the message that it is to be. */
export interface LargeValue {
  readonly json: Uint8Array<ArrayBuffer>;
  readonly schema: string;
}

/** The message, or why there is none: what the client has done wrong, or what tine has. */
export type LargeValueOutcome =
  | { readonly message: Uint8Array<ArrayBuffer> }
  | { readonly badJson: string }
  | { readonly fault: unknown };

/** `readMessage` for the other side of a thread: errors lose their class on the way. */
export function readLargeValue({ json, schema }: LargeValue): LargeValueOutcome {
  try {
    const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
    return { message: Uint8Array.from(readMessage(bytes, messageSchema(schema))) };
  } catch (error) {
    return error instanceof ProtoJsonError ? { badJson: error.text } : { fault: error };
  }
}
