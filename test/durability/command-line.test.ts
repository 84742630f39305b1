import assert from 'node:assert/strict';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import {
  FILE_DRIVERS,
  freePort,
  ownServer,
  repositoryRoot,
  runTine,
  sqlite,
  type TineResult,
  temporaryDirectory,
  withoutLog,
} from '../support/index.ts';

/** The id of a user without any files. */
const nobodyUserId = 65_534;

/** Standard error has one line with the error, and no stack. */
function assertOneLine({ stdout, stderr }: TineResult, expected: RegExp): void {
  assert.match(stderr, expected);
  assert.match(withoutLog(stderr), /^tine: [^\n]+\n$/, 'one line');
  assert.equal(stdout, '');
}

async function serveArguments(path: string): Promise<string[]> {
  return ['--endpoint', `sqlite://${path}`, '--listen-client-urls', `http://127.0.0.1:${await freePort()}`];
}

/** A database of a stopped tine, with some hundred keys in it. */
async function databaseFile(context: TestContext): Promise<string> {
  const { server, client } = await ownServer(context, { driver: sqlite });
  for (let index = 0; index < 300; index += 1) await client.put({ key: `k/${index}`, value: Buffer.alloc(2_000, 'v') });
  await server.stop();
  return join(server.dataDirectory, 'state.db');
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: an unknown flag ends with status 2 and a suggestion of the nearest flag`, () => {
    const result = runTine(['--data-dri', temporaryDirectory()]);
    assertOneLine(result, /--data-dri\b.*--data-dir\b/);
    assert.equal(result.status, 2);
  });

  test(`${driver.name}: an unknown command, a bad value or an extra argument ends with status 2`, () => {
    const cases = [
      ['chekc'],
      ['--max-txn-ops', 'many'],
      ['--listen-client-urls', 'http//nowhere'],
      ['check', 'a.db', 'b.db'],
    ];
    for (const commandArguments of cases) {
      const result = runTine(commandArguments);
      assertOneLine(result, /./);
      assert.equal(result.status, 2, commandArguments.join(' '));
    }
  });

  test(`${driver.name}: an error for a bad value in the environment names the variable`, () => {
    const result = runTine([], { environment: { ETCD_MAX_TXN_OPS: 'many' } });
    assertOneLine(result, /ETCD_MAX_TXN_OPS/);
    assert.equal(result.status, 2);
  });

  test(`${driver.name}: --help and --version print and end with status 0`, () => {
    const help = runTine(['--help']);
    assert.equal(help.status, 0);
    for (const flag of ['--data-dir', '--endpoint', '--listen-client-urls', '--auto-compaction-retention']) {
      assert.ok(help.stdout.includes(flag), flag);
    }
    assert.ok(help.stdout.split('\n').every((line) => line.length <= 120));
    const version = runTine(['--version']);
    assert.equal(version.status, 0);
    const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string };
    assert.ok(version.stdout.includes(manifest.version));
  });

  test(`${driver.name}: a port in use stops the start with one line`, async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => holder.once('listening', resolve));
    const { port } = holder.address() as { port: number };
    const result = runTine(['--data-dir', temporaryDirectory(), '--listen-client-urls', `http://127.0.0.1:${port}`]);
    holder.close();
    assertOneLine(result, new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port}\\b`));
    assert.equal(result.status, 1);
  });

  test(`${driver.name}: a file that is not a database is refused and left unchanged`, async () => {
    const path = join(temporaryDirectory(), 'state.db');
    const text = 'this is a text and no database\n'.repeat(300);
    writeFileSync(path, text);
    const result = runTine(await serveArguments(path));
    assertOneLine(result, /state\.db.*not a( SQLite)? database/);
    assert.equal(result.status, 1);
    assert.equal(readFileSync(path, 'utf8'), text);
  });

  test(`${driver.name}: a database of another program is refused and left unchanged`, async () => {
    const path = join(temporaryDirectory(), 'state.db');
    const database = new Database(path);
    database.exec('CREATE TABLE kine (recipe TEXT, rating INTEGER)');
    database.close();
    const result = runTine(await serveArguments(path));
    assertOneLine(result, /state\.db/);
    assert.equal(result.status, 1);
    const after = new Database(path, { readonly: true });
    assert.deepEqual(after.prepare('SELECT name FROM sqlite_schema').pluck().all(), ['kine']);
    after.close();
  });

  test(`${driver.name}: a directory that cannot be created stops the start with advice`, async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    for (const path of [join(file, 'state.db'), join(file, 'deep', 'state.db'), '/proc/deep/directory/state.db']) {
      const result = runTine(await serveArguments(path));
      assertOneLine(result, new RegExp(`${path}: (cannot create )?its directory.*; give another path`));
      assert.equal(result.status, 1);
    }
  });

  test(`${driver.name}: a file that is not writable stops the start with one line`, async (context) => {
    const path = await databaseFile(context);
    chmodSync(path, 0o444);
    const isRoot = process.getuid?.() === 0;
    if (isRoot && !isReadableToAll(repositoryRoot)) {
      context.diagnostic(
        'root may write every file, and no other user may read this checkout: tested on a directory in its place',
      );
      const result = runTine(await serveArguments('/proc/tine/state.db'));
      assertOneLine(result, /\/proc\/tine\/state\.db/);
      assert.equal(result.status, 1);
      return;
    }
    for (const directory of [join(path, '..'), join(path, '..', '..')]) chmodSync(directory, 0o755);
    const result = runTine(await serveArguments(path), isRoot ? { userId: nobodyUserId } : {});
    assertOneLine(result, /state\.db.*cannot be (opened or )?written/);
    assert.equal(result.status, 1);
  });

  test(`${driver.name}: a database of a newer tine is refused and left unchanged`, async (context) => {
    const path = await databaseFile(context);
    const database = new Database(path);
    database
      .prepare('INSERT INTO tine_migrations (name, batch, migration_time) VALUES (?, 99, CURRENT_TIMESTAMP)')
      .run('999-of-the-future');
    database.close();
    const before = readFileSync(path);
    const result = runTine(await serveArguments(path));
    assertOneLine(result, /state\.db.*newer tine/);
    assert.equal(result.status, 1);
    assert.ok(readFileSync(path).equals(before));
  });

  test(`${driver.name}: a damaged first page stops the start with one line`, async (context) => {
    const path = await databaseFile(context);
    overwrite(path, { position: 100, bytes: Buffer.alloc(1_000, 0xee) });
    const result = runTine(await serveArguments(path));
    assertOneLine(result, /state\.db.*(damaged|malformed|corrupt)/);
    assert.equal(result.status, 1);
  });

  test(`${driver.name}: tine check finds a corrupt page, and reports nothing for a sound database`, async (context) => {
    const path = await databaseFile(context);
    const sound = runTine(['check', path]);
    assert.equal(sound.status, 0, sound.stdout + sound.stderr);
    assert.equal(withoutLog(sound.stderr), '');
    const pageBytes = 4096;
    const middle = Math.floor(statSync(path).size / pageBytes / 2) * pageBytes;
    overwrite(path, { position: middle, bytes: Buffer.alloc(pageBytes, 0xee) });
    const result = runTine(['check', path]);
    assert.equal(result.status, 1);
    assert.match(result.stdout + result.stderr, /state\.db/);
    assert.doesNotMatch(result.stdout + result.stderr, /\n\s+at /, 'no stack');
  });

  test(`${driver.name}: tine check of a missing file or of another kind of file ends with status 1`, () => {
    const missing = join(temporaryDirectory(), 'state.db');
    const text = join(temporaryDirectory(), 'text.db');
    writeFileSync(text, 'no database at all, by any means '.repeat(100));
    for (const path of [missing, text]) {
      const result = runTine(['check', path]);
      assert.equal(result.status, 1);
      assert.ok(`${result.stdout}${result.stderr}`.includes(path));
    }
  });

  test(`${driver.name}: tine check works while a server runs`, async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await client.put({ key: 'k' });
    const result = runTine(['check', join(server.dataDirectory, 'state.db')]);
    assert.equal(result.status, 0, result.stdout + result.stderr);
    await client.put({ key: 'k' });
  });

  test(`${driver.name}: environment variables set options, and flags take precedence`, async (context) => {
    const { client } = await ownServer(context, {
      driver,
      environment: { ETCD_NAME: 'from-the-environment', ETCD_MAX_TXN_OPS: '2' },
      arguments: ['--max-txn-ops', '3'],
    });
    assert.equal((await client.memberList({})).members[0]?.name, 'from-the-environment');
    const operation = { request_range: { key: 'k' } };
    await client.txn({ success: [operation, operation, operation] });
    await assert.rejects(client.txn({ success: [operation, operation, operation, operation] }), /too many operations/);
  });
}

function overwrite(path: string, { position, bytes }: { position: number; bytes: Buffer }): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

/** Whether every user can enter all directories of the path. */
function isReadableToAll(path: string): boolean {
  accessSync(path, constants.R_OK);
  for (let directory = path; directory !== '/'; directory = join(directory, '..')) {
    if ((statSync(directory).mode & 0o005) !== 0o005) return false;
  }
  return true;
}
