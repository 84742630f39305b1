/** What frames of several types have to be. */
import { ConnectionError, ErrorCode, Flag, StreamError } from './protocol.ts';

export const priorityBytes = 5;

/** A frame that is about a stream. */
export function checkStream(streamId: number): void {
  if (streamId === 0) throw new ConnectionError(ErrorCode.protocolError, 'a frame that needs a stream');
}

/** A frame that is about the connection. */
export function checkConnection(streamId: number): void {
  if (streamId !== 0) throw new ConnectionError(ErrorCode.protocolError, 'a frame that belongs to no stream');
}

export function checkLength(payload: Buffer, bytes: number): void {
  if (payload.length !== bytes) throw new ConnectionError(ErrorCode.frameSizeError, 'a frame of another size');
}

/** Priorities are deprecated, and of no use here, but they must make sense. */
export function checkPriority(streamId: number, payload: Buffer): void {
  checkStream(streamId);
  if (payload.length !== priorityBytes) throw new StreamError(ErrorCode.frameSizeError, 'a priority of another size');
  if ((payload.readUInt32BE(0) & 0x7fff_ffff) === streamId) {
    throw new StreamError(ErrorCode.protocolError, 'a stream that depends on itself');
  }
}

/** What is in a frame that may be padded. */
export function withoutPadding(flags: number, payload: Buffer): Buffer {
  if ((flags & Flag.padded) === 0) return payload;
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) {
    throw new ConnectionError(ErrorCode.protocolError, 'more padding than frame');
  }
  return payload.subarray(1, payload.length - padding);
}
