import { messageDepthMax } from '../../../wire/reader.ts';
import { JsonError } from './json-error.ts';
import { JsonReader, shownValue } from './json-reader.ts';
import type { FieldSchema, MessageSchema } from './message-schema.ts';
import { MessageSink } from './message-sink.ts';
import { ignored, parseScalar } from './parse-scalar.ts';

/**
 * The protobuf message of a JSON value, as Go's protojson reads it: fields by either name, 64-bit
 * numbers as strings or numbers, bytes in base64, enums by name or number, null for a missing
 * value. Unknown fields are ignored. `json` is one value that `JsonValues` has found.
 *
 * @throws JsonError
 */
export function readMessage(json: Buffer, schema: MessageSchema): Buffer {
  const sink = new MessageSink(json.length);
  readObject({ reader: new JsonReader(json), sink, depth: 0 }, schema);
  return sink.finish();
}

interface Reading {
  readonly reader: JsonReader;
  readonly sink: MessageSink;
  depth: number;
}

function readObject(reading: Reading, schema: MessageSchema): void {
  const { reader } = reading;
  reading.depth += 1;
  if (reading.depth > messageDepthMax) throw new JsonError('the message is nested too deep');
  reader.enterObject();
  const seen: (FieldSchema | string)[] = [];
  for (let name = reader.nextName(); name !== undefined; name = reader.nextName()) {
    const field = schema.byName.get(name);
    if (field === undefined) {
      reader.skipValue();
      continue;
    }
    if (seen.includes(field)) throw new JsonError(`the field ${name} is set twice`);
    seen.push(field);
    if (reader.skipNull()) continue;
    if (field.oneof !== undefined) {
      if (seen.includes(field.oneof))
        throw new JsonError(`the field ${name}: another field of ${field.oneof} is set already`);
      seen.push(field.oneof);
    }
    if (field.isList) readList(reading, field);
    else readValue(reading, field);
  }
  reading.depth -= 1;
}

function readList(reading: Reading, field: FieldSchema): void {
  reading.reader.enterList();
  while (reading.reader.hasNextElement()) readValue(reading, field);
}

function readValue(reading: Reading, field: FieldSchema): void {
  const { reader, sink } = reading;
  if (field.value.kind === 'message') {
    const start = sink.enter(field.valueTag);
    readObject(reading, field.value.schema());
    sink.leave(start);
    return;
  }
  const token = reader.scalar();
  const value = parseScalar(token, field.value);
  if (value === undefined) {
    throw new JsonError(`invalid value for ${field.value.kind} field ${field.jsonName}: ${shownValue(token)}`);
  }
  if (value === ignored) return;
  const isDefault = typeof value === 'bigint' ? value === 0n : value.length === 0;
  // A default value is not encoded, except in a oneof, where it selects the field, and in a list,
  // where it is an element.
  if (!isDefault || field.isList || field.oneof !== undefined) sink.field(field.valueTag, value);
}
