/**
 * Bytes of HTTP/2, HPACK and gRPC as a hostile client sends them: no function here checks its
 * arguments.
 */
import { clientPreface, Flag, FrameType } from '../../../src/server/transport/http2/protocol.ts';

const frameHeaderBytes = 9;

/** The largest frame that a server accepts by default. */
export const frameBytesMax = 16_384;

export const none: Buffer = Buffer.alloc(0);

export function frame(type: number, flags: number, streamId: number, payload: Buffer = none): Buffer {
  const bytes = Buffer.allocUnsafe(frameHeaderBytes + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(streamId, 5);
  bytes.set(payload, frameHeaderBytes);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export const resetFrame = (streamId: number): Buffer => frame(FrameType.rstStream, 0, streamId, uint32(8));

export const windowUpdate = (streamId: number, increment: number): Buffer =>
  frame(FrameType.windowUpdate, 0, streamId, uint32(increment));

export const pingFrame: Buffer = frame(FrameType.ping, 0, 0, Buffer.alloc(8));

export type SettingValue = readonly [id: number, value: number];

export function settingsFrame(settings: readonly SettingValue[]): Buffer {
  const payload = Buffer.alloc(6 * settings.length);
  for (const [index, [id, value]] of settings.entries()) {
    payload.writeUInt16BE(id, 6 * index);
    payload.writeUInt32BE(value, 6 * index + 2);
  }
  return frame(FrameType.settings, 0, 0, payload);
}

/** The bytes that open a connection. */
export function opening(settings: readonly SettingValue[] = []): Buffer {
  return Buffer.concat([clientPreface, settingsFrame(settings)]);
}

/** HEADERS and as many CONTINUATION frames as the block needs. */
export function headerFrames(streamId: number, block: Buffer, { endsStream }: { endsStream: boolean }): Buffer {
  const parts = [];
  for (let start = 0; start === 0 || start < block.length; start += frameBytesMax) {
    const isLast = start + frameBytesMax >= block.length;
    const flags = (isLast ? Flag.endHeaders : 0) | (start === 0 && endsStream ? Flag.endStream : 0);
    const type = start === 0 ? FrameType.headers : FrameType.continuation;
    parts.push(frame(type, flags, streamId, block.subarray(start, start + frameBytesMax)));
  }
  return Buffer.concat(parts);
}

/** DATA of at most one frame. */
export function dataFrame(streamId: number, payload: Buffer, { endsStream }: { endsStream: boolean }): Buffer {
  return frame(FrameType.data, endsStream ? Flag.endStream : 0, streamId, payload);
}

/** HPACK's integer after `firstByte`. It begins in the lowest bits of that byte. */
export function hpackInteger(value: number, firstByte: number, prefixBits: number): Buffer {
  const mask = 2 ** prefixBits - 1;
  if (value < mask) return Buffer.of(firstByte | value);
  const bytes = [firstByte | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function plainString(text: string): Buffer {
  return Buffer.concat([hpackInteger(text.length, 0, 7), Buffer.from(text, 'latin1')]);
}

/** A field that is not added to the table. */
export function literalField(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x00), plainString(name), plainString(value)]);
}

/** A field that is added to the server's table, as index 62. */
export function indexedField(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0x40), plainString(name), plainString(value)]);
}

/** A field whose value is Huffman-coded already. */
export function huffmanField(name: string, coded: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0x00), plainString(name), hpackInteger(coded.length, 0x80, 7), coded]);
}

/** The header block of a gRPC call. `:method` POST and `:scheme` http are in the static table. */
export function callHeaders(path: string, fields: readonly (readonly [string, string])[] = []): Buffer {
  return Buffer.concat([
    Buffer.of(0x83, 0x86),
    literalField(':path', path),
    literalField(':authority', 'hostile'),
    literalField('content-type', 'application/grpc'),
    literalField('te', 'trailers'),
    ...fields.map(([name, value]) => literalField(name, value)),
  ]);
}

/** gRPC's prefix. `length` may be more than the bytes that follow. */
export function messagePrefix(length: number, { isCompressed = false } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = isCompressed ? 1 : 0;
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

export function grpcMessage(body: Uint8Array, options: { isCompressed?: boolean } = {}): Buffer {
  return Buffer.concat([messagePrefix(body.length, options), body]);
}

/** `count` times the same bytes. */
export function repeated(bytes: Buffer, count: number): Buffer {
  return Buffer.alloc(bytes.length * count, bytes);
}
