import { StatusCode } from '../../../errors.ts';
import { GrpcError } from './status.ts';

/** The supported encodings of requests, the value of `grpc-accept-encoding`. */
export const acceptedEncodings = 'identity,gzip';

export function isKnownEncoding(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === 'identity' || encoding === 'gzip';
}

/**
 * Decompresses a message. It does so synchronously, because messages are small.
 *
 * @throws GrpcError with grpc-go's texts
 */
export function decompress(
  message: Buffer,
  { encoding, messageBytesMax }: { readonly encoding: string | undefined; readonly messageBytesMax: number },
): Buffer {
  if (encoding !== 'gzip') {
    const text = 'grpc: compressed flag set with identity or empty encoding';
    throw new GrpcError(StatusCode.internal, text);
  }
  try {
    // Loaded for the first compressed message, because few clients compress.
    const { gunzipSync } = process.getBuiltinModule('node:zlib');
    return gunzipSync(message, { maxOutputLength: messageBytesMax, chunkSize: chunkBytes(message, messageBytesMax) });
  } catch (error) {
    if (error instanceof RangeError) {
      const text = `grpc: received message after decompression larger than max ${messageBytesMax}`;
      throw new GrpcError(StatusCode.resourceExhausted, text);
    }
    const text = `grpc: failed to decompress the message: ${error instanceof Error ? error.message : error}`;
    throw new GrpcError(StatusCode.internal, text);
  }
}

/** Deflate compresses to a 1,032nd at most. */
const deflateFactorMax = 1_032;
const chunkBytesMin = 64;

/**
 * The size of the output, so that it needs one buffer: gzip's last four bytes contain it. If they
 * do not, the output needs several buffers. One more byte, because a full buffer is followed by
 * another one.
 */
function chunkBytes(message: Buffer, messageBytesMax: number): number {
  const announced = message.length < 4 ? 0 : message.readUInt32LE(message.length - 4);
  const possible = Math.min(announced, messageBytesMax, message.length * deflateFactorMax);
  return Math.max(chunkBytesMin, possible + 1);
}
