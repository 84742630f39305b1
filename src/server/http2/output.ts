import type { Socket } from 'node:net';

/** Answers are gathered in buffers of this size. Large enough that dozens of small ones leave in one write. */
const slabBytes = 64 * 1024;

/**
 * What a connection writes: gathered while one batch of events is handled, then written at once. Everything is copied
 * into slabs, also parts of large messages: copying 16 KiB costs less than a buffer of its own in a list of hundreds.
 */
export class Output {
  readonly #socket: Socket;
  #slab: Buffer = Buffer.allocUnsafeSlow(slabBytes);
  #start = 0;
  #end = 0;
  #full: Buffer[] = [];
  #fullBytes = 0;
  #isScheduled = false;
  readonly #flushLater = () => this.flush();

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes written and not yet taken by the operating system. */
  get pendingBytes(): number {
    return this.#socket.writableLength + this.#fullBytes + this.#end - this.#start;
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
    setImmediate(this.#flushLater);
  }

  /** Writes what was gathered. */
  flush(): void {
    this.#isScheduled = false;
    const last = this.#end > this.#start ? this.#slab.subarray(this.#start, this.#end) : undefined;
    this.#start = this.#end;
    if (this.#socket.destroyed) {
      this.#full = [];
    } else if (this.#full.length === 0) {
      if (last !== undefined) this.#socket.write(last);
    } else {
      this.#socket.cork();
      for (const slab of this.#full) this.#socket.write(slab);
      if (last !== undefined) this.#socket.write(last);
      this.#socket.uncork();
      this.#full = [];
    }
    this.#fullBytes = 0;
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
    if (this.#end > this.#start) {
      const filled = this.#slab.subarray(this.#start, this.#end);
      this.#full.push(filled);
      this.#fullBytes += filled.length;
    }
    this.#slab = Buffer.allocUnsafeSlow(slabBytes);
    this.#start = 0;
    this.#end = 0;
  }
}
