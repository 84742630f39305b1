/** An HTTP/2 client that sends any frames, and returns the received ones. */
import { connect, type Socket } from 'node:net';
import { clientPreface, FrameType } from '../../../../../src/server/transport/http2/protocol.ts';

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

export function frame(
  type: number,
  { flags = 0, streamId = 0, payload = Buffer.alloc(0) }: Partial<Omit<Frame, 'type'>> = {},
): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(0, id), uint32(value)]);
}

/** A literal header without indexing. */
export function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);
}

/** The headers of a call of the harness's `echo`. */
export const echoHeaders = Buffer.concat([
  // :method POST, :scheme http
  Buffer.of(0x83, 0x86),
  field(':path', '/test.Test/Echo'),
  field('content-type', 'application/grpc'),
]);

export class RawClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  readonly #frames: Frame[] = [];
  #isClosed = false;
  #wake = Promise.withResolvers<void>();

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#isClosed = true;
      this.#changed();
    });
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      while (this.#takeFrame());
      this.#changed();
    });
  }

  /** Preface and settings. */
  start(settings: Buffer = Buffer.alloc(0)): this {
    return this.send(clientPreface, frame(FrameType.settings, { payload: settings }));
  }

  send(...bytes: readonly Buffer[]): this {
    this.#socket.write(Buffer.concat(bytes));
    return this;
  }

  /**
   * The next frame that matches; frames before it are skipped. Undefined: the connection was
   * closed.
   */
  async next(type: number, is: (frame: Frame) => boolean = () => true): Promise<Frame | undefined> {
    for (;;) {
      const found = this.#frames.findIndex((each) => each.type === type && is(each));
      if (found >= 0) return this.#frames.splice(0, found + 1).at(-1);
      if (this.#isClosed) return undefined;
      await this.#wake.promise;
    }
  }

  async closed(): Promise<void> {
    while (!this.#isClosed) await this.#wake.promise;
  }

  /** The error code of a GOAWAY after which the connection closes. */
  async failure(): Promise<number | undefined> {
    const goAway = await this.next(FrameType.goAway);
    await this.closed();
    return goAway?.payload.readUInt32BE(4);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  #takeFrame(): boolean {
    if (this.#received.length < 9) return false;
    const end = 9 + this.#received.readUIntBE(0, 3);
    if (this.#received.length < end) return false;
    this.#frames.push({
      type: this.#received.readUInt8(3),
      flags: this.#received.readUInt8(4),
      streamId: this.#received.readUInt32BE(5),
      payload: this.#received.subarray(9, end),
    });
    this.#received = this.#received.subarray(end);
    return true;
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
