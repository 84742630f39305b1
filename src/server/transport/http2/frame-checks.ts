/** Checks that several frame types share. */
import { ConnectionError, ErrorCode, Flag, StreamError } from './protocol.ts';

export const priorityBytes = 5;

/** The frame must belong to a stream. */
export function checkStream(streamId: number): void {
  if (streamId === 0) throw new ConnectionError(ErrorCode.protocolError, 'a frame of a stream on stream 0');
}

/** The frame must belong to the connection. */
export function checkConnection(streamId: number): void {
  if (streamId !== 0) throw new ConnectionError(ErrorCode.protocolError, 'a frame of the connection on a stream');
}

export function checkLength(payload: Buffer, bytes: number): void {
  if (payload.length !== bytes) throw new ConnectionError(ErrorCode.frameSizeError, 'a frame of the wrong size');
}

/** Priorities are deprecated and not used here, but they must be valid. */
export function checkPriority(streamId: number, payload: Buffer): void {
  checkStream(streamId);
  if (payload.length !== priorityBytes) throw new StreamError(ErrorCode.frameSizeError, 'a priority of the wrong size');
  if (dependsOn(payload, streamId)) throw new StreamError(ErrorCode.protocolError, 'a stream that depends on itself');
}

/**
 * Checks the priority before a header block. A fault ends the connection: if only the stream were
 * reset, the header table would lack the fields of the block.
 */
export function checkHeaderPriority(streamId: number, payload: Buffer): void {
  checkStream(streamId);
  checkLength(payload, priorityBytes);
  if (dependsOn(payload, streamId)) {
    throw new ConnectionError(ErrorCode.protocolError, 'a stream that depends on itself');
  }
}

function dependsOn(payload: Buffer, streamId: number): boolean {
  return (payload.readUInt32BE(0) & 0x7fff_ffff) === streamId;
}

/** The content of a frame, without its padding. */
export function withoutPadding(flags: number, payload: Buffer): Buffer {
  if ((flags & Flag.padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) {
    throw new ConnectionError(ErrorCode.protocolError, 'padding longer than the frame');
  }
  return payload.subarray(1, payload.length - padding);
}
