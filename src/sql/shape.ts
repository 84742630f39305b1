/** Shapes of rows that are rarely read. */
import type { ColumnType } from './dialects/dialect.ts';
import type { ColumnTypes, Shape, Value, Values } from './statement.ts';

/** The type of a column, with `?` if it may be NULL. */
type FieldType = ColumnType | `${ColumnType}?`;

interface ValueOfType {
  readonly text: string;
  readonly integer: number;
  readonly bytes: Uint8Array;
  readonly 'text?': string | null;
  readonly 'integer?': number | null;
  readonly 'bytes?': Uint8Array | null;
}

/** Rows of one column, decoded as its value. */
export function single<const Type extends FieldType>(name: string, type: Type): Shape<ValueOfType[Type]> {
  return { columns: { [name]: typeOf(type) }, decode: (row) => fieldAt(row, 0, type) as ValueOfType[Type] };
}

/**
 * Rows that are decoded as records of their columns. Frequent statements have a decoder of their
 * own instead.
 */
export function record<const Fields extends Readonly<Record<string, FieldType>>>(
  fields: Fields,
): Shape<{ readonly [Name in keyof Fields]: ValueOfType[Fields[Name]] }> {
  const entries = Object.entries(fields);
  return {
    columns: Object.fromEntries(entries.map(([name, type]) => [name, typeOf(type)])),
    decode: (row) =>
      Object.fromEntries(entries.map(([name, type], index) => [name, fieldAt(row, index, type)])) as {
        [Name in keyof Fields]: ValueOfType[Fields[Name]];
      },
  };
}

/** Rows of which the first column is read, of any type. */
export const anyValue: Shape<Value> = { columns: { value: 'text' }, decode: (row) => row[0] as Value };

function typeOf(type: FieldType): ColumnType {
  return (type.endsWith('?') ? type.slice(0, -1) : type) as ColumnType;
}

function fieldAt(row: Values, index: number, type: FieldType): Value {
  return type === 'integer' ? numberAt(row, index) : (row[index] as Value);
}

/** The number in a column that is never NULL. */
export function numberAt(row: Values, index: number): number {
  const value: Value | undefined = row[index];
  if (typeof value !== 'number') throw new TypeError(`column ${index} is not a number: ${String(value)}`);
  return value;
}

/** The columns of a second row in the same result, with a prefix before their names. */
export function prefixed(prefix: string, columns: ColumnTypes): ColumnTypes {
  return Object.fromEntries(Object.entries(columns).map(([name, type]) => [`${prefix}.${name}`, type]));
}
