import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hideCredentials, redact } from '../../../src/config/redact.ts';
import { onThisMachine } from '../../support/slowness.ts';

const secret = 's3cret';

test('passwords in database addresses are removed and the rest is kept', () => {
  const known: Readonly<Record<string, string>> = {
    [`postgres://me:${secret}@h:5432/db?sslmode=require`]: 'postgres://me:***@h:5432/db?sslmode=require',
    [`mysql://me:${secret}@tcp(h:3306)/db`]: 'mysql://me:***@tcp(h:3306)/db',
    [`postgres://h/db?user=me&password=${secret}&x=1`]: 'postgres://h/db?user=me&password=***&x=1',
    'http://127.0.0.1:2379': 'http://127.0.0.1:2379',
    'sqlite:///var/lib/a@b.db': 'sqlite:///var/lib/a@b.db',
  };
  for (const [text, expected] of Object.entries(known)) assert.equal(redact(text), expected);
});

test('a password with an @, a quote or a backslash is removed completely, also in JSON', () => {
  for (const password of [`a@${secret}`, `a"${secret}`, `a\\${secret}`]) {
    const line = JSON.stringify({ endpoint: `postgres://me:${password}@h/db`, message: 'kept@all' });
    assert.doesNotMatch(redact(line), new RegExp(secret));
    assert.match(redact(line), /kept@all/);
  }
});

test('the password of each of several addresses is removed', () => {
  const line = `//a:b c //x:${secret}@h/p//y:${secret}@i postgres://me:${secret}@j`;
  assert.equal(redact(line), '//a:b c //x:***@i postgres://me:***@j');
});

test('in an address that cannot be parsed, everything that may be a password is hidden', () => {
  assert.equal(hideCredentials(`etcd://me:a b"${secret}@h//x`), 'etcd://***@h//x');
  assert.equal(hideCredentials(`etcd://h/?password=a b${secret}&x=1`), 'etcd://h/?password=***&x=1');
});

test('texts of 4 MiB are searched for passwords in linear time', () => {
  const pieces = ['//a:', '/', '//a:\\', '"password":"', 'password=', '//', '\\"//:', '@', '//a:@'];
  for (const piece of pieces) {
    const text = piece.repeat((4 * 1024 * 1024) / piece.length);
    const started = performance.now();
    redact(text);
    hideCredentials(text);
    const tookMs = performance.now() - started;
    assert(tookMs < onThisMachine(3_000), `${tookMs} ms for ${piece}`);
  }
});
