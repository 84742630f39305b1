/** One field of a protobuf message, without its descriptor. */
export interface ProtobufField {
  readonly number: number;
  /** A number (varint or fixed), or bytes (text, bytes or a message). */
  readonly value: bigint | Uint8Array<ArrayBuffer>;
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Fields of a message in their order; undefined if the bytes are no message. */
export function protobufFields(bytes: Uint8Array<ArrayBuffer>): readonly ProtobufField[] | undefined {
  const fields: ProtobufField[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined) return undefined;
    const number = Number(tag >> 3n);
    const value = readValue(Number(tag & 7n));
    if (number === 0 || value === undefined) return undefined;
    fields.push({ number, value });
  }
  return fields;

  function readValue(wireType: number): ProtobufField['value'] | undefined {
    switch (wireType) {
      case wireTypes.varint:
        return varint();
      case wireTypes.fixed64:
        at += 8;
        return at > bytes.length ? undefined : view.getBigUint64(at - 8, true);
      case wireTypes.fixed32:
        at += 4;
        return at > bytes.length ? undefined : BigInt(view.getUint32(at - 4, true));
      case wireTypes.bytes: {
        const length = Number(varint() ?? Number.POSITIVE_INFINITY);
        at += length;
        return at > bytes.length ? undefined : bytes.subarray(at - length, at);
      }
      default:
        return undefined;
    }
  }

  function varint(): bigint | undefined {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) return undefined;
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return undefined;
  }
}
