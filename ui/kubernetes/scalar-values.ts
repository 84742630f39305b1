/** Types of Kubernetes that are one value in YAML. */
import { base64OfBytes, textOfBytes } from '../bytes.ts';
import { parseJson } from '../parse-json.ts';
import { type Plain, shortest } from './field-tree.ts';
import { type ProtobufField, protobufFields } from './protobuf-fields.ts';

type WireValue = ProtobufField['value'];

/** The value in YAML; undefined if the value is not of the type. */
type ReadScalar = (value: WireValue) => Plain | undefined;

const text: ReadScalar = (value) => (typeof value === 'bigint' ? undefined : textOfBytes(value));

const int: ReadScalar = (value) => (typeof value === 'bigint' ? shortest(value) : undefined);

const bool: ReadScalar = (value) => (typeof value === 'bigint' ? value !== 0n : undefined);

const bytes: ReadScalar = (value) => (typeof value === 'bigint' ? undefined : base64OfBytes(value));

const quantity: ReadScalar = (value) => {
  const fields = fieldsOf(value, [1]);
  const [amount] = fields ?? [];
  return fields && (amount === undefined ? '0' : text(amount.value) || '0');
};

/** The first field is the kind: 0 is a number (field 2), 1 a text (field 3). */
const intOrString: ReadScalar = (value) => {
  const fields = fieldsOf(value, [1, 2, 3]);
  const at = (wanted: number) => fields?.find(({ number }) => number === wanted)?.value;
  return fields && (at(1) === 1n ? text(at(3) ?? new Uint8Array()) : int(at(2) ?? 0n));
};

const time: ReadScalar = (value) => timeText(value, (iso) => `${iso.slice(0, -5)}Z`);

const microTime: ReadScalar = (value) =>
  timeText(value, (iso, nanos) => `${iso.slice(0, -4)}${String(Math.floor(nanos / 1_000)).padStart(6, '0')}Z`);

/** Any JSON, as its text in the first field. */
const json: ReadScalar = (value) => {
  const fields = fieldsOf(value, [1]);
  const [raw] = fields ?? [];
  if (fields !== undefined && raw === undefined) return null;
  const source = raw && text(raw.value);
  return typeof source === 'string' ? (parseJson(source)?.value as Plain | undefined) : undefined;
};

const texts: ReadScalar = (value) => {
  const items = fieldsOf(value, [1])?.map((field) => text(field.value));
  return items?.every((item) => item !== undefined) ? items : undefined;
};

export const scalarValues: ReadonlyMap<string, ReadScalar> = new Map(
  Object.entries({ text, int, bool, bytes, quantity, intOrString, time, microTime, json, texts }),
);

/**
 * Seconds and nanoseconds as Go writes them to JSON: no fields are the zero time, which is null.
 * JSON has no text for a year of five digits.
 */
function timeText(value: WireValue, format: (iso: string, nanos: number) => string): Plain | undefined {
  const fields = fieldsOf(value, [1, 2]);
  if (fields === undefined) return undefined;
  if (fields.length === 0) return null;
  const at = (wanted: number) => Number(int(fields.find(({ number }) => number === wanted)?.value ?? 0n) ?? Number.NaN);
  const date = new Date(at(1) * 1_000);
  const year = date.getUTCFullYear();
  return year >= 0 && year <= 9_999 && at(2) >= 0 && at(2) < 1e9 ? format(date.toISOString(), at(2)) : undefined;
}

/** The fields of a message; undefined if there are others, which must not be lost. */
function fieldsOf(value: WireValue, numbers: readonly number[]): readonly ProtobufField[] | undefined {
  const fields = typeof value === 'bigint' ? undefined : protobufFields(value);
  return fields?.every(({ number }) => numbers.includes(number)) ? fields : undefined;
}
