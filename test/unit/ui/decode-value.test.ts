import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOfText } from '../../../ui/bytes.ts';
import { decodeValue } from '../../../ui/value/decode-value.ts';
import { formsOf, textOfForm } from '../../../ui/value/value-forms.ts';
import { jsonObject, message, protobufObject } from '../../support/ui/kubernetes-objects.ts';
import { loadSchemas } from '../../support/ui/stored-objects.ts';

async function decoded(value: Uint8Array | string) {
  const bytes = Uint8Array.from(Buffer.from(value as string));
  const found = await decodeValue(bytes, loadSchemas);
  return { found, bytes, shown: textOfForm(formsOf(found)[0] ?? 'hex', bytes, found) };
}

describe('values', () => {
  test('an object in protobuf is YAML with the names of all its fields', async () => {
    const { shown } = await decoded(
      protobufObject({
        apiVersion: 'v1',
        kind: 'Pod',
        name: 'web-1',
        namespace: 'shop',
        owner: { kind: 'ReplicaSet', name: 'web' },
        labels: { app: 'web', 'example.com/tier': 'front' },
        rest: [[2, message([3, 'Always'], [4, 30], [2, message([1, 'web'], [2, ''], [8, ''], [18, 0])])]],
      }),
    );
    assert.equal(
      shown,
      `apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: "2023-11-14T22:13:20Z"
  finalizers:
    - example.com/protect
  generation: 3
  labels:
    app: web
    example.com/tier: front
  managedFields:
    - apiVersion: v1
      fieldsType: FieldsV1
      fieldsV1: { f:spec: {} }
      manager: kube-controller-manager
      operation: Update
      time: "2023-11-14T22:13:20Z"
  name: web-1
  namespace: shop
  ownerReferences:
    - apiVersion: apps/v1
      controller: true
      kind: ReplicaSet
      name: web
      uid: u-2
  uid: u-1
spec:
  containers:
    - name: web
      resources: {}
  restartPolicy: Always
  terminationGracePeriodSeconds: 30
`,
    );
  });

  test('an object in JSON is YAML whole', async () => {
    const { found, shown } = await decoded(jsonObject({ apiVersion: 'example.com/v1', kind: 'Widget', name: 'main' }));
    assert.equal(found.kind, 'kubernetes');
    assert.match(shown, /^kind: Widget$/m);
    assert.match(shown, /^ {2}large: "12345678901234567890"$/m);
  });

  test('numbers of JSON keep all digits', async () => {
    const object = '{"apiVersion":"v1","kind":"K","metadata":{},"size":12345678901234567890}';
    assert.match((await decoded(object)).shown, /^size: 12345678901234567890$/m);
    assert.match(
      (await decoded('{"n":12345678901234567890,"f":1.0,"e":1e400}')).shown,
      /"n": 12345678901234567890,\n {2}"f": 1.0,\n {2}"e": 1e400/,
    );
  });

  test('JSON is shown with one member a line', async () => {
    const { found, shown } = await decoded('{"a":[1,{"b":"x{,}\\""}],"c":{},"d":[]}');
    assert.equal(found.kind, 'json');
    assert.equal(shown, '{\n  "a": [\n    1,\n    {\n      "b": "x{,}\\""\n    }\n  ],\n  "c": {},\n  "d": []\n}');
    assert.deepEqual(JSON.parse(shown), { a: [1, { b: 'x{,}"' }], c: {}, d: [] });
  });

  test('a value that the API server encrypted is named with its provider and key', async () => {
    const { found } = await decoded(Buffer.concat([Buffer.from('k8s:enc:aescbc:v1:key1:'), Buffer.from([1, 255, 2])]));
    assert.deepEqual(found, { kind: 'encrypted', provider: 'aescbc v1', keyName: 'key1' });
  });

  test('text that only begins like JSON is text, and bytes are hex', async () => {
    assert.equal((await decoded('{not json')).found.kind, 'text');
    assert.equal((await decoded('12')).found.kind, 'text');
    assert.equal((await decoded('')).found.kind, 'empty');
    const { found, shown } = await decoded(Uint8Array.of(0, 255, 0x41));
    assert.equal(found.kind, 'binary');
    assert.equal(shown, '00000000  00 ff 41                                         |..A|');
  });

  test('every part of an object that is cut off or changed is decoded without an error', async () => {
    const whole = protobufObject({ apiVersion: 'v1', kind: 'Pod', name: 'web-1', owner: { kind: 'Job', name: 'j' } });
    for (let at = 0; at < whole.length; at += 1) {
      for (const bytes of [whole.subarray(0, at), whole.with(at, 0xff), whole.with(at, 0)]) await decoded(bytes);
    }
  });

  test('a message that nests without end is shown as bytes at some depth', async () => {
    let nested = message([1, 0]);
    for (let depth = 0; depth < 500; depth += 1) nested = message([1, nested]);
    const { shown } = await decoded(protobufObject({ apiVersion: 'v1', kind: 'K', name: 'n', rest: [[2, nested]] }));
    assert.match(shown, /0x0a/);
  });

  test('an encrypted value of a key name that is missing is bytes or text', async () => {
    assert.equal((await decodeValue(bytesOfText('k8s:enc:aescbc'), loadSchemas)).kind, 'text');
  });
});
