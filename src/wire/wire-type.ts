/** The layout of a field's value: the lower three bits of its tag. */
export const WireType = {
  varint: 0,
  fixed64: 1,
  bytes: 2,
  groupStart: 3,
  groupEnd: 4,
  fixed32: 5,
} as const;
