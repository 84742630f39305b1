import type { IncomingMessage } from 'node:http';
import { commonNameOf } from '../connections/common-name.ts';
import type { Origin } from '../connections/origin.ts';
import { socketOrigin } from '../connections/socket-origin.ts';
import type { HeaderField } from '../http/header-field.ts';
import { Http1Connection } from './http1-connection.ts';

/** What a request over HTTP/1.1 says of itself and of who sends it. */
export class Http1Request {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly HeaderField[];
  protected readonly request: IncomingMessage;

  /** @param meant where the request stands for another one */
  constructor(
    request: IncomingMessage,
    meant: { readonly method?: string; readonly fields?: readonly HeaderField[] } = {},
  ) {
    this.request = request;
    this.method = meant.method ?? request.method ?? '';
    this.target = request.url ?? '';
    this.fields = [...(meant.fields ?? []), ...headerFields(request)];
  }

  get peer(): string {
    const { remoteAddress, remotePort } = this.request.socket;
    return `${remoteAddress ?? 'unix'}:${remotePort ?? ''}`;
  }

  get origin(): Origin {
    return socketOrigin(this.request.socket);
  }

  get commonName(): string | undefined {
    const { socket } = this.request;
    return commonNameOf(socket instanceof Http1Connection ? socket.socket : socket);
  }
}

/** node gives names and values one after the other. */
export function headerFields({ rawHeaders }: IncomingMessage): readonly HeaderField[] {
  const fields: HeaderField[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    fields.push([(rawHeaders[index] as string).toLowerCase(), rawHeaders[index + 1] as string]);
  }
  return fields;
}
