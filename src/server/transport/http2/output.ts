import type { Socket } from 'node:net';

/** Size of the buffers that collect answers. Dozens of small answers fit into one write. */
const slabBytes = 64 * 1024;
/** Free slabs that are kept for reuse. More than 64 connections seldom write at the same moment. */
const keptSlabsMax = 64;
const keptSlabs: Buffer[] = [];
const noSlab = Buffer.alloc(0);

/**
 * The output of a connection: collected while one batch of events is handled, then written at once.
 * Everything is copied into slabs, also parts of large messages: copying 16 KiB costs less than a
 * separate buffer in a list of hundreds.
 */
export class Output {
  readonly #socket: Socket;
  /** An idle connection has no slab. */
  #slab: Buffer = noSlab;
  #end = 0;
  #full: Buffer[] = [];
  /** Slabs that were passed to the socket, which may not have written them yet. */
  #written: Buffer[] = [];
  #isScheduled = false;
  /** Bytes for which `onUntaken` was called. */
  #countedBytes = 0;
  readonly #onUntaken: (change: number) => void;
  readonly #flushLater = () => this.flush();
  /**
   * For an encrypted connection: Node reports the write in a later turn, when no flush may follow.
   * Without TLS, most slabs are written at once, and a callback would cost every write.
   */
  readonly #onTaken: (() => void) | undefined;

  /** `onUntaken`: the number of written bytes that the operating system has not taken changes. */
  constructor(socket: Socket, onUntaken: (change: number) => void) {
    this.#socket = socket;
    this.#onUntaken = onUntaken;
    this.#onTaken = 'encrypted' in socket ? () => this.reclaim() : undefined;
  }

  /** Bytes that the operating system has not taken yet. */
  get pendingBytes(): number {
    return this.#socket.writableLength + this.#full.length * slabBytes + this.#end;
  }

  /** Appends a whole buffer. */
  bytes(bytes: Uint8Array): void {
    this.range(bytes, 0, bytes.length);
  }

  /** Appends a part of a buffer. */
  range(bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    while (from < end) {
      const free = this.#freeBytes();
      const count = Math.min(free, end - from);
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

  /** Writes the collected bytes when the current events are handled. */
  flushSoon(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(this.#flushLater);
  }

  /** Writes the collected bytes. */
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

  /**
   * Returns slabs for reuse by all connections, once the operating system has taken their bytes.
   * Mostly it takes them at once.
   */
  reclaim(): void {
    const untakenBytes = this.#socket.writableLength;
    this.#count(untakenBytes);
    if (untakenBytes > 0) return;
    for (const slab of this.#written) {
      if (slab.length === slabBytes && keptSlabs.length < keptSlabsMax) keptSlabs.push(slab);
    }
    this.#written = [];
  }

  /** The connection has closed. Nothing waits any more. */
  close(): void {
    this.#count(0);
  }

  #count(bytes: number): void {
    if (bytes === this.#countedBytes) return;
    const change = bytes - this.#countedBytes;
    this.#countedBytes = bytes;
    this.#onUntaken(change);
  }

  #slabWith(bytes: number): Buffer {
    if (this.#slab.length - this.#end < bytes) this.#nextSlab();
    return this.#slab;
  }

  #freeBytes(): number {
    if (this.#end === this.#slab.length) this.#nextSlab();
    return this.#slab.length - this.#end;
  }

  #nextSlab(): void {
    // The last bytes of a slab that cannot hold a frame header stay unused.
    if (this.#end > 0) this.#full.push(this.#end === slabBytes ? this.#slab : this.#slab.subarray(0, this.#end));
    this.#slab = keptSlabs.pop() ?? Buffer.allocUnsafeSlow(slabBytes);
    this.#end = 0;
  }
}
