/**
 * The memory of large buffers, given back without waiting for a garbage collection. V8 counts what buffers hold outside of its heap and collects the
 * whole heap again after every 10 MiB: under a load of lists that is 20 times a second, a third of a core.
 */

/** Gives the memory of a buffer back: what lies in it reads as empty from here on. Bytes that do not fill theirs may share it with others, and are left alone. */
export function freeWhole(bytes: Uint8Array): void {
  if (bytes.byteLength === bytes.buffer.byteLength) free(bytes);
}

/** node keeps small buffers together in one of this size; larger ones have their memory to themselves. */
const sharedBytesMax = 64 * 1024;

/** Gives the memory of large buffers back in which these bytes lie. They read as empty from here on. */
export function freeLarge(pieces: Iterable<Uint8Array | null>): void {
  for (const piece of pieces) if (piece !== null && piece.buffer.byteLength > sharedBytesMax) free(piece);
}

const singleUse = new WeakSet<Uint8Array>();

/** Says that bytes are sent once and then needed by nobody, nor is anything else in their buffer. */
export function markSingleUse(bytes: Uint8Array): void {
  singleUse.add(bytes);
}

/** To be called when bytes were sent. */
export function freeSingleUse(bytes: Uint8Array): void {
  if (singleUse.delete(bytes)) free(bytes);
}

function free({ buffer }: Uint8Array): void {
  // What is empty may be empty for others too, or have been given back before, which cannot be done twice.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > 0) buffer.transfer(0);
}
