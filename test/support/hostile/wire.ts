import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { defaultWindowBytes, Flag, FrameType, Setting } from '../../../src/server/transport/http2/protocol.ts';
import { type Attacker, pause } from './attacker.ts';
import {
  dataFrame,
  frame,
  frameBytesMax,
  headerFrames,
  opening,
  resetFrame,
  type SettingValue,
  settingsFrame,
  windowUpdate,
} from './frames.ts';

export interface WireOptions {
  readonly settings?: readonly SettingValue[];
  readonly isSecure?: boolean;
  /** Allows the server to send this much more on the connection, at once and for ever. */
  readonly connectionWindowBytes?: number;
}

/** Opens a socket. Undefined: the server does not accept it, or the attack is over. */
export async function openSocket(attacker: Attacker, { isSecure = false } = {}): Promise<Socket | undefined> {
  const { signal, host, port } = attacker;
  if (signal.aborted) return undefined;
  const socket = isSecure
    ? connectTls({ host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    : connectTcp({ host, port, noDelay: true });
  const end = () => socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  // Any number of streams may add a listener.
  socket.setMaxListeners(0);
  socket.on('error', () => undefined);
  socket.on('close', () => {
    signal.removeEventListener('abort', end);
    if (!signal.aborted) attacker.tally.hangUps += 1;
  });
  attacker.tally.connections += 1;
  const ended = once(socket, 'close');
  await Promise.race([once(socket, isSecure ? 'secureConnect' : 'connect'), ended]).catch(() => undefined);
  return socket.destroyed ? undefined : socket;
}

/** Resolves when the socket accepts more bytes. False: the socket is closed. */
export async function write(attacker: Attacker, socket: Socket, bytes: Buffer | string): Promise<boolean> {
  if (socket.destroyed || !socket.writable) return false;
  attacker.tally.bytes += bytes.length;
  // Wait for a turn of the event loop each time, also where the socket takes all bytes: signals and
  // replies must be handled.
  if (socket.write(bytes)) await new Promise(setImmediate);
  else await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => undefined);
  return !socket.destroyed;
}

/**
 * A hostile client's end of an HTTP/2 connection. It keeps to the server's windows. Otherwise the
 * server would close the connection at once.
 */
export class Wire {
  readonly #attacker: Attacker;
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #lastStreamId = -1;
  #window = defaultWindowBytes;
  #streamWindowStart = defaultWindowBytes;
  /** The bytes that each stream may send in addition to the initial window. */
  readonly #streamWindows = new Map<number, number>();
  /** Streams that were begun and have not ended. */
  readonly #unanswered = new Set<number>();
  /** The credit for the bytes received since the last frames were read. */
  #connectionCredit = 0;
  #credits: Buffer[] = [];
  #wake: (() => void)[] = [];
  #onClose: Promise<unknown>;

  private constructor(attacker: Attacker, socket: Socket) {
    this.#attacker = attacker;
    this.#socket = socket;
    this.#onClose = new Promise((resolve) => {
      socket.once('close', () => {
        this.#wakeAll();
        resolve(undefined);
      });
    });
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  /** Undefined: the server does not accept the connection, or the attack is over. */
  static async open(attacker: Attacker, options: WireOptions = {}): Promise<Wire | undefined> {
    const { settings = [], connectionWindowBytes = 0 } = options;
    const socket = await openSocket(attacker, options);
    if (socket === undefined) return undefined;
    const wire = new Wire(attacker, socket);
    const greeted = new Promise<void>((resolve) => wire.#wake.push(resolve));
    socket.write(opening(settings));
    if (connectionWindowBytes > 0) socket.write(windowUpdate(0, connectionWindowBytes));
    await Promise.race([greeted, wire.#onClose]);
    return wire.isOpen ? wire : undefined;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  nextStreamId(): number {
    this.#lastStreamId += 2;
    this.#unanswered.add(this.#lastStreamId);
    return this.#lastStreamId;
  }

  /** Bytes as they are. False: the connection is over. */
  send(...bytes: readonly Buffer[]): Promise<boolean> {
    return write(this.#attacker, this.#socket, bytes.length === 1 ? (bytes[0] as Buffer) : Buffer.concat(bytes));
  }

  /** Opens a stream with a header block. */
  async start(headers: Buffer, { endsStream = false } = {}): Promise<number> {
    const streamId = this.nextStreamId();
    await this.send(headerFrames(streamId, headers, { endsStream }));
    return streamId;
  }

  /** DATA as the windows allow. False: the connection is over. */
  async data(streamId: number, bytes: Buffer, { endsStream = false } = {}): Promise<boolean> {
    for (let start = 0; start < bytes.length; ) {
      const streamWindow = this.#streamWindowStart + (this.#streamWindows.get(streamId) ?? 0);
      const length = Math.min(frameBytesMax, bytes.length - start, this.#window, streamWindow);
      if (length <= 0) {
        if (!(await this.#nextFrames())) return false;
        continue;
      }
      this.#window -= length;
      this.#streamWindows.set(streamId, (this.#streamWindows.get(streamId) ?? 0) - length);
      const isLast = start + length === bytes.length;
      const payload = bytes.subarray(start, start + length);
      if (!(await this.send(dataFrame(streamId, payload, { endsStream: endsStream && isLast })))) return false;
      start += length;
    }
    return this.isOpen;
  }

  /**
   * Waits for some time until at most `allowedCount` streams are open, then abandons the oldest
   * above that number.
   */
  async endAllBut(allowedCount: number, milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (this.isOpen && this.#unanswered.size > allowedCount && performance.now() < end) {
      await Promise.race([this.#nextFrames(), pause(this.#attacker, Math.max(0, end - performance.now()))]);
    }
    const surplus = [...this.#unanswered].slice(0, Math.max(0, this.#unanswered.size - allowedCount));
    for (const streamId of surplus) this.#forget(streamId);
    if (surplus.length > 0) await this.send(...surplus.map(resetFrame));
  }

  /** Stops reading from the network. */
  stopReading(): void {
    this.#socket.pause();
  }

  async closed(): Promise<void> {
    if (!this.#socket.destroyed) await this.#onClose;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #nextFrames(): Promise<boolean> {
    if (!this.isOpen) return false;
    await new Promise<void>((resolve) => this.#wake.push(resolve));
    return this.isOpen;
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    let start = 0;
    while (this.#received.length - start >= 9) {
      const end = start + 9 + this.#received.readUIntBE(start, 3);
      if (end > this.#received.length) break;
      this.#onFrame(this.#received.subarray(start, end));
      start = end;
    }
    this.#received = this.#received.subarray(start);
    this.#sendCredits();
    this.#wakeAll();
  }

  #onFrame(bytes: Buffer): void {
    const flags = bytes.readUInt8(4);
    const streamId = bytes.readUInt32BE(5);
    const payload = bytes.subarray(9);
    switch (bytes[3]) {
      case FrameType.windowUpdate:
        if (streamId === 0) this.#window += payload.readUInt32BE(0);
        else this.#streamWindows.set(streamId, (this.#streamWindows.get(streamId) ?? 0) + payload.readUInt32BE(0));
        break;
      case FrameType.settings:
        if ((flags & Flag.ack) === 0) this.#onSettings(payload);
        break;
      case FrameType.ping:
        if ((flags & Flag.ack) === 0) this.#socket.write(frame(FrameType.ping, Flag.ack, 0, payload));
        break;
      case FrameType.rstStream:
        this.#forget(streamId);
        break;
      case FrameType.data:
        this.#onData(streamId, payload.length, flags);
        break;
      case FrameType.headers:
        if ((flags & Flag.endStream) !== 0) this.#forget(streamId);
        break;
    }
  }

  /**
   * Allows the server to send the same number of bytes again. Another client tests slow reading.
   */
  #onData(streamId: number, bytes: number, flags: number): void {
    this.#connectionCredit += bytes;
    if ((flags & Flag.endStream) !== 0) this.#forget(streamId);
    else if (bytes > 0) this.#credits.push(windowUpdate(streamId, bytes));
  }

  #sendCredits(): void {
    if (this.#connectionCredit === 0) return;
    this.#socket.write(Buffer.concat([windowUpdate(0, this.#connectionCredit), ...this.#credits]));
    this.#connectionCredit = 0;
    this.#credits = [];
  }

  #forget(streamId: number): void {
    this.#streamWindows.delete(streamId);
    this.#unanswered.delete(streamId);
  }

  #onSettings(payload: Buffer): void {
    for (let at = 0; at < payload.length; at += 6) {
      if (payload.readUInt16BE(at) === Setting.initialWindowSize)
        this.#streamWindowStart = payload.readUInt32BE(at + 2);
    }
    const acknowledgement = settingsFrame([]);
    acknowledgement[4] = Flag.ack;
    this.#socket.write(acknowledgement);
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}
