import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { RemoteDsn } from '../../../../src/config/database/database-dsn.ts';
import { flagShape } from '../../../../src/config/given-options.ts';
import { splitCommandLine } from '../../../../src/config/go-flags.ts';
import { type LoadedConfig, loadConfig } from '../../../../src/config/load-config.ts';
import { UsageError } from '../../../../src/config/usage-error.ts';
import { certificate, key } from '../certificates.ts';

type Environment = Readonly<Record<string, string>>;

const directory = mkdtempSync(join(tmpdir(), 'tine-endpoint-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const certFile = file('certificate.pem', certificate);
const keyFile = file('key.pem', key);

function load(args: readonly string[], environment: Environment = {}): LoadedConfig {
  return loadConfig(splitCommandLine(args, flagShape).flags, environment);
}

function serverOf(args: readonly string[], environment: Environment = {}): RemoteDsn {
  const { endpoint } = load(args, environment).config;
  assert.ok(endpoint.kind !== 'sqlite');
  return endpoint;
}

function refused(args: readonly string[], message: RegExp, environment: Environment = {}): void {
  assert.throws(
    () => load(args, environment),
    (error) => {
      assert.ok(error instanceof UsageError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n|s3cret/);
      return true;
    },
  );
}

const postgres = ['--endpoint', 'postgres://me@h/db'];

describe('the password', () => {
  const passwordFile = file('password', 'from file\n');
  const passwordOf = (args: readonly string[], environment: Environment = {}): string | undefined =>
    serverOf(args, environment).password;

  test('comes from the environment, a file, the endpoint, or the variable of libpq', () => {
    const all = { TINE_DATASTORE_PASSWORD: 'from tine', PGPASSWORD: 'from libpq' };
    assert.equal(passwordOf(postgres), undefined);
    assert.equal(passwordOf(postgres, { PGPASSWORD: 'from libpq' }), 'from libpq');
    assert.equal(passwordOf(['--endpoint', 'postgres://me:inside@h'], { PGPASSWORD: 'from libpq' }), 'inside');
    assert.equal(passwordOf(['--endpoint', 'postgres://me:inside@h'], all), 'from tine');
    assert.equal(passwordOf([...postgres, '--datastore-password-file', passwordFile], all), 'from file');
    assert.equal(passwordOf(postgres, { TINE_DATASTORE_PASSWORD_FILE: passwordFile }), 'from file');
    assert.equal(passwordOf(['--endpoint', 'mysql://me@tcp(h)/'], { PGPASSWORD: 'from libpq' }), undefined);
  });

  test('one line break at the end of a password file is ignored', () => {
    const read = (text: string): string | undefined =>
      passwordOf([...postgres, '--datastore-password-file', file('typed', text)]);
    assert.deepEqual(['a', 'a\n', 'a\r\n', 'a\n\n', ' a '].map(read), ['a', 'a', 'a', 'a\n', ' a ']);
  });

  test('is refused on the command line, where other users can read it', () => {
    const message =
      /^--datastore-password would show the secret .* TINE_DATASTORE_PASSWORD or --datastore-password-file$/;
    refused([...postgres, '--datastore-password', 's3cret'], message);
    refused([...postgres, '--datastore-password=s3cret'], message);
  });

  test('two sources of equal precedence, a missing file and an empty file are errors', () => {
    refused(postgres, /^TINE_DATASTORE_PASSWORD and TINE_DATASTORE_PASSWORD_FILE are the same setting/, {
      TINE_DATASTORE_PASSWORD: 's3cret',
      TINE_DATASTORE_PASSWORD_FILE: passwordFile,
    });
    const given = (path: string): readonly string[] => [...postgres, '--datastore-password-file', path];
    refused(given('/none'), /^--datastore-password-file: password file \/none: no such file$/);
    refused(given(directory), /: is a directory$/);
    refused(given(file('empty', '\n')), /^--datastore-password-file: password file .*empty: is empty$/);
  });
});

describe('TLS to the database', () => {
  const tls = { mode: 'verify-full', caFile: certFile, certFile, keyFile };

  test("k3s's names for the files are accepted, and kine's where they differ from etcd's", () => {
    const k3s = ['--datastore-cafile', certFile, '--datastore-certfile', certFile, '--datastore-keyfile', keyFile];
    const kine = { KINE_CA_FILE: certFile, KINE_CERT_FILE: certFile, KINE_KEY_FILE: keyFile };
    assert.deepEqual(serverOf([...postgres, ...k3s]).tls, tls);
    assert.deepEqual(serverOf(postgres, kine).tls, tls);
    assert.deepEqual(serverOf(['--endpoint', 'mysql://tcp(h)/'], kine).tls, tls);
    assert.deepEqual(serverOf([...postgres, '--ca-file', certFile, '--skip-verify']).tls, {
      mode: 'require',
      caFile: certFile,
      certFile: undefined,
      keyFile: undefined,
    });
  });

  test("etcd's certificate is not used for the database", () => {
    for (const variable of ['TINE_CERT_FILE', 'ETCD_CERT_FILE']) {
      assert.equal(serverOf(postgres, { [variable]: certFile, ETCD_KEY_FILE: keyFile }).tls?.certFile, undefined);
    }
  });

  test('files that cannot be used stop the start', () => {
    refused([...postgres, '--datastore-cafile', '/none/ca.pem'], /^ca file \/none\/ca\.pem: no such file$/);
    refused(['--endpoint', 'postgres://h?sslrootcert=/none/ca.pem'], /^ca file \/none\/ca\.pem: no such file$/);
    refused([...postgres, '--datastore-keyfile', keyFile], /^--endpoint: a key .* without its certificate/);
    refused([...postgres, '--datastore-cafile='], /^--datastore-cafile: the file is missing$/);
    mkdirSync(join(directory, 'ca'));
    refused([...postgres, '--datastore-cafile', join(directory, 'ca')], /^ca file .*: is a directory$/);
  });
});

describe('connections', () => {
  test('the minimum is three, and zero means the default', () => {
    const count = (text: string): number =>
      load([...postgres, `--datastore-max-open-connections=${text}`]).config.datastore.maxOpenConnections;
    assert.deepEqual(['3', '100', '0', '-1'].map(count), [3, 100, 10, 10]);
    refused(['--datastore-max-open-connections', '2'], /^--datastore-max-open-connections: "2" is too few; /);
    refused(['--datastore-max-open-connections', '1001'], /"1001" is not a whole number from 3 to 1000$/);
    refused(['--datastore-max-open-connections', 'many'], /"many" is not a whole number/);
  });

  test("kine's other pool settings are ignored with a note", () => {
    const { notes } = load([...postgres, '--datastore-max-idle-connections', '5'], {
      KINE_DATASTORE_CONNECTION_MAX_LIFETIME: '1m',
    });
    assert.deepEqual(notes, [
      'KINE_DATASTORE_CONNECTION_MAX_LIFETIME is ignored: tine opens few connections to a database server and keeps them',
      '--datastore-max-idle-connections is ignored: tine opens few connections to a database server and keeps them',
    ]);
  });
});

test('with a database file, settings for a database server are ignored with a note', () => {
  const { notes, config } = load(
    ['--ca-file', '/none', '--skip-verify=false', '--datastore-max-open-connections', '5'],
    {
      TINE_DATASTORE_PASSWORD: 's3cret',
    },
  );
  assert.equal(config.endpoint.kind, 'sqlite');
  assert.deepEqual(notes, [
    'TINE_DATASTORE_PASSWORD has no effect: the database is a file, not a server',
    '--ca-file has no effect: the database is a file, not a server',
    '--datastore-max-open-connections has no effect: the database is a file, not a server',
  ]);
});

test('unsupported connection parameters are named in a note', () => {
  assert.deepEqual(load(['--endpoint', 'postgres://h?application_name=x']).notes, [
    'the parameter application_name of the endpoint is ignored',
  ]);
});
