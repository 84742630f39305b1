import type { Origin } from '../../kit/origin.ts';
import type { Call } from '../transport/grpc/method.ts';
import { firstHeaderValue } from '../transport/http/header-field.ts';
import type { StreamListener } from '../transport/http/stream-listener.ts';
import type { WebExchange } from '../transport/web/web-exchange.ts';

/** A GET request of the page, as the checks of rights and the store see a caller. */
export class ExchangeCall implements Call, StreamListener {
  readonly #exchange: WebExchange;
  readonly #ending = new AbortController();
  /** As in the gateway, a certificate names no user. */
  readonly commonName = undefined;

  constructor(exchange: WebExchange) {
    this.#exchange = exchange;
  }

  get origin(): Origin {
    return this.#exchange.origin;
  }

  get peer(): string {
    return this.#exchange.peer;
  }

  get isGone(): boolean {
    return this.#ending.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  metadata(name: string): string | undefined {
    return firstHeaderValue(this.#exchange.fields, name);
  }

  about(): void {}

  // Methods that the exchange calls. A GET request has no body.

  readonly missingBytes = 0;
  readonly keepsRequest = false;

  onData(): void {}

  onEnd(): void {}

  onClose(): void {
    this.#ending.abort();
  }
}
