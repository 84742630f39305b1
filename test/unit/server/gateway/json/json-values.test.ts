import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonValues } from '../../../../../src/server/gateway/json/json-values.ts';
import { seededRandom } from '../../../wire/random.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The values of a body that arrives in these pieces, and the error or the rest that ends them. */
function valuesOf(pieces: readonly Buffer[]): { readonly values: readonly string[]; readonly error: string } {
  const reader = new JsonValues({ valueBytesMax: 1000 });
  const values: string[] = [];
  try {
    for (const piece of pieces) {
      reader.push(piece);
      for (let value = reader.next(); value !== undefined; value = reader.next()) values.push(value.toString());
    }
    return { values, error: reader.isInValue ? 'incomplete' : '' };
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

const whole = ['{}', '{"a":[1,-2.5e+3,true,null]}', '{"a":{"b":"\\"}{\\u00e9é"}}', '{"a":[[],{}]}', '{"\\\\":"]"}'];

test(`values are separated correctly, however the bytes arrive (TINE_TEST_SEED=${seed})`, () => {
  const random = seededRandom(seed);
  for (let round = 0; round < 300; round += 1) {
    const values = Array.from({ length: 5 }, () => whole[Math.floor(random() * whole.length)] as string);
    const text = values.map((value) => ` \n${value}\t`).join('');
    assert.deepEqual(valuesOf(inPieces(text, random)), { values, error: '' }, text);
  }
});

test('values need no space between each other', () => {
  assert.deepEqual(valuesOf([Buffer.from('{}{"a":1}{}')]).values, ['{}', '{"a":1}', '{}']);
});

test('a value that is no object is refused at its first byte', () => {
  for (const text of ['[', '"', '1', 't', '}', 'é', '\x01'])
    assert.equal(valuesOf([Buffer.from(`{}${text}`)]).error, 'a request is one JSON object', text);
});

test('a value without its end is incomplete', () => {
  for (const text of ['{', '{"key":', '{"a":"}', '{"a":"\\"}', '{"a":{}', `{"a":${'['.repeat(900)}`])
    assert.deepEqual(valuesOf([Buffer.from(text)]), { values: [], error: 'incomplete' }, text);
});

test('bytes after a value are not parsed before the next value is requested', () => {
  const reader = new JsonValues({ valueBytesMax: 1000 });
  reader.push(Buffer.from('{} nonsense'));
  assert.equal(reader.next()?.toString(), '{}');
  assert.throws(() => reader.next(), { name: 'JsonError' });
});

test('a value above the limit is refused before it is complete', () => {
  const { error } = valuesOf([Buffer.from(`{"${'a'.repeat(600)}`), Buffer.from('a'.repeat(600))]);
  assert.equal(error, 'grpc: received message larger than max (1202 vs. 1000)');
});
