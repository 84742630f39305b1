import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonValues } from '../../../../../src/server/gateway/json/json-values.ts';
import { seededRandom } from '../../../wire/random.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The values of a body that arrives in these pieces, and the error that ends them. */
function valuesOf(pieces: readonly Buffer[]): { readonly values: readonly string[]; readonly error: string } {
  const reader = new JsonValues({ valueBytesMax: 1000 });
  const values: string[] = [];
  try {
    for (const piece of pieces) {
      reader.push(piece);
      for (let value = reader.next(); value !== undefined; value = reader.next()) values.push(value.toString());
    }
    const last = reader.last();
    if (last !== undefined) values.push(last.toString());
    return { values, error: '' };
  } catch (error) {
    return { values, error: (error as Error).message };
  }
}

function inPieces(text: string, random: () => number): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(random() * 4);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

const whole = ['{}', '[1,-2.5e+3,true,null]', '{"a":{"b":"\\"}{\\u00e9é"}}', '"text"', '0', '-12', 'false', '[[],{}]'];

test(`values are separated correctly, however the bytes arrive (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  for (let round = 0; round < 300; round += 1) {
    const values = Array.from({ length: 5 }, () => whole[Math.floor(random() * whole.length)] as string);
    const text = values.map((value) => ` \n${value}\t`).join('');
    assert.deepEqual(valuesOf(inPieces(text, random)), { values, error: '' }, text);
  }
});

test('values need no space between each other', () => {
  assert.deepEqual(valuesOf([Buffer.from('{}{"a":1}[]"b""c"1"d"true')]).values, [
    '{}',
    '{"a":1}',
    '[]',
    '"b"',
    '"c"',
    '1',
    '"d"',
    'true',
  ]);
});

test(`a text is accepted exactly if JSON.parse accepts it (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  const letters = [...'{}[],:"\\u0eE+-.1 truefalsn\n'];
  for (let round = 0; round < 20_000; round += 1) {
    const source = [...(whole[Math.floor(random() * whole.length)] as string)];
    for (let change = 0; change < 2; change += 1) {
      const letter = letters[Math.floor(random() * letters.length)] as string;
      source.splice(Math.floor(random() * source.length), Math.floor(random() * 2), letter);
    }
    const text = source.join('');
    const { values, error } = valuesOf(inPieces(text, random));
    const isOne = error === '' && values.length === 1;
    assert.equal(isOne, isJson(text), text);
  }
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The replies of etcd 3.7.3, with the texts of Go's encoding/json. */
const broken: readonly (readonly [text: string, message: string])[] = [
  ['}', "invalid character '}' looking for beginning of value"],
  ['{"key":', 'unexpected EOF'],
  ['tru', 'unexpected EOF'],
  ['-', 'unexpected EOF'],
  ['"a', 'unexpected EOF'],
  ['trux', "invalid character 'x' in literal true (expecting 'e')"],
  ['{"a"}', "invalid character '}' after object key"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":1e+}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":[1,2}', "invalid character '}' after array element"],
  ['{"a":"\\q"}', "invalid character 'q' in string escape code"],
  ['{"a":"\\u00"}', "invalid character '\"' in \\u hexadecimal character escape"],
  ['{"a":"\n"}', "invalid character '\\n' in string literal"],
  ['é', "invalid character 'Ã' looking for beginning of value"],
  ['\x01', "invalid character '\\x01' looking for beginning of value"],
  ["'", "invalid character '\\'' looking for beginning of value"],
  ['['.repeat(999), 'unexpected EOF'],
];

test("the first invalid byte is reported in Go's words", () => {
  for (const [text, message] of broken) assert.equal(valuesOf([Buffer.from(text)]).error, message, text);
  const deep = new JsonValues({ valueBytesMax: 100_000 });
  deep.push(Buffer.from('['.repeat(10_001)));
  assert.throws(() => deep.next(), { message: "invalid character '[' exceeded max depth" });
});

test('bytes after a value are not parsed before the next value is requested', () => {
  const reader = new JsonValues({ valueBytesMax: 1000 });
  reader.push(Buffer.from('{} nonsense'));
  assert.equal(reader.next()?.toString(), '{}');
  assert.throws(() => reader.next(), { name: 'JsonSyntaxError' });
});

test('a value above the limit is refused before it is complete', () => {
  const { error } = valuesOf([Buffer.from(`"${'a'.repeat(600)}`), Buffer.from('a'.repeat(600))]);
  assert.equal(error, 'grpc: received message larger than max (1201 vs. 1000)');
});
