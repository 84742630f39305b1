import type { IncomingMessage } from 'node:http';
import type { Origin } from '../../../kit/origin.ts';
import { commonNameOf } from '../connections/common-name.ts';
import { localName, peerName } from '../connections/socket-names.ts';
import { socketOrigin } from '../connections/socket-origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import { Http1Connection } from './http1-connection.ts';

/** The data of a request over HTTP/1.1 and of its client. */
export class Http1Request {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly HeaderField[];
  protected readonly request: IncomingMessage;

  /** @param overrides values that replace the ones of the request */
  constructor(
    request: IncomingMessage,
    overrides: { readonly method?: string; readonly fields?: readonly HeaderField[] } = {},
  ) {
    this.request = request;
    this.method = overrides.method ?? request.method ?? '';
    this.target = request.url ?? '';
    this.fields = [...(overrides.fields ?? []), ...headerFields(request)];
  }

  get peer(): string {
    return peerName(this.request.socket);
  }

  get local(): string {
    return localName(this.request.socket);
  }

  get origin(): Origin {
    return socketOrigin(this.request.socket);
  }

  get commonName(): string | undefined {
    const { socket } = this.request;
    return commonNameOf(socket instanceof Http1Connection ? socket.socket : socket);
  }
}

/** Node has names and values in one list. */
export function headerFields({ rawHeaders }: IncomingMessage): readonly HeaderField[] {
  const fields: HeaderField[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    fields.push([(rawHeaders[index] as string).toLowerCase(), rawHeaders[index + 1] as string]);
  }
  return fields;
}
