import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listAllows, parseHostNames, parseOrigins } from '../../../../src/config/listen/listen-web-lists.ts';

test('origins are parsed as browsers write them', () => {
  assert.deepEqual(parseOrigins('https://a.example, http://b.example:8080'), [
    'https://a.example',
    'http://b.example:8080',
  ]);
  assert.deepEqual(parseOrigins('*'), ['*']);
  assert.deepEqual(parseOrigins(''), []);
  for (const wrong of ['a.example', 'https://a.example/path', 'ftp://a.example']) {
    assert.throws(() => parseOrigins(wrong), /is not an origin; write http:\/\/HOST:PORT/, wrong);
  }
});

test('host names are parsed without a scheme', () => {
  assert.deepEqual(parseHostNames('localhost,10.0.0.1,::1'), ['localhost', '10.0.0.1', '::1']);
  assert.throws(() => parseHostNames('http://localhost'), /is not a host name/);
});

test('an empty list and * allow every origin or host', () => {
  assert.ok(listAllows([], 'a') && listAllows(['*'], 'a') && listAllows(['a', 'b'], 'a'));
  assert.ok(!listAllows(['b'], 'a'));
});
