import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authConfig, parseAuthToken } from '../../../src/config/auth-options.ts';

test('--auth-token is parsed as etcd parses it', () => {
  assert.deepEqual(parseAuthToken('simple'), { kind: 'simple' });
  assert.deepEqual(parseAuthToken(''), { kind: 'none' });
  assert.deepEqual(parseAuthToken('jwt,sign-method=RS256,priv-key=a,pub-key=b,ttl=10m'), {
    kind: 'jwt',
    signMethod: 'RS256',
    privateKeyFile: 'a',
    publicKeyFile: 'b',
    ttlMs: 600_000,
  });
  assert.deepEqual(parseAuthToken('jwt,sign-method=EdDSA,pub-key=b'), {
    kind: 'jwt',
    signMethod: 'EdDSA',
    privateKeyFile: undefined,
    publicKeyFile: 'b',
    ttlMs: 300_000,
  });
  for (const [text, reason] of [
    ['opaque', /is not a token type; use simple or jwt/],
    ['jwt', /sign-method is missing or unknown; use one of/],
    ['jwt,sign-method=none', /sign-method is missing or unknown; use one of/],
    ['jwt,sign-method', /is not NAME=VALUE/],
    ['jwt,sign-method=RS256=x', /is not NAME=VALUE/],
    ['jwt,sign-method=RS256,sign-method=RS256', /is given twice/],
    ['jwt,sign-method=RS256,ttl=soon', /is not a duration/],
  ] as const) {
    assert.throws(() => parseAuthToken(text), reason, text);
  }
});

test('an invalid bcrypt cost is replaced, with a note', () => {
  const spec = { kind: 'simple' } as const;
  assert.deepEqual(authConfig({ spec, ttlSeconds: 7, bcryptCost: 4 }), {
    config: { tokens: { kind: 'simple', ttlMs: 7_000 }, bcryptCost: 4 },
    notes: [],
  });
  for (const bcryptCost of [0, 3, 32]) {
    const { config, notes } = authConfig({ spec, ttlSeconds: 0, bcryptCost });
    assert.deepEqual(config, { tokens: { kind: 'simple', ttlMs: 300_000 }, bcryptCost: 10 });
    assert.match(notes[0] ?? '', /10 is used/);
  }
});
