import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from '../../../src/config/redact.ts';

const secret = 's3cret';

test('passwords of database addresses are taken out, the rest stays', () => {
  const known: Readonly<Record<string, string>> = {
    [`postgres://me:${secret}@h:5432/db?sslmode=require`]: 'postgres://me:***@h:5432/db?sslmode=require',
    [`mysql://me:${secret}@tcp(h:3306)/db`]: 'mysql://me:***@tcp(h:3306)/db',
    [`postgres://h/db?user=me&password=${secret}&x=1`]: 'postgres://h/db?user=me&password=***&x=1',
    'http://127.0.0.1:2379': 'http://127.0.0.1:2379',
    'sqlite:///var/lib/a@b.db': 'sqlite:///var/lib/a@b.db',
  };
  for (const [text, expected] of Object.entries(known)) assert.equal(redact(text), expected);
});

test('a password with an @, a quote or a backslash goes whole, in a line of JSON too', () => {
  for (const password of [`a@${secret}`, `a"${secret}`, `a\\${secret}`]) {
    const line = JSON.stringify({ endpoint: `postgres://me:${password}@h/db`, message: 'kept@all' });
    assert.doesNotMatch(redact(line), new RegExp(secret));
    assert.match(redact(line), /kept@all/);
  }
});
