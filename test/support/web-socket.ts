import { type ClientOptions, WebSocket } from 'ws';
import { waitFor } from './wait.ts';

/** A WebSocket to the gateway, with its messages and how it ended. */
export class GatewaySocket {
  readonly #socket: WebSocket;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into as a client of JSON does
  readonly messages: any[] = [];
  /** How it was closed; undefined while it is open. */
  closeCode: number | undefined;
  /** The reason why the connection failed. */
  failure: string | undefined;

  constructor(url: string, { protocols = [], ...options }: ClientOptions & { protocols?: string[] } = {}) {
    this.#socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, options);
    this.#socket.on('message', (data: Buffer) => this.messages.push(JSON.parse(data.toString())));
    this.#socket.on('error', ({ message }) => {
      this.failure = message;
    });
    this.#socket.on('close', (code) => {
      this.closeCode = code;
    });
  }

  /** The protocol that the server chose. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  async opened(): Promise<this> {
    await waitFor('the WebSocket to open', () => this.#socket.readyState !== WebSocket.CONNECTING);
    return this;
  }

  send(...messages: readonly (object | string | Buffer)[]): void {
    for (const message of messages) {
      const isRaw = typeof message === 'string' || Buffer.isBuffer(message);
      this.#socket.send(isRaw ? message : JSON.stringify(message));
    }
  }

  async received(count: number): Promise<this['messages']> {
    await waitFor(`${count} messages`, () => this.messages.length >= count || this.closeCode !== undefined);
    return this.messages;
  }

  async closed(): Promise<number | undefined> {
    await waitFor('the WebSocket to close', () => this.closeCode !== undefined);
    return this.closeCode;
  }

  /** Takes nothing more from the network. */
  stopReading(): void {
    this.#socket.pause();
  }

  goOnReading(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close();
  }

  destroy(): void {
    this.#socket.terminate();
  }
}
