import assert from 'node:assert/strict';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Driver, freePort, ownServer, runTine, sqlite, temporaryDirectory } from '../support/index.ts';
import { kineRows, writeKineFile } from '../support/kine-file.ts';

const databaseFiles = ['state.db', 'state.db-wal', 'state.db-shm'];

function modesOf(directory: string, names: readonly string[]): string[] {
  return names.map((name) => `${(statSync(join(directory, name)).mode & 0o777).toString(8)} ${name}`);
}

/** A database in directories that do not exist yet. */
const below: Driver = {
  ...sqlite,
  storageArguments: (directory) => ['--endpoint', `sqlite://${join(directory, 'made', 'deep', 'state.db')}`],
};

/** Runs `work` with a umask that child processes inherit. */
async function withUmask<Result>(mask: number, work: () => Promise<Result>): Promise<Result> {
  const before = process.umask(mask);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
}

for (const mask of [0o000, 0o022]) {
  test(`sqlite: with umask ${mask.toString(8)} the files of a server are accessible to their owner only`, async (context) => {
    const dataDirectory = temporaryDirectory();
    const port = await freePort();
    const socket = join(dataDirectory, 'tine.sock');
    const urls = `http://127.0.0.1:${port},https://127.0.0.1:${port},unix://${socket}`;
    const options = {
      driver: below,
      dataDirectory,
      port,
      arguments: ['--auto-tls', '--listen-client-urls', urls, '--advertise-client-urls', `http://127.0.0.1:${port}`],
    };
    const { client } = await withUmask(mask, () => ownServer(context, options));
    await client.put({ key: 'a' });
    assert.deepEqual(modesOf(dataDirectory, ['made', 'made/deep', 'tine.sock']), [
      '700 made',
      '700 made/deep',
      '660 tine.sock',
    ]);
    const directory = join(dataDirectory, 'made', 'deep');
    assert.deepEqual(modesOf(directory, [...databaseFiles, 'fixtures', 'fixtures/client/key.pem']), [
      ...databaseFiles.map((name) => `600 ${name}`),
      '700 fixtures',
      '600 fixtures/client/key.pem',
    ]);
  });
}

test('sqlite: a saved or restored snapshot is accessible to its owner only, even if it replaces a file with a wider mode', async (context) => {
  const { server, client } = await ownServer(context, { driver: sqlite });
  await client.put({ key: 'a', value: 'b' });
  const directory = temporaryDirectory();
  await withUmask(0, async () => {
    const saved = join(directory, 'saved.db');
    writeFileSync(`${saved}.part`, 'left behind', { mode: 0o666 });
    const save = runTine(['snapshot', 'save', saved, '--endpoint', `sqlite://${server.dataDirectory}/state.db`]);
    assert.equal(save.status, 0, save.stderr);
    const restore = runTine(['snapshot', 'restore', saved, '--endpoint', `sqlite://${directory}/restored.db`]);
    assert.equal(restore.status, 0, restore.stderr);
  });
  assert.deepEqual(modesOf(directory, ['saved.db', 'restored.db']), ['600 saved.db', '600 restored.db']);
});

async function onFileOfMode(context: TestContext, mode: number) {
  const dataDirectory = temporaryDirectory();
  writeKineFile(join(dataDirectory, 'state.db'), kineRows);
  chmodSync(join(dataDirectory, 'state.db'), mode);
  const { server, client } = await ownServer(context, { driver: sqlite, dataDirectory });
  await client.put({ key: 'a' });
  return { server, dataDirectory };
}

test('sqlite: the mode of a world-readable file is corrected at the start and logged', async (context) => {
  const { server, dataDirectory } = await onFileOfMode(context, 0o644);
  assert.deepEqual(
    modesOf(dataDirectory, databaseFiles),
    databaseFiles.map((name) => `600 ${name}`),
  );
  assert.match(server.log(), /every local user could open the file; restricted its mode/);
  await server.stop();
  await server.start();
  assert.equal(server.log().split('restricted its mode').length, 2, 'once');
});

test('sqlite: a mode with group read permission stays, also for the WAL', async (context) => {
  const { server, dataDirectory } = await onFileOfMode(context, 0o640);
  assert.deepEqual(
    modesOf(dataDirectory, databaseFiles),
    databaseFiles.map((name) => `640 ${name}`),
  );
  assert.doesNotMatch(server.log(), /restricted its mode/);
});
