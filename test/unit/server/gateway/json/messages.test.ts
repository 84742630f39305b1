import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import { type DescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { loadSchema } from '../../../../../scripts/codec/schema.ts';
import { JsonValues } from '../../../../../src/server/gateway/json/json-values.ts';
import {
  type MessageSchema,
  messageSchema,
  methodSchema,
} from '../../../../../src/server/gateway/json/message-schema.ts';
import { readMessage } from '../../../../../src/server/gateway/json/read-message.ts';
import { MessageWriter } from '../../../../../src/server/gateway/json/write-message.ts';
import { gatewayRoutes } from '../../../../../src/server/gateway/routes.ts';
import { fileDescriptors } from '../../../../../src/wire/generated/descriptors.ts';
import { seededRandom } from '../../../wire/random.ts';
import { randomMessage } from '../../../wire/random-message.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

const types = new Map(
  loadSchema(join(import.meta.dirname, '../../../../../proto'))
    .flatMap((file) => file.messages)
    .map((message) => [message.fullName.slice(1), message]),
);

/** Protoc's JSON name of a field, which it writes beside the name. */
function nameForJson({ field, nestedType }: DescriptorProto): void {
  for (const each of field) each.jsonName = protoCamelCase(each.name);
  nestedType.forEach(nameForJson);
}

/** An independent implementation of protobuf's JSON for the same schema. */
const registry = createFileRegistry(
  create(FileDescriptorSetSchema, {
    file: [...fileDescriptors]
      .sort((one, other) => one.imports.length - other.imports.length)
      .map(({ base64 }) => fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, 'base64')))
      .map((file) => {
        file.messageType.forEach(nameForJson);
        return file;
      }),
  }),
);

/** Every message of the gateway's methods. */
const schemas = new Set(
  gatewayRoutes.flatMap(({ rpc }) => {
    const { request, response } = methodSchema(rpc);
    return [request, response];
  }),
);

function descriptionOf(name: string): DescMessage {
  const message = registry.getMessage(name);
  assert(message);
  return message;
}

function written(bytes: Uint8Array, schema: MessageSchema, lengthMin = Number.POSITIVE_INFINITY): string {
  const writer = new MessageWriter(bytes, schema);
  let text = '';
  while (!writer.isDone) text += writer.next(lengthMin);
  return text;
}

/** The bytes of a message with new random content. */
function* randomMessages(random: () => number): Generator<{ schema: MessageSchema; bytes: Buffer }> {
  for (const schema of schemas) {
    const type = types.get(schema.name);
    assert(type);
    for (let round = 0; round < 40; round += 1) {
      const message = type.create(randomMessage(type, random));
      yield { schema, bytes: Buffer.from(type.encode(message).finish()) };
    }
  }
}

test('every route has a method of the wire contract, and paths are unique', () => {
  assert.equal(gatewayRoutes.length, 51);
  assert.equal(new Set(gatewayRoutes.map(({ path }) => path)).size, gatewayRoutes.length);
  for (const { rpc } of gatewayRoutes) assert.doesNotThrow(() => methodSchema(rpc), rpc);
});

test(`the JSON of every message equals another implementation's (TINE_TEST_SEED=${seed})`, () => {
  for (const { schema, bytes } of randomMessages(seededRandom(seed))) {
    const description = descriptionOf(schema.name);
    const theirs = toJson(description, fromBinary(description, bytes), { useProtoFieldName: true });
    assert.deepEqual(JSON.parse(written(bytes, schema)), theirs, `${schema.name} ${bytes.toString('hex')}`);
  }
});

test(`the message of every JSON equals another implementation's, with both field names (TINE_TEST_SEED=${seed})`, () => {
  for (const { schema, bytes } of randomMessages(seededRandom(seed))) {
    const description = descriptionOf(schema.name);
    const message = fromBinary(description, bytes);
    for (const useProtoFieldName of [true, false]) {
      const json = JSON.stringify(toJson(description, message, { useProtoFieldName }), undefined, 1);
      const ours = readMessage(Buffer.from(json), schema);
      assert.deepEqual(
        toBinary(description, fromBinary(description, ours)),
        toBinary(description, message),
        `${schema.name} ${json}`,
      );
    }
  }
});

test('a message is returned in slices of about the requested length', () => {
  const schema = messageSchema('etcdserverpb.RangeResponse');
  const kvs: JsonValue = Array.from({ length: 500 }, () => ({ key: 'YWJj', value: 'x'.repeat(100), lease: '-1' }));
  const bytes = readMessage(Buffer.from(JSON.stringify({ header: {}, kvs, count: '500' })), schema);
  const writer = new MessageWriter(bytes, schema);
  const slices: string[] = [];
  while (!writer.isDone) slices.push(writer.next(1000));
  assert.ok(slices.length > 50, `${slices.length} slices`);
  assert.ok(slices.every(({ length }) => length < 1200));
  assert.deepEqual(JSON.parse(slices.join('')), { header: {}, kvs, count: '500' });
});

test('default values are omitted, except those that select a field of a oneof', () => {
  const compare = messageSchema('etcdserverpb.Compare');
  const bytes = readMessage(Buffer.from('{"result":"EQUAL","key":"","version":0}'), compare);
  assert.equal(written(bytes, compare), '{"version":"0"}');
});

test('enum numbers without a name are kept, and unknown enum names are ignored', () => {
  const range = messageSchema('etcdserverpb.RangeRequest');
  assert.equal(written(readMessage(Buffer.from('{"sort_order":9}'), range), range), '{"sort_order":9}');
  assert.equal(written(readMessage(Buffer.from('{"sort_order":"SIDEWAYS"}'), range), range), '{}');
});

test('a number is parsed in each of its forms', () => {
  const range = messageSchema('etcdserverpb.RangeRequest');
  const limitOf = (text: string) =>
    (JSON.parse(written(readMessage(Buffer.from(`{"limit":${text}}`), range), range)) as { limit?: string }).limit;
  for (const [text, limit] of [
    ['5', '5'],
    ['"5"', '5'],
    ['5.0', '5'],
    ['50e-1', '5'],
    ['0.05e2', '5'],
    ['1e18', '1000000000000000000'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['"9223372036854775807"', '9223372036854775807'],
    ['0', undefined],
    ['-0.0e5', undefined],
    ['"12 34"', '12'],
  ] as const) {
    assert.equal(limitOf(text), limit, text);
  }
});

test('base64 is parsed in each of its forms', () => {
  const range = messageSchema('etcdserverpb.RangeRequest');
  const keyOf = (text: string) =>
    (JSON.parse(written(readMessage(Buffer.from(JSON.stringify({ key: text })), range), range)) as { key: string }).key;
  for (const text of ['+/8=', '-_8=', '+/8', '-_8', '+/\n8=\r\n\r']) assert.equal(keyOf(text), '+/8=', text);
});

const refused: readonly (readonly [json: string, message: string])[] = [
  ['[1]', 'expected an object, not ['],
  ['{"key":"!!"}', 'invalid value for bytes field key: "!!"'],
  ['{"key":"Zm=v"}', 'invalid value for bytes field key: "Zm=v"'],
  ['{"key":"Z"}', 'invalid value for bytes field key: "Z"'],
  ['{"key":5}', 'invalid value for bytes field key: 5'],
  ['{"key":[1]}', 'invalid value for bytes field key: ['],
  ['{"key":"Zm9v","range_end":{"a":1}}', 'invalid value for bytes field rangeEnd: {'],
  ['{"key":"Zm9v","key":"Zm9v"}', 'the field key is set twice'],
  ['{"sort_order":1,"sortOrder":1}', 'the field sortOrder is set twice'],
  ['{"limit":5.5}', 'invalid value for int64 field limit: 5.5'],
  ['{"limit":true}', 'invalid value for int64 field limit: true'],
  ['{"limit":"9223372036854775808"}', 'invalid value for int64 field limit: "9223372036854775808"'],
  ['{"é":[{"b":"}"}],\n\n "limit":"x"}', 'invalid value for int64 field limit: "x"'],
  ['{"sort_order":true}', 'invalid value for enum field sortOrder: true'],
  ['{"serializable":"true"}', 'invalid value for bool field serializable: "true"'],
  ['{"key":"\\ud800"}', 'invalid JSON: wrong escape in the string "\\ud800"'],
  ['{"key":"\\q"}', 'invalid JSON: wrong escape in the string "\\q"'],
  ['{"a":"\n"}', 'invalid JSON at byte 6: expected a character of a string'],
  ['{"a"}', 'invalid JSON at byte 4: expected a colon'],
  ['{a:1}', 'invalid JSON at byte 1: expected a string'],
  ['{"a":1,}', 'invalid JSON at byte 7: expected a string'],
  ['{"a":[1,]}', 'invalid JSON at byte 8: expected a value'],
  ['{"a":[1,2}', 'invalid JSON at byte 9: expected a comma or the end of the object or list'],
  ['{"key":"YQ==" "limit":1}', 'invalid JSON at byte 14: expected a comma or the end of the object or list'],
];

const refusedTransactions: typeof refused = [
  ['{"compare":{}}', 'expected a list, not {'],
  ['{"compare":[1]}', 'expected an object, not 1'],
  ['{"compare":[null]}', 'expected an object, not null'],
  ['{"success":[{"request_put":"x"}]}', 'expected an object, not "x"'],
  [
    '{"compare":[{"version":"1","value":"YQ=="}]}',
    'the field value: another field of etcdserverpb.Compare.target_union is set already',
  ],
];

test('JSON of another message, and malformed JSON, are refused with the reason', () => {
  for (const [name, table] of [
    ['etcdserverpb.RangeRequest', refused],
    ['etcdserverpb.TxnRequest', refusedTransactions],
  ] as const) {
    for (const [json, message] of table)
      assert.throws(() => readMessage(Buffer.from(json), messageSchema(name)), { name: 'JsonError', message }, json);
  }
  const notText = Buffer.from('{"key":"\xff"}', 'latin1');
  assert.throws(() => readMessage(notText, messageSchema('etcdserverpb.RangeRequest')), {
    message: 'invalid JSON: the text is not UTF-8',
  });
});

const samples = [
  '{"key":"YQ==","limit":"1"}',
  '{"a":[1,-2.5e+3,true,null,[],{}],"key":"YQ=="}',
  '{"a":{"b":"\\"}{\\u00e9é"}}',
];

test(`malformed JSON is refused, and well-formed JSON is not called malformed (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const schema = messageSchema('etcdserverpb.RangeRequest');
  const letters = [...'{}[],:"\\u0eE+-.1 truefalsn\n'];
  for (let round = 0; round < 50_000; round += 1) {
    const source = [...(samples[Math.floor(random() * samples.length)] as string)];
    for (let change = 0; change < 2; change += 1) {
      const letter = letters[Math.floor(random() * letters.length)] as string;
      // The first and the last bracket stay: `JsonValues` finds the ends of values.
      source.splice(1 + Math.floor(random() * (source.length - 2)), Math.floor(random() * 2), letter);
    }
    const text = source.join('');
    const refusal = refusalOf(text, schema);
    if (isJson(text)) assert.ok(!refusal.startsWith('invalid JSON'), `${text} ${refusal}`);
    else assert.notEqual(refusal, '', text);
  }
});

/** The text of the error; empty: the JSON was read. */
function refusalOf(text: string, schema: MessageSchema): string {
  const reader = new JsonValues({ valueBytesMax: 1000 });
  reader.push(Buffer.from(text));
  const value = reader.next();
  if (value?.length !== Buffer.byteLength(text)) return 'invalid JSON: not one value';
  try {
    readMessage(value, schema);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('transactions can be nested as deep as messages may be, and no deeper', () => {
  const nested = (depth: number) => `${'{"success":[{"request_txn":'.repeat(depth)}{}${'}]}'.repeat(depth)}`;
  const schema = messageSchema('etcdserverpb.TxnRequest');
  assert.doesNotThrow(() => readMessage(Buffer.from(nested(199)), schema));
  assert.throws(() => readMessage(Buffer.from(nested(250)), schema), {
    message: 'the message is nested too deep',
  });
  const unknown = `{"nobody":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;
  assert.doesNotThrow(() => readMessage(Buffer.from(unknown), schema));
});
