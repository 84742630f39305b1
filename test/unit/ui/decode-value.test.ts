import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOfText } from '../../../ui/bytes.ts';
import { decodeValue } from '../../../ui/value/decode-value.ts';
import { formsOf, textOfForm } from '../../../ui/value/value-forms.ts';
import { jsonObject, message, protobufObject } from '../../support/ui/kubernetes-objects.ts';

function decoded(value: Uint8Array | string) {
  const bytes = Uint8Array.from(Buffer.from(value as string));
  const found = decodeValue(bytes);
  return { found, bytes, shown: textOfForm(formsOf(found)[0] ?? 'hex', bytes, found) };
}

describe('values', () => {
  test('an object in protobuf is YAML with its metadata, and the rest by numbers', () => {
    const { shown } = decoded(
      protobufObject({
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'web-1',
        namespace: 'shop',
        owner: { kind: 'ReplicaSet', name: 'web' },
        labels: { app: 'web', 'example.com/tier': 'front' },
        rest: [[2, message([3, 'Always'], [4, 30], [9, message([1, 7])])]],
      }),
    );
    assert.equal(
      shown,
      `apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: shop
  uid: u-1
  generation: 3
  creationTimestamp: 2023-11-14T22:13:20Z
  labels:
    app: web
    example.com/tier: front
  ownerReferences:
    - kind: ReplicaSet
      name: web
      uid: u-2
      apiVersion: apps/v1
      controller: true
  finalizers:
    - example.com/protect
  managedFields:
    - manager: kube-controller-manager
      operation: Update
      apiVersion: v1
      time: 2023-11-14T22:13:20Z
      fieldsType: FieldsV1
      fieldsV1: (not shown)
# Fields without names: their numbers in the protobuf of this kind are shown.
fields:
  "2":
    "3": Always
    "4": 30
    "9":
      "1": 7
`,
    );
  });

  test('an object in JSON is YAML whole', () => {
    const { found, shown } = decoded(jsonObject({ apiVersion: 'example.com/v1', kind: 'Widget', name: 'main' }));
    assert.equal(found.kind, 'kubernetes');
    assert.match(shown, /^kind: Widget$/m);
    assert.match(shown, /^ {2}large: "12345678901234567890"$/m);
  });

  test('numbers of JSON keep all digits', () => {
    const object = '{"apiVersion":"v1","kind":"K","metadata":{},"n":12345678901234567890}';
    assert.match(decoded(object).shown, /^n: 12345678901234567890$/m);
    assert.match(
      decoded('{"n":12345678901234567890,"f":1.0,"e":1e400}').shown,
      /"n": 12345678901234567890,\n {2}"f": 1.0,\n {2}"e": 1e400/,
    );
  });

  test('JSON is shown with one member a line', () => {
    const { found, shown } = decoded('{"a":[1,{"b":"x{,}\\""}],"c":{},"d":[]}');
    assert.equal(found.kind, 'json');
    assert.equal(shown, '{\n  "a": [\n    1,\n    {\n      "b": "x{,}\\""\n    }\n  ],\n  "c": {},\n  "d": []\n}');
    assert.deepEqual(JSON.parse(shown), { a: [1, { b: 'x{,}"' }], c: {}, d: [] });
  });

  test('a value that the API server encrypted is named with its provider and key', () => {
    const { found } = decoded(Buffer.concat([Buffer.from('k8s:enc:aescbc:v1:key1:'), Buffer.from([1, 255, 2])]));
    assert.deepEqual(found, { kind: 'encrypted', provider: 'aescbc v1', keyName: 'key1' });
  });

  test('text that only begins like JSON is text, and bytes are hex', () => {
    assert.equal(decoded('{not json').found.kind, 'text');
    assert.equal(decoded('12').found.kind, 'text');
    assert.equal(decoded('').found.kind, 'empty');
    const { found, shown } = decoded(Uint8Array.of(0, 255, 0x41));
    assert.equal(found.kind, 'binary');
    assert.equal(shown, '00000000  00 ff 41                                         |..A|');
  });

  test('every part of an object that is cut off or changed is decoded without an error', () => {
    const whole = protobufObject({ apiVersion: 'v1', kind: 'Pod', name: 'web-1', owner: { kind: 'Job', name: 'j' } });
    for (let at = 0; at < whole.length; at += 1) {
      for (const bytes of [whole.subarray(0, at), whole.with(at, 0xff), whole.with(at, 0)]) decoded(bytes);
    }
  });

  test('a message that nests without end is shown as bytes at some depth', () => {
    let nested = message([1, 0]);
    for (let depth = 0; depth < 500; depth += 1) nested = message([1, nested]);
    const { shown } = decoded(protobufObject({ apiVersion: 'v1', kind: 'K', name: 'n', rest: [[2, nested]] }));
    assert.match(shown, /0x0a/);
  });

  test('an encrypted value of a key name that is missing is bytes or text', () => {
    assert.equal(decodeValue(bytesOfText('k8s:enc:aescbc')).kind, 'text');
  });
});
