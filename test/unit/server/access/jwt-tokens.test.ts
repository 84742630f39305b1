import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type JwtSignMethod, jwtSignMethods } from '../../../../src/config/config.ts';
import { EtcdError } from '../../../../src/errors.ts';
import { JwtTokens } from '../../../../src/server/access/jwt-tokens.ts';
import { temporaryDirectory } from '../../../support/index.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pairs = {
  RS: () => rsa,
  PS: () => rsa,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
} as const;

const pem = (key: KeyObject, type: 'pkcs8' | 'spki'): string => key.export({ format: 'pem', type }).toString();

/** Key files for a method: a secret for HS. */
function keyFiles(signMethod: JwtSignMethod) {
  const directory = temporaryDirectory();
  const [privateKeyFile, publicKeyFile] = [join(directory, 'private'), join(directory, 'public')];
  const make = Object.entries(pairs).find(([name]) => signMethod.startsWith(name))?.[1];
  if (make === undefined) {
    writeFileSync(privateKeyFile, 'a secret of more than thirty-two bytes, of sixty-four rather, for HS512');
    return { kind: 'jwt', signMethod, privateKeyFile, publicKeyFile: undefined, ttlMs: 60_000 } as const;
  }
  const { privateKey, publicKey } = make();
  writeFileSync(privateKeyFile, pem(privateKey, 'pkcs8'));
  writeFileSync(publicKeyFile, pem(publicKey, 'spki'));
  return { kind: 'jwt', signMethod, privateKeyFile, publicKeyFile, ttlMs: 60_000 } as const;
}

const isRefused = (error: unknown): boolean => error instanceof EtcdError && error.entry === 'invalidAuthToken';

test('tokens of each signing method are accepted by that method only', async () => {
  const others = await JwtTokens.open(keyFiles('ES256'));
  for (const signMethod of jwtSignMethods) {
    const files = keyFiles(signMethod);
    const tokens = await JwtTokens.open(files);
    const token = await tokens.issue('ann', 7);
    assert.equal(tokens.cached(token), undefined);
    const { user, revision } = await tokens.verify(token);
    assert.deepEqual([user, revision], ['ann', 7], signMethod);
    assert.equal(tokens.cached(token)?.user, 'ann');
    await assert.rejects(others.verify(token), isRefused);
    await assert.rejects(tokens.verify(`${token}x`), isRefused);
    if (files.publicKeyFile === undefined) continue;
    const knowing = await JwtTokens.open({ ...files, privateKeyFile: undefined });
    assert.equal((await knowing.verify(token)).user, 'ann');
    await assert.rejects(knowing.issue('ann', 7), /verify-only key/);
  }
});

test('an expired token is refused', async (context) => {
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const tokens = await JwtTokens.open(keyFiles('HS256'));
  const token = await tokens.issue('ann', 7);
  await tokens.verify(token);
  context.mock.timers.tick(61_000);
  assert.equal(tokens.cached(token), undefined);
  await assert.rejects(tokens.verify(token), isRefused);
  await assert.rejects(tokens.verify(token), isRefused, 'it is read anew');
});
