/**
 * Frees the memory of large buffers without a garbage collection. V8 counts buffer memory outside
 * its heap, and collects the whole heap after every 10 MiB. Under a load of lists these are 20
 * collections a second, a third of a core.
 */
import { assert } from '../errors.ts';

/**
 * Frees the memory of bytes that fill their whole buffer. The bytes are empty afterwards. Other
 * bytes may share their buffer, so it is left alone.
 */
export function freeWhole(bytes: Uint8Array): void {
  if (bytes.byteLength === bytes.buffer.byteLength) free(bytes);
}

/**
 * Node places small buffers together in one buffer of this size. Larger buffers have their own
 * memory.
 */
const sharedBytesMax = 64 * 1024;

/** Frees the large buffers that contain these bytes. The bytes are empty afterwards. */
export function freeLarge(pieces: Iterable<Uint8Array | null>): void {
  for (const piece of pieces) if (piece !== null && piece.buffer.byteLength > sharedBytesMax) free(piece);
}

/**
 * The bytes, as they may be kept for long: a copy if Node has placed them together with others. One
 * small answer that waits would keep the whole buffer.
 */
export function outsidePool(bytes: Uint8Array): Uint8Array {
  const isPooled = bytes.buffer.byteLength === Buffer.poolSize && 2 * bytes.length < Buffer.poolSize;
  return isPooled ? new Uint8Array(bytes) : bytes;
}

const singleUse = new WeakSet<Uint8Array>();

/** Marks bytes that are sent once and then unused, in a buffer without other data. */
export function markSingleUse(bytes: Uint8Array): void {
  singleUse.add(notFreed(bytes));
}

/** Frees marked bytes. Called after they were sent. */
export function freeSingleUse(bytes: Uint8Array): void {
  if (singleUse.delete(bytes)) free(bytes);
}

/**
 * The bytes themselves. Called wherever bytes become part of a message: without this check, a
 * second use of single-use bytes would silently send nothing in their place.
 *
 * @throws AssertionError if their memory was freed.
 */
export function notFreed<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  // Freed bytes have no length. Only then is the buffer looked at: this runs for every reply.
  if (bytes.length === 0) assert(!isDetached(bytes.buffer), 'bytes are not used after their memory was freed');
  return bytes;
}

function isDetached(buffer: ArrayBufferLike): boolean {
  return buffer instanceof ArrayBuffer && buffer.detached;
}

function free({ buffer }: Uint8Array): void {
  // An empty buffer may be shared, or may have been freed before. A buffer cannot be freed twice.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > 0) buffer.transfer(0);
}
