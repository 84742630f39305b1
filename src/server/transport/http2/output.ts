import type { Socket } from 'node:net';

/** Answers are gathered in buffers of this size. Large enough that dozens of small ones leave in one write. */
const slabBytes = 64 * 1024;
/** Slabs that are kept for the next answers. More than 64 connections seldom write at one moment. */
const keptSlabsMax = 64;
const keptSlabs: Buffer[] = [];
const noSlab = Buffer.alloc(0);

/**
 * What a connection writes: gathered while one batch of events is handled, then written at once. Everything is copied
 * into slabs, also parts of large messages: copying 16 KiB costs less than a buffer of its own in a list of hundreds.
 */
export class Output {
  readonly #socket: Socket;
  /** An idle connection has none. */
  #slab: Buffer = noSlab;
  #end = 0;
  #full: Buffer[] = [];
  /** Given to the socket, and perhaps not yet taken. */
  #written: Buffer[] = [];
  #isScheduled = false;
  readonly #flushLater = () => this.flush();
  /**
   * Of an encrypted connection: node says that its bytes are taken in a later turn, when nobody may flush any more. Slabs of connections
   * without TLS are mostly taken at once, and asking would cost each write.
   */
  readonly #onTaken: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#onTaken = 'encrypted' in socket ? () => this.reclaim() : undefined;
  }

  /** Bytes written and not yet taken by the operating system. */
  get pendingBytes(): number {
    return this.#socket.writableLength + this.#full.length * slabBytes + this.#end;
  }

  /** Appends `bytes` of a buffer, whole. */
  bytes(bytes: Uint8Array): void {
    this.range(bytes, 0, bytes.length);
  }

  /** Appends a part of a buffer. */
  range(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    while (from < end) {
      const room = this.#room();
      const count = Math.min(room, end - from);
      this.#slab.set(from === 0 && count === bytes.length ? bytes : bytes.subarray(from, from + count), this.#end);
      this.#end += count;
      from += count;
    }
  }

  /** Appends a frame's header: length, type, flags, stream. */
  frameHeader(length: number, type: number, flags: number, streamId: number): void {
    const slab = this.#slabWith(9);
    let at = this.#end;
    slab[at++] = length >>> 16;
    slab[at++] = length >>> 8;
    slab[at++] = length;
    slab[at++] = type;
    slab[at++] = flags;
    at = slab.writeUInt32BE(streamId, at);
    this.#end = at;
  }

  uint8(value: number): void {
    this.#slabWith(1)[this.#end] = value;
    this.#end += 1;
  }

  uint32(value: number): void {
    this.#end = this.#slabWith(4).writeUInt32BE(value, this.#end);
  }

  /** Writes what was gathered when the events at hand are handled. */
  flushSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(this.#flushLater);
  }

  /** Writes what was gathered. */
  flush(): void {
    this.#isScheduled = false;
    if (this.#end === 0) return;
    const socket = this.#socket;
    const full = this.#full;
    if (!socket.destroyed) {
      if (full.length > 0) socket.cork();
      for (const slab of full) socket.write(slab);
      socket.write(this.#slab.subarray(0, this.#end), this.#onTaken);
      if (full.length > 0) socket.uncork();
      this.#written.push(...full, this.#slab);
      this.reclaim();
    }
    if (full.length > 0) this.#full = [];
    this.#slab = noSlab;
    this.#end = 0;
  }

  /** Slabs whose bytes the operating system has taken, mostly at once, are free for the next answers of whoever. */
  reclaim(): void {
    if (this.#socket.writableLength > 0) return;
    for (const slab of this.#written) {
      if (slab.length === slabBytes && keptSlabs.length < keptSlabsMax) keptSlabs.push(slab);
    }
    this.#written = [];
  }

  #slabWith(bytes: number): Buffer {
    if (this.#slab.length - this.#end < bytes) this.#nextSlab();
    return this.#slab;
  }

  #room(): number {
    if (this.#end === this.#slab.length) this.#nextSlab();
    return this.#slab.length - this.#end;
  }

  #nextSlab(): void {
    // Of a slab without room for a frame's header the last bytes stay unused.
    if (this.#end > 0) this.#full.push(this.#end === slabBytes ? this.#slab : this.#slab.subarray(0, this.#end));
    this.#slab = keptSlabs.pop() ?? Buffer.allocUnsafeSlow(slabBytes);
    this.#end = 0;
  }
}
