import type protobuf from 'protobufjs';
import { docComment } from './doc-comment.ts';
import { type FieldKind, fieldKind, scalar } from './field-kind.ts';
import { fieldName } from './names.ts';

/** The interface of a message and the codec of the same name. */
export function messageSource(message: protobuf.Type): string {
  const { name } = message;
  const properties = propertiesOf(message);
  const unused = properties.length === 0 ? '_' : '';
  return `${docComment(message.comment)}export interface ${name} {
${properties.map((property) => property.declaration).join('')}}

export const ${name}: MessageCodec<${name}> = {
  typeName: '${message.fullName.slice(1)}',

  create() {
    return {${properties.map((property) => `\n      ${property.name}: ${property.initial},`).join('')}${properties.length > 0 ? '\n    ' : ''}};
  },

  decode(bytes) {
    return ${name}.read(new Reader(bytes), ${name}.create());
  },

  encode(message) {
    const writer = new Writer(${name}.size(message));
    ${name}.write(message, writer);
    return writer.finish();
  },

  read(reader, message) {
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
${readSwitch(properties)}    }
    return message;
  },

  size(${unused}message) {
${properties.length === 0 ? '    return 0;\n' : `    let size = 0;\n${properties.map((property) => property.size).join('')}    return size;\n`}  },

  write(${unused}message, ${unused}writer) {
${properties.map((property) => property.write).join('')}  },
};
`;
}

/**
 * A property of the TypeScript message: a field, or a oneof with its fields. Each text is whole
 * lines of source.
 */
interface Property {
  readonly name: string;
  readonly declaration: string;
  readonly initial: string;
  /** Cases of the switch over tags. */
  readonly read: string;
  readonly size: string;
  readonly write: string;
}

function propertiesOf(message: protobuf.Type): Property[] {
  const properties: Property[] = [];
  const oneofs = new Set<protobuf.OneOf>();
  for (const field of [...message.fieldsArray].sort((a, b) => a.id - b.id)) {
    const oneof = field.partOf;
    if (oneof === null) properties.push(fieldProperty(field));
    else if (!oneofs.has(oneof)) properties.push(oneofProperty(oneof));
    if (oneof !== null) oneofs.add(oneof);
  }
  return properties;
}

function fieldProperty(field: protobuf.Field): Property {
  if (field.map) return mapProperty(field as protobuf.Field & Pick<protobuf.MapField, 'keyType'>);
  const kind = fieldKind(field);
  if (field.repeated) return repeatedProperty(field, kind);
  return singularProperty(field, kind);
}

function singularProperty(field: protobuf.Field, kind: FieldKind): Property {
  const name = fieldName(field.name);
  const value = `message.${name}`;
  const isSet = kind.kind === 'scalar' ? kind.isSet(value) : `${value} !== undefined`;
  const type = kind.kind === 'scalar' ? kind.type : `${kind.type} | undefined`;
  return {
    name,
    declaration: declaration(field, kind, type),
    initial: kind.kind === 'scalar' ? kind.initial : 'undefined',
    read: readCase(field, kind, {
      scalar: (read) => `message.${name} = ${read}`,
      message: (read) => `message.${name} = ${read(`message.${name} ?? ${kind.type}.create()`)}`,
    }),
    size: `    if (${isSet}) size += ${sizeOf(field, kind, value)};\n`,
    write: `    if (${isSet}) {\n${writeOf(field, kind, value, '      ')}    }\n`,
  };
}

function repeatedProperty(field: protobuf.Field, kind: FieldKind): Property {
  const name = fieldName(field.name);
  if (kind.kind === 'scalar' && kind.wireType === 0) return packedProperty(field, kind);
  return {
    name,
    declaration: declaration(field, kind, `${kind.type}[]`),
    initial: '[]',
    read: readCase(field, kind, {
      scalar: (read) => `message.${name}.push(${read})`,
      message: (read) => `message.${name}.push(${read(`${kind.type}.create()`)})`,
    }),
    size: loop(name, `      size += ${sizeOf(field, kind, 'item')};\n`),
    write: loop(name, writeOf(field, kind, 'item', '      ')),
  };
}

/** Numbers are written together behind one tag, and read both ways. */
function packedProperty(field: protobuf.Field, kind: FieldKind & { kind: 'scalar' }): Property {
  const name = fieldName(field.name);
  const tag = tagOf(field, 2);
  const isSet = `message.${name} !== undefined && message.${name}.length > 0`;
  const bodySize = `message.${name}.reduce((sum, item) => sum + ${kind.size}(item), 0)`;
  return {
    name,
    declaration: declaration(field, kind, `${kind.type}[]`),
    initial: '[]',
    read: `        case ${tagOf(field, kind.wireType)}:
          message.${name}.push(reader.${kind.read}());
          break;
        case ${tag}: {
          const outerEnd = reader.enter();
          while (reader.hasItem()) message.${name}.push(reader.${kind.read}());
          reader.leave(outerEnd);
          break;
        }
`,
    size: `    if (${isSet}) {\n      size += ${sizeOfTag(tag)} + sizeLength(${bodySize});\n    }\n`,
    write: `    if (${isSet}) {
      writer.uint32(${tag});
      writer.uint32(${bodySize});
      for (const item of message.${name}) writer.${kind.write}(item);
    }
`,
  };
}

function oneofProperty(oneof: protobuf.OneOf): Property {
  const name = fieldName(oneof.name);
  const member = (field: protobuf.Field) => {
    const kind = fieldKind(field);
    const label = fieldName(field.name);
    return { field, kind, label };
  };
  const members = oneof.fieldsArray.map(member);
  const value = `message.${name}.value`;
  const cases = (lines: (each: ReturnType<typeof member>) => string) => `    switch (message.${name}?.case) {
${members.map((each) => `      case '${each.label}':\n${lines(each)}        break;\n`).join('')}    }
`;
  return {
    name,
    declaration: `${docComment(oneof.comment, '  ')}  ${name}:
${members.map(({ kind, label }) => `    | { case: '${label}'; value: ${kind.type} }\n`).join('')}    | undefined;
`,
    initial: 'undefined',
    read: members
      .map(({ field, kind, label }) => {
        const assign = (read: string) => `message.${name} = { case: '${label}', value: ${read} }`;
        const before = `message.${name}?.case === '${label}' ? message.${name}.value : ${kind.type}.create()`;
        return readCase(field, kind, { scalar: assign, message: (read) => assign(read(before)) });
      })
      .join(''),
    size: cases(({ field, kind }) => `        size += ${sizeOf(field, kind, value)};\n`),
    write: cases(({ field, kind }) => writeOf(field, kind, value, '        ')),
  };
}

/** A map is a list of entries, each a message with the key as field 1 and the value as field 2. */
function mapProperty(field: protobuf.Field & Pick<protobuf.MapField, 'keyType'>): Property {
  const name = fieldName(field.name);
  const key = scalar(field.keyType);
  const value = fieldKind(field);
  if (key.type !== 'string' || value.kind !== 'message') throw new Error('maps here go from text to messages');
  const tag = tagOf(field, 2);
  const entrySize = `1 + sizeString(key) + 1 + sizeLength(${value.type}.size(value))`;
  const eachEntry = (body: string) => `    if (message.${name} !== undefined) {
      for (const [key, value] of message.${name}) {
${body}      }
    }
`;
  return {
    name,
    declaration: declaration(field, value, `Map<string, ${value.type}>`),
    initial: 'new Map()',
    read: `        case ${tag}: {
          const outerEnd = reader.enter();
          let key = '';
          const value = ${value.type}.create();
          for (let entryTag = reader.tag(); entryTag !== 0; entryTag = reader.tag()) {
            if (entryTag === 10) {
              key = reader.string();
            } else if (entryTag === 18) {
              const entryEnd = reader.enter();
              ${value.type}.read(reader, value);
              reader.leave(entryEnd);
            } else {
              reader.skip(entryTag);
            }
          }
          message.${name}.set(key, value);
          reader.leave(outerEnd);
          break;
        }
`,
    size: eachEntry(`        size += ${sizeOfTag(tag)} + sizeLength(${entrySize});\n`),
    write: eachEntry(`        writer.uint32(${tag});
        writer.uint32(${entrySize});
        writer.uint32(10);
        writer.string(key);
        writer.uint32(18);
        writer.uint32(${value.type}.size(value));
        ${value.type}.write(value, writer);
`),
  };
}

function declaration(field: protobuf.Field, kind: FieldKind, type: string): string {
  const isEnum = kind.kind === 'scalar' && kind.enumName !== undefined;
  const comment = [field.comment, isEnum ? `A \`${kind.enumName}\`.` : null].filter((part) => part).join(' ');
  return `${docComment(comment, '  ')}  ${fieldName(field.name)}: ${type};\n`;
}

function readSwitch(properties: readonly Property[]): string {
  if (properties.length === 0) return '      reader.skip(tag);\n';
  return `      switch (tag) {
${properties.map((property) => property.read).join('')}        default:
          reader.skip(tag);
      }
`;
}

/**
 * The case of the switch that reads one value. `into` gives the statement that stores the value,
 * from the expression that reads it.
 */
function readCase(
  field: protobuf.Field,
  kind: FieldKind,
  into: { scalar: (read: string) => string; message: (read: (target: string) => string) => string },
): string {
  if (kind.kind === 'scalar') {
    return `        case ${tagOf(field, kind.wireType)}:
          ${into.scalar(`reader.${kind.read}()`)};
          break;
`;
  }
  return `        case ${tagOf(field, 2)}: {
          const outerEnd = reader.enter();
          ${into.message((target) => `${kind.type}.read(reader, ${target})`)};
          reader.leave(outerEnd);
          break;
        }
`;
}

function sizeOf(field: protobuf.Field, kind: FieldKind, value: string): string {
  if (kind.kind === 'message') return `${sizeOfTag(tagOf(field, 2))} + sizeLength(${kind.type}.size(${value}))`;
  const tagSize = sizeOfTag(tagOf(field, kind.wireType));
  return kind.size === undefined ? `${tagSize + 1}` : `${tagSize} + ${kind.size}(${value})`;
}

function writeOf(field: protobuf.Field, kind: FieldKind, value: string, indent: string): string {
  if (kind.kind === 'scalar') {
    return `${indent}writer.uint32(${tagOf(field, kind.wireType)});\n${indent}writer.${kind.write}(${value});\n`;
  }
  return `${indent}writer.uint32(${tagOf(field, 2)});
${indent}writer.uint32(${kind.type}.size(${value}));
${indent}${kind.type}.write(${value}, writer);
`;
}

function loop(name: string, body: string): string {
  return `    if (message.${name} !== undefined) {
      for (const item of message.${name}) {
${body.replace(/^/gm, '  ').trimEnd()}
      }
    }
`;
}

function tagOf(field: protobuf.Field, wireType: number): number {
  return (field.id << 3) | wireType;
}

function sizeOfTag(tag: number): number {
  return tag < 0x80 ? 1 : 2;
}
