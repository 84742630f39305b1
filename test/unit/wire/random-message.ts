import protobuf from 'protobufjs';

type Plain = Record<string, unknown>;

const messageDepthMax = 5;

/**
 * A message as protobufjs takes it, with some fields set, none of them to its default. 64-bit
 * fields that the codec reads as numbers stay below 2^53.
 */
export function randomMessage(type: protobuf.Type, random: () => number, depth = 0): Plain {
  const message: Plain = {};
  const oneofs = new Set<protobuf.OneOf>();
  for (const field of type.fieldsArray) {
    if (random() < 0.3 || (field.partOf && oneofs.has(field.partOf))) continue;
    if (field.resolvedType instanceof protobuf.Type && depth === messageDepthMax) continue;
    if (field.partOf) oneofs.add(field.partOf);
    const one = () => randomValue(field, random, depth);
    const few = () => Array.from({ length: 1 + Math.floor(random() * 3) }, one);
    if (field.map) message[field.name] = Object.fromEntries(few().map((value, index) => [`key ${index}`, value]));
    else message[field.name] = field.repeated ? few() : one();
  }
  return message;
}

function randomValue(field: protobuf.Field, random: () => number, depth: number): unknown {
  if (field.resolvedType instanceof protobuf.Type) return randomMessage(field.resolvedType, random, depth + 1);
  if (field.resolvedType instanceof protobuf.Enum) return 1 + Math.floor(random() * 200);
  switch (field.type) {
    case 'bytes':
      return Buffer.from(Array.from({ length: 1 + Math.floor(random() ** 3 * 400) }, () => random() * 256));
    case 'string':
      return ['a', 'größer', '日本語', '💧'.repeat(40)][Math.floor(random() * 4)];
    case 'bool':
      return true;
    case 'int32':
      return -1 - Math.floor(random() * 2 ** 31);
    case 'uint32':
      return 1 + Math.floor(random() * (2 ** 32 - 1));
    case 'int64':
    case 'uint64':
      return randomInt64(field, random);
    default:
      throw new Error(`no random value for ${field.type}`);
  }
}

function randomInt64(field: protobuf.Field, random: () => number): unknown {
  const isExact = field.options?.jstype === 'JS_STRING';
  const isSigned = field.type === 'int64';
  const bits = 1 + Math.floor(random() * (isExact ? 63 : 52));
  const magnitude = 2n ** BigInt(bits) - BigInt(Math.floor(random() * 2));
  const value = isSigned && random() < 0.3 ? -magnitude : magnitude;
  const cut = isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  const bitsOfAll = BigInt.asUintN(64, cut || 1n);
  return { low: Number(bitsOfAll & 0xffff_ffffn) | 0, high: Number(bitsOfAll >> 32n) | 0, unsigned: !isSigned };
}
