import { transportLimits } from '../transport-limits.ts';
import { checkHeaderPriority, priorityBytes, withoutPadding } from './frame-checks.ts';
import { type DecodedFields, HpackDecoder } from './hpack/hpack-decoder.ts';
import { ConnectionError, ErrorCode, Flag, frameHeaderBytes } from './protocol.ts';

/** A request's headers, or its trailers. */
export interface HeaderBlock {
  readonly decoded: DecodedFields;
  readonly isEnd: boolean;
}

/** Assembles header blocks from HEADERS and CONTINUATION frames, and decodes them. */
export class HeaderBlocks {
  readonly #decoder = new HpackDecoder({ listBytesMax: transportLimits.headerListBytesMax });
  /** A block that continues in the next frame. */
  #partial: { readonly streamId: number; readonly isEnd: boolean; readonly parts: Buffer[]; bytes: number } | undefined;

  /** Whether the next frame must be a CONTINUATION. */
  get isPartial(): boolean {
    return this.#partial !== undefined;
  }

  /** The block of a HEADERS frame, or undefined if it continues. */
  headers(streamId: number, flags: number, payload: Buffer): HeaderBlock | undefined {
    let part = withoutPadding(flags, payload);
    if ((flags & Flag.priority) !== 0) {
      checkHeaderPriority(streamId, part.subarray(0, priorityBytes));
      part = part.subarray(priorityBytes);
    }
    const isEnd = (flags & Flag.endStream) !== 0;
    if ((flags & Flag.endHeaders) !== 0) return { decoded: this.#decoder.decode(part), isEnd };
    this.#partial = { streamId, isEnd, parts: [Buffer.from(part)], bytes: part.length };
    return undefined;
  }

  /** The block that a CONTINUATION frame completes, or undefined if it continues. */
  continuation(streamId: number, flags: number, payload: Buffer): HeaderBlock | undefined {
    const partial = this.#partial;
    if (partial === undefined || partial.streamId !== streamId) {
      throw new ConnectionError(ErrorCode.protocolError, 'a continuation without a header block');
    }
    partial.parts.push(Buffer.from(payload));
    // Empty frames count too, so their number is bounded.
    partial.bytes += payload.length + frameHeaderBytes;
    if (partial.bytes > transportLimits.headerListBytesMax) {
      throw new ConnectionError(ErrorCode.enhanceYourCalm, 'a header block that is too large');
    }
    if ((flags & Flag.endHeaders) === 0) return undefined;
    this.#partial = undefined;
    return { decoded: this.#decoder.decode(Buffer.concat(partial.parts)), isEnd: partial.isEnd };
  }
}
