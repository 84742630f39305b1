import { fieldTree, type Members, type Plain } from './field-tree.ts';
import type { FieldSchema, MessageSchema, ObjectSchemas } from './object-schemas.ts';
import { type ProtobufField, protobufFields } from './protobuf-fields.ts';
import { scalarValues } from './scalar-values.ts';

/**
 * Messages that nest deeper are shown as bytes. Without messages that contain themselves, the table
 * has 13 levels.
 */
const depthMax = 60;

/**
 * A message with the names of its YAML, in their order, as `kubectl get -o yaml` prints it. A field
 * that the schema lacks, or whose bytes do not fit its type, has its number for a name: nothing is
 * left out.
 */
export function namedTree(
  fields: readonly ProtobufField[],
  schema: MessageSchema,
  schemas: ObjectSchemas,
  depth = 0,
): Members {
  const values = new Map<FieldSchema, Plain[]>();
  const unnamed: ProtobufField[] = [];
  for (const field of fields) {
    const known = schema.get(field.number);
    const plain = known && readField(known, field.value, schemas, depth);
    if (known === undefined || plain === undefined) unnamed.push(field);
    else values.set(known, known.cardinality === 'one' ? [plain] : append(values.get(known), plain));
  }
  const named = [...values].flatMap(([known, plains]) => members(known, plains));
  const nulls = [...schema.values()].filter((known) => known.isNullable && !values.has(known));
  return sorted([
    ...named,
    ...nulls.map(({ name = '' }): Member => [name, null]),
    ...Object.entries(fieldTree(unnamed, depth)),
  ]);
}

function append(list: Plain[] | undefined, plain: Plain): Plain[] {
  if (list === undefined) return [plain];
  list.push(plain);
  return list;
}

type Member = readonly [name: string, value: Plain];

function members({ name, number, cardinality, omitsEmpty }: FieldSchema, values: readonly Plain[]): readonly Member[] {
  const [value = null] = values;
  if (name === undefined) return embedded(number, value as Members);
  switch (cardinality) {
    case 'list':
      return [[name, values]];
    case 'map':
      return [[name, sorted(values as readonly Member[])]];
    case 'one':
      return omitsEmpty && isEmpty(value) ? [] : [[name, value]];
  }
}

/** Fields of an embedded message that have no name get the number of the message in front. */
function embedded(number: number, inner: Members): readonly Member[] {
  return Object.entries(inner).map(([name, value]) => [/^\d/.test(name) ? `${number}.${name}` : name, value]);
}

function isEmpty(value: Plain): boolean {
  return value === '' || value === 0 || value === false || value === null;
}

/** Own members, also of the name `__proto__`. */
function sorted(entries: readonly Member[]): Members {
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}

/** Undefined: the value does not fit the field. */
function readField(
  { cardinality, type }: FieldSchema,
  value: ProtobufField['value'],
  schemas: ObjectSchemas,
  depth: number,
): Plain | undefined {
  if (cardinality !== 'map') return readValue(type, value, schemas, depth);
  const entry = typeof value === 'bigint' ? undefined : protobufFields(value);
  if (entry === undefined) return undefined;
  const at = (wanted: number) => entry.find(({ number }) => number === wanted)?.value ?? new Uint8Array();
  const key = readValue('text', at(1), schemas, depth);
  const content = readValue(type, at(2), schemas, depth);
  return key === undefined || content === undefined ? undefined : [key, content];
}

function readValue(
  type: string,
  value: ProtobufField['value'],
  schemas: ObjectSchemas,
  depth: number,
): Plain | undefined {
  const scalar = scalarValues.get(type);
  if (scalar !== undefined) return scalar(value);
  const schema = schemas.message(type);
  if (schema === undefined || typeof value === 'bigint' || depth >= depthMax) return undefined;
  const fields = protobufFields(value);
  return fields && namedTree(fields, schema, schemas, depth + 1);
}
