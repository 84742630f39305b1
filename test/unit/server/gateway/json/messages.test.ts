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

/** The replies of etcd 3.7.3, without the space after "proto:". */
const refused: readonly (readonly [json: string, message: string])[] = [
  ['null', 'syntax error (line 1:1): unexpected token null'],
  ['[1]', 'syntax error (line 1:1): unexpected token ['],
  ['"x"', 'syntax error (line 1:1): unexpected token "x"'],
  ['12', 'syntax error (line 1:1): unexpected token 12'],
  ['{"key":"!!"}', '(line 1:8): invalid value for bytes field key: "!!"'],
  ['{"key":"Zm=v"}', '(line 1:8): invalid value for bytes field key: "Zm=v"'],
  ['{"key":"Z"}', '(line 1:8): invalid value for bytes field key: "Z"'],
  ['{"key":5}', '(line 1:8): invalid value for bytes field key: 5'],
  ['{"key":[1]}', '(line 1:8): invalid value for bytes field key: ['],
  ['{"key":"Zm9v","range_end":{"a":1}}', '(line 1:27): invalid value for bytes field rangeEnd: {'],
  ['{"key":"Zm9v","key":"Zm9v"}', '(line 1:15): duplicate field "key"'],
  ['{"sort_order":1,"sortOrder":1}', '(line 1:17): duplicate field "sortOrder"'],
  ['{"limit":5.5}', '(line 1:10): invalid value for int64 field limit: 5.5'],
  ['{"limit":true}', '(line 1:10): invalid value for int64 field limit: true'],
  ['{"limit":"9223372036854775808"}', '(line 1:10): invalid value for int64 field limit: "9223372036854775808"'],
  ['{"é":1,"limit":"x"}', '(line 1:16): invalid value for int64 field limit: "x"'],
  ['{"é":[{"b":"}"}],\n\n "limit":"x"}', '(line 3:10): invalid value for int64 field limit: "x"'],
  ['{"sort_order":true}', '(line 1:15): invalid value for enum field sortOrder: true'],
  ['{"serializable":"true"}', '(line 1:17): invalid value for bool field serializable: "true"'],
  ['{"key":"\\ud800"}', 'unexpected EOF'],
  ['{"key":"\\ud83d\\ude00\\ude00aaaaaa"}', 'syntax error (line 1:8): invalid escape code "aaaaaa" in string'],
];

const refusedTransactions: typeof refused = [
  ['{"compare":{}}', 'syntax error (line 1:12): unexpected token {'],
  ['{"compare":[1]}', 'syntax error (line 1:13): unexpected token 1'],
  ['{"compare":[null]}', 'syntax error (line 1:13): unexpected token null'],
  ['{"success":[{"request_put":"x"}]}', 'syntax error (line 1:28): unexpected token "x"'],
  [
    '{"compare":[{"version":"1","value":"YQ=="}]}',
    '(line 1:28): error parsing "value", oneof etcdserverpb.Compare.target_union is already set',
  ],
];

test('JSON of another message is refused in protojson’s words', () => {
  for (const [name, table] of [
    ['etcdserverpb.RangeRequest', refused],
    ['etcdserverpb.TxnRequest', refusedTransactions],
  ] as const) {
    for (const [json, message] of table) {
      assert.throws(
        () => readMessage(Buffer.from(json), messageSchema(name)),
        { name: 'ProtoJsonError', message: `proto: ${message}` },
        json,
      );
    }
  }
  const notText = Buffer.from('{"key":"\xff"}', 'latin1');
  assert.throws(() => readMessage(notText, messageSchema('etcdserverpb.RangeRequest')), {
    message: 'proto: syntax error (line 1:8): invalid UTF-8 in string',
  });
});

test('transactions can be nested as deep as messages may be, and no deeper', () => {
  const nested = (depth: number) => `${'{"success":[{"request_txn":'.repeat(depth)}{}${'}]}'.repeat(depth)}`;
  const schema = messageSchema('etcdserverpb.TxnRequest');
  assert.doesNotThrow(() => readMessage(Buffer.from(nested(199)), schema));
  assert.throws(() => readMessage(Buffer.from(nested(250)), schema), {
    message: 'proto: exceeded max recursion depth',
  });
  const unknown = `{"nobody":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;
  assert.doesNotThrow(() => readMessage(Buffer.from(unknown), schema));
});
