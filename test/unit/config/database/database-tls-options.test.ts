import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import type { DatabaseTls } from '../../../../src/config/database/database-remote-dsn.ts';
import { databaseTlsOptions } from '../../../../src/config/database/database-tls-options.ts';
import { certificate, encryptedKey, foreignKey, key } from '../certificates.ts';

const directory = mkdtempSync(join(tmpdir(), 'tine-tls-files-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const caFile = file('ca.pem', `a comment\n${certificate}\n${certificate}`);
const certFile = file('certificate.pem', certificate);
const keyFile = file('key.pem', key);

const optionsOf = (tls: Partial<DatabaseTls>): ReturnType<typeof databaseTlsOptions> =>
  databaseTlsOptions({ mode: 'verify-full', caFile: undefined, certFile: undefined, keyFile: undefined, ...tls });

test('each TLS mode verifies what its name says', () => {
  assert.deepEqual(optionsOf({ mode: 'prefer', caFile }), { rejectUnauthorized: false });
  assert.deepEqual(optionsOf({ mode: 'require', caFile }), { rejectUnauthorized: false });
  assert.deepEqual(optionsOf({}), { rejectUnauthorized: true });
  assert.deepEqual(optionsOf({ caFile }), {
    rejectUnauthorized: true,
    ca: [certificate.trim(), certificate.trim()],
  });
  const byAuthority = optionsOf({ mode: 'verify-ca', caFile });
  assert.equal(byAuthority.rejectUnauthorized, true);
  assert.equal(typeof byAuthority.checkServerIdentity, 'function');
});

test('Node accepts the files', () => {
  const { ca, cert, key: privateKey } = optionsOf({ caFile, certFile, keyFile });
  assert.doesNotThrow(() => createSecureContext({ ca, cert, key: privateKey }));
});

test('missing and invalid files are reported with the reason', () => {
  const notes = file('notes.txt', 'notes');
  const damaged = file('damaged.pem', '-----BEGIN CERTIFICATE-----\nbm90ZXM=\n-----END CERTIFICATE-----\n');
  const foreign = file('foreign.pem', foreignKey);
  const encrypted = file('encrypted.pem', encryptedKey);
  const cases: readonly (readonly [Partial<DatabaseTls>, string])[] = [
    [{ caFile: '/none' }, 'ca file /none: no such file'],
    [{ caFile: directory }, `ca file ${directory}: is a directory`],
    [{ caFile: notes }, `ca file ${notes}: holds no certificate in PEM form`],
    [{ caFile: damaged }, `ca file ${damaged}: holds a certificate that cannot be read`],
    [{ certFile: '/none', keyFile }, 'certificate file /none: no such file'],
    [{ certFile: keyFile, keyFile }, `certificate file ${keyFile}: holds no certificate in PEM form`],
    [{ certFile, keyFile: `${keyFile}/x` }, `key file ${keyFile}/x: no such file`],
    [{ certFile, keyFile: notes }, `key file ${notes}: holds no private key in PEM form`],
    [{ certFile, keyFile: encrypted }, `key file ${encrypted}: is encrypted; store it without a passphrase`],
    [{ certFile, keyFile: foreign }, `key file ${foreign}: is not the key of the certificate in ${certFile}`],
  ];
  for (const [tls, message] of cases) assert.throws(() => optionsOf(tls), new Error(message));
});
