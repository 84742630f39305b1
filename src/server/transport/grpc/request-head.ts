import type { HeaderField } from '../http/header-field.ts';

/** What a call's headers say to the server itself. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  /** Undefined: none. */
  readonly timeout: string | undefined;
  readonly encoding: string | undefined;
}

/** Reads the headers in one pass: every call has them. */
export function requestHead(fields: readonly HeaderField[]): RequestHead {
  let method = '';
  let path = '';
  let contentType = '';
  let timeout: string | undefined;
  let encoding: string | undefined;
  for (const [name, value] of fields) {
    switch (name) {
      case ':method':
        method = value;
        break;
      case ':path':
        path = value;
        break;
      case 'content-type':
        contentType = value;
        break;
      case 'grpc-timeout':
        timeout = value;
        break;
      case 'grpc-encoding':
        encoding = value;
        break;
      default:
    }
  }
  return { method, path, contentType, timeout, encoding };
}
