import type { HeaderField } from '../http/header-field.ts';

/** The headers of a call that the server itself needs. */
export interface RequestHead {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  /** Undefined: no deadline. */
  readonly timeout: string | undefined;
  readonly encoding: string | undefined;
}

/** Reads the headers in one pass, because every call does this. */
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
