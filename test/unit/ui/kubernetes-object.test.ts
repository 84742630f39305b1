import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { kubernetesType } from '../../../ui/kubernetes/kubernetes-object.ts';
import { decodeValue, objectBytesMax } from '../../../ui/value/decode-value.ts';
import { formsOf, textOfForm } from '../../../ui/value/value-forms.ts';
import { type Field, message, protobufObject } from '../../support/ui/kubernetes-objects.ts';
import { loadSchemas, storedObjects } from '../../support/ui/stored-objects.ts';

async function shown(form: 'yaml' | 'json', value: Uint8Array) {
  const bytes = Uint8Array.from(value);
  return textOfForm(form, bytes, await decodeValue(bytes, loadSchemas));
}

/** The object with these fields in JSON. */
async function objectOf(apiVersion: string, kind: string, ...rest: readonly Field[]) {
  return JSON.parse(await shown('json', protobufObject({ apiVersion, kind, name: 'n', rest })));
}

/** The API server adds the kind of a claim template in its answer. It stores none. */
function asStored(object: object): unknown {
  return JSON.parse(
    JSON.stringify(object, (name, value) =>
      name === 'volumeClaimTemplates'
        ? value.map(({ apiVersion: _, kind: __, ...rest }: object & Kind) => rest)
        : value,
    ),
  );
}

interface Kind {
  readonly apiVersion?: string;
  readonly kind?: string;
}

describe('objects that an API server stored', () => {
  for (const { key, value, object } of storedObjects()) {
    test(`${key} shows its type in its first 120 bytes`, () => {
      const type = kubernetesType(Uint8Array.from(value.subarray(0, 120)));
      const { apiVersion, kind } = object;
      assert.deepEqual(type, { apiVersion, kind });
    });

    test(`${key} has the fields that kubectl shows, in JSON and in YAML`, async () => {
      assert.deepEqual(JSON.parse(await shown('json', value)), asStored(object));
      assert.deepEqual(parse(await shown('yaml', value)), asStored(object));
    });
  }
});

describe('an object in protobuf', () => {
  test('keeps a field that is not known, by its number', async () => {
    const { spec } = await objectOf('v1', 'Pod', [2, message([3, 'Always'], [9999, message([1, 'new'], [2, 7])])]);
    assert.deepEqual(spec, { 9999: { 1: 'new', 2: 7 }, containers: null, restartPolicy: 'Always' });
  });

  test('keeps a field whose bytes do not fit its type, by its number', async () => {
    const { spec } = await objectOf('v1', 'Pod', [2, message([3, 7], [4, 'text'], [18, 5])]);
    assert.deepEqual(spec, { 3: 7, 4: 'text', 18: 5, containers: null });
  });

  test('keeps a field of an embedded message that is not known, by both numbers', async () => {
    const volume = message([1, 'v'], [2, message([999, 1])]);
    const { spec } = await objectOf('v1', 'Pod', [2, message([1, volume])]);
    assert.deepEqual(spec.volumes, [{ '2.999': 1, name: 'v' }]);
  });

  test('of an unknown kind has its metadata by names, and the rest by numbers', async () => {
    const value = protobufObject({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      name: 'main',
      rest: [[2, message([1, 7])]],
    });
    const yaml = await shown('yaml', value);
    assert.match(yaml, /^ {2}name: main$/m);
    assert.match(yaml, /\n# Fields without names: .*\nfields:\n {2}"2":\n {4}"1": 7\n$/);
  });

  test('has all digits of its numbers, negative ones too', async () => {
    const value = (revision: bigint) =>
      protobufObject({ apiVersion: 'apps/v1', kind: 'ControllerRevision', name: 'n', rest: [[3, revision]] });
    for (const form of ['json', 'yaml'] as const) {
      assert.match(await shown(form, value(2n ** 63n - 1n)), /revision"?: 9223372036854775807\n/);
      assert.match(await shown(form, value(2n ** 64n - 5n)), /revision"?: -5\n/);
      assert.match(await shown(form, value(2n ** 63n)), /revision"?: -9223372036854775808\n/);
    }
  });

  test('has text in quotes in YAML where kubectl would take it for another type', async () => {
    const texts = ['yes', 'on', 'n', '012', '0o7', '1_000', '12:30', '~', 'true', '1e3', '2024-05-06', '<<', '.5'];
    const entries = texts.map((text): Field => [2, message([1, text], [2, text])]);
    const yaml = await shown('yaml', protobufObject({ apiVersion: 'v1', kind: 'ConfigMap', name: 'n', rest: entries }));
    const expected = Object.fromEntries(texts.map((text) => [text, text]));
    for (const version of ['1.1', '1.2'] as const) assert.deepEqual(parse(yaml, { version }).data, expected);
  });

  test('has the names of a map as they are', async () => {
    const entry = (key: string): Field => [2, message([1, key], [2, 'x'])];
    const { data } = await objectOf('v1', 'ConfigMap', entry('b'), entry('__proto__'), entry('constructor'), entry(''));
    assert.deepEqual(Object.entries(data), [
      ['', 'x'],
      ['__proto__', 'x'],
      ['b', 'x'],
      ['constructor', 'x'],
    ]);
  });

  test('has a time as text if its year has four digits, and else its numbers', async () => {
    const { metadata } = await objectOf('v1', 'Pod', [1, message([8, message([1, 2n ** 60n])])]);
    assert.deepEqual(metadata[8], { 1: Number(2n ** 60n) });
    const { metadata: old } = await objectOf('v1', 'Pod', [
      1,
      message([8, message([1, BigInt(Date.UTC(1601, 0) / 1_000)])]),
    ]);
    assert.equal(old.creationTimestamp, '1601-01-01T00:00:00Z');
  });

  test('whose messages contain themselves without end is shown as bytes at some depth', async () => {
    let group = message([1, 'innermost']);
    for (let depth = 0; depth < 500; depth += 1) group = message([1, 'group'], [9, group]);
    const { spec } = await objectOf('scheduling.k8s.io/v1beta1', 'Workload', [2, message([3, group])]);
    assert.equal(spec.compositePodGroupTemplates[0].name, 'group');
    assert.match(JSON.stringify(spec), /\{"9":"0x0a0567726f75704a/);
  });

  test('that is cut off or damaged is shown as bytes', async () => {
    const whole = protobufObject({ apiVersion: 'v1', kind: 'Pod', name: 'n' });
    for (const bytes of [whole.subarray(0, -5), whole.subarray(0, 4), Buffer.from('k8s\0text'), whole.with(6, 0xff)]) {
      const found = await decodeValue(Uint8Array.from(bytes), loadSchemas);
      assert.deepEqual(found, { kind: 'undecoded', reason: 'damaged' });
      assert.deepEqual(formsOf(found), ['hex', 'text']);
    }
  });

  test('that is larger than any that an API server stores is shown as bytes', async () => {
    const pod = (length: number) =>
      protobufObject({ apiVersion: 'v1', kind: 'Pod', name: 'n', namespace: 'x'.repeat(length) });
    const extra = pod(objectBytesMax).length - objectBytesMax;
    const kindOf = async (length: number) => (await decodeValue(Uint8Array.from(pod(length)), loadSchemas)).kind;
    assert.equal(await kindOf(objectBytesMax - extra), 'kubernetes');
    assert.equal(await kindOf(objectBytesMax - extra + 1), 'undecoded');
  });
});

test('bytes that are cut within the type of an object, or are none, show no type', () => {
  const whole = protobufObject({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'n' });
  const typeEnd = 'k8s\0'.length + 2 + 2 + 'apps/v1'.length + 2 + 'ReplicaSet'.length;
  for (let length = 0; length < typeEnd; length += 1)
    assert.equal(kubernetesType(Uint8Array.from(whole.subarray(0, length))), undefined, `${length} bytes`);
  assert.deepEqual(kubernetesType(Uint8Array.from(whole.subarray(0, typeEnd))), {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
  });
  for (const text of ['{"kind":"Pod"}', 'k8s:enc:aescbc:v1:key1:', 'k8s\0\n\x02\n\0'])
    assert.equal(kubernetesType(Uint8Array.from(Buffer.from(text, 'latin1'))), undefined, text);
});
