import { JsonError } from './json/json-error.ts';
import { messageSchema } from './json/message-schema.ts';
import { readMessage } from './json/read-message.ts';

/** A JSON value, and the name of its message. */
export interface LargeValue {
  readonly json: Uint8Array<ArrayBuffer>;
  readonly schema: string;
}

/** The message, or the error: a mistake of the client, or a bug in tine. */
export type LargeValueOutcome =
  | { readonly message: Uint8Array<ArrayBuffer> }
  | { readonly badJson: string }
  | { readonly fault: unknown };

/** `readMessage` for another thread. Errors lose their class between threads. */
export function readLargeValue({ json, schema }: LargeValue): LargeValueOutcome {
  try {
    const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
    return { message: Uint8Array.from(readMessage(bytes, messageSchema(schema))) };
  } catch (error) {
    return error instanceof JsonError ? { badJson: error.message } : { fault: error };
  }
}
