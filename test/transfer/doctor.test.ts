/** `tine doctor` on every database, beside a running server, with planted faults. */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CertificateAuthority } from '../support/certificate-authority.ts';
import {
  type Driver,
  type EtcdClient,
  FILE_DRIVERS,
  freePort,
  ownServer,
  runTine,
  type Server,
  TINE_DRIVERS,
  type TineResult,
  temporaryDirectory,
} from '../support/index.ts';
import { rolesDatabase } from '../support/postgres-roles.ts';
import { put, rowsOf, type TestDatabase, testDatabase, writeTineDatabase } from './databases.ts';

/** A port that nothing listens on, so that a failure to connect comes at once. */
const unusedUrl = async (driver: Driver): Promise<string> =>
  driver.dialect === 'postgres'
    ? `postgres://user@127.0.0.1:${await freePort()}/none`
    : `mysql://user@tcp(127.0.0.1:${await freePort()})/none`;

async function served(
  context: TestContext,
  driver: Driver,
): Promise<{ server: Server; client: EtcdClient; endpoint: string }> {
  const { server, client } = await ownServer(context, { driver });
  const [, endpoint = ''] = driver.storageArguments(server.dataDirectory);
  return { server, client, endpoint };
}

function assertNoProblem({ status, stdout, stderr }: TineResult): void {
  assert.equal(stderr, '');
  assert.doesNotMatch(stdout, /^problem/m);
  assert.match(stdout, /^no problem(, \d+ with advice)?$/m);
  assert.equal(status, 0);
}

function assertProblem({ status, stdout, stderr }: TineResult, expected: RegExp): void {
  assert.equal(stderr, '');
  assert.match(stdout, expected);
  assert.match(stdout, /^1 problem/m);
  assert.equal(status, 1);
}

/** Every row of the database. */
async function contents(database: TestDatabase): Promise<unknown> {
  const tables = ['kine', 'kine_current', 'tine_lease', 'tine_alarm', 'tine_state', 'tine_member', 'tine_migrations'];
  return Promise.all(tables.map((table) => rowsOf(database, `SELECT * FROM ${table} ORDER BY 1`)));
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: doctor finds no problem beside a running server, and describes its store`, async (context) => {
    const { client, endpoint } = await served(context, driver);
    const { ID } = await client.leaseGrant({ TTL: 600 });
    for (let index = 0; index < 5; index += 1) await client.put({ key: `k/${index}`, value: 'v', lease: ID });
    const { header } = await client.put({ key: 'k/0', value: 'again' });
    await client.compact({ revision: 4 });
    const result = runTine(['doctor', endpoint]);
    assertNoProblem(result);
    assert.match(result.stdout, /^ok {7}keys: 5$/m);
    assert.match(result.stdout, new RegExp(`^ok {7}revision: ${header.revision}, compacted through 4$`, 'm'));
    assert.match(result.stdout, /^ok {7}history: rows of earlier revisions that wait for compaction: 1$/m);
    assert.match(result.stdout, /^ok {7}leases: 1$/m);
    assert.match(result.stdout, /^ok {7}alarms: none$/m);
    assert.match(result.stdout, /^ok {7}members: default \(http:\/\/127\.0\.0\.1:\d+\), seen \d+ s ago$/m);
    assert.match(result.stdout, /^ok {7}Node: /m);
  });

  test(`${driver.name}: doctor changes nothing in the database`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeTineDatabase(database, [put('a', '1'), put('b', '2'), put('a', '3')]);
    const before = await contents(database);
    const result = runTine(['doctor', database.endpoint]);
    assertNoProblem(result);
    assert.match(result.stdout, /^ok {7}members: no tine serves this database now$/m);
    assert.deepEqual(await contents(database), before);
  });

  test(`${driver.name}: doctor reports a raised alarm as a problem`, async (context) => {
    const { client, endpoint } = await served(context, driver);
    await client.alarm({ action: 'ACTIVATE', memberID: 1, alarm: 'NOSPACE' });
    assertProblem(runTine(['doctor', endpoint]), /^problem {2}alarms: NOSPACE, raised by member 1: /m);
  });

  test(`${driver.name}: doctor reports a quota that is used up`, async (context) => {
    const { endpoint } = await served(context, driver);
    const result = runTine(['doctor', '--quota-backend-bytes', '4096', endpoint]);
    assertProblem(result, /^problem {2}quota: \d+ % of 4\.0 KiB: writes are refused; /m);
  });

  test(`${driver.name}: doctor reports a certificate that has expired, and one that expires soon`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeTineDatabase(database, [put('a', '1')]);
    const authority = new CertificateAuthority(join(temporaryDirectory(), 'authority'));
    const examine = (expired: boolean): TineResult => {
      const { certFile, keyFile } = authority.issue({ hosts: ['127.0.0.1'], expired });
      const urls = ['--listen-client-urls', 'https://127.0.0.1:2379'];
      return runTine(['doctor', ...urls, '--cert-file', certFile, '--key-file', keyFile, database.endpoint]);
    };
    assertProblem(examine(true), /^problem {2}certificate: \S+ \(.*\) expired on \d{4}-\d\d-\d\d; replace it$/m);
    const current = examine(false);
    assertNoProblem(current);
    assert.match(current.stdout, /^advice {3}certificate: \S+ \(.*\) expires in 0 days, /m);
  });

  test(`${driver.name}: doctor ends with one line if the database does not exist or cannot be reached`, async (context) => {
    const { endpoint } = await testDatabase(context, driver);
    const addresses = driver.isFile ? [endpoint] : [endpoint, await unusedUrl(driver)];
    for (const address of addresses) {
      const { status, stdout, stderr } = runTine(['doctor', address]);
      assert.equal(stdout, '');
      assert.match(
        stderr,
        /^tine: [^\n]*(no such file|does not exist|ECONNREFUSED\); start the database server, or )[^\n]*\n$/,
      );
      assert.equal(status, 1);
    }
  });
}

/** Runs the commands that only read the database in a directory. They change no file there. */
function assertCommandsLeaveFiles(context: TestContext, directory: string): void {
  const elsewhere = temporaryDirectory();
  context.after(() => rmSync(elsewhere, { recursive: true, force: true }));
  const files = (): unknown => readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'hex')]);
  const before = files();
  const endpoint = `sqlite://${join(directory, 'state.db')}`;
  for (const command of [
    ['doctor', endpoint],
    ['check', endpoint],
    ['snapshot', 'save', join(elsewhere, 'saved.db'), '--endpoint', endpoint],
    ['copy', '--from', endpoint, '--to', `sqlite://${join(elsewhere, 'copy.db')}`],
  ]) {
    const { status, stderr } = runTine(command);
    assert.equal(status, 0, stderr);
    assert.deepEqual(files(), before, `tine ${command[0]}`);
  }
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: doctor, check, snapshot save and copy leave no file beside a database that is not served`, async (context) => {
    const database = await testDatabase(context, driver);
    await writeTineDatabase(database, [put('a', '1'), put('b', '2')]);
    assertCommandsLeaveFiles(context, database.dataDirectory);
  });

  test(`${driver.name}: doctor and check leave the log of a killed server as it is`, async (context) => {
    const { server, client, endpoint } = await served(context, driver);
    await client.put({ key: 'a', value: '1' });
    await server.kill();
    const files = (): unknown =>
      readdirSync(server.dataDirectory)
        .filter((name) => !name.endsWith('-shm'))
        .map((name) => [name, readFileSync(join(server.dataDirectory, name), 'hex')]);
    const before = files();
    for (const command of ['doctor', 'check']) {
      assert.equal(runTine([command, endpoint]).status, 0);
      assert.deepEqual(files(), before, `tine ${command}`);
    }
  });

  test(`${driver.name}: doctor, check, snapshot save and copy leave no file beside a copy of a database with its log`, async (context) => {
    const { server, client } = await served(context, driver);
    await client.put({ key: 'a', value: '1' });
    const copied = temporaryDirectory();
    context.after(() => rmSync(copied, { recursive: true, force: true }));
    await server.kill();
    for (const name of ['state.db', 'state.db-wal']) copyFileSync(join(server.dataDirectory, name), join(copied, name));
    assertCommandsLeaveFiles(context, copied);
  });

  test(`${driver.name}: doctor leaves every byte of the files unchanged, with and without a server`, async (context) => {
    const { server, client, endpoint } = await served(context, driver);
    for (let index = 0; index < 20; index += 1) await client.put({ key: `k/${index}`, value: 'v'.repeat(1_000) });
    const files = (): unknown =>
      readdirSync(server.dataDirectory)
        .filter((name) => !name.endsWith('-shm'))
        .map((name) => [name, readFileSync(join(server.dataDirectory, name)).toString('base64')]);
    // A heartbeat of the server may fall between the two readings, but not every time.
    let isUnchanged = false;
    for (let attempt = 0; attempt < 3 && !isUnchanged; attempt += 1) {
      const before = JSON.stringify(files());
      assertNoProblem(runTine(['doctor', endpoint]));
      isUnchanged = JSON.stringify(files()) === before;
    }
    assert.ok(isUnchanged, 'the database and its log are the same after doctor');
    await client.put({ key: 'after', value: 'doctor' });
    await server.stop();
    const file = join(server.dataDirectory, 'state.db');
    const before = readFileSync(file);
    assertNoProblem(runTine(['doctor', file]));
    assert.ok(readFileSync(file).equals(before));
    assert.ok(!readdirSync(server.dataDirectory).some((name) => name.includes('doctor')));
  });

  test(`${driver.name}: doctor reports a file that every user can open`, async (context) => {
    const { server, endpoint } = await served(context, driver);
    chmodSync(join(server.dataDirectory, 'state.db'), 0o644);
    assertProblem(runTine(['doctor', endpoint]), /^problem {2}file modes: \S+state\.db has mode 0644: /m);
  });

  test(`${driver.name}: doctor reports a log that was removed from a served database, and creates none`, async (context) => {
    const { server, endpoint } = await served(context, driver);
    rmSync(join(server.dataDirectory, 'state.db-wal'));
    assertProblem(
      runTine(['doctor', endpoint]),
      /^problem {2}files: \S+state\.db-wal is missing while the database is open/m,
    );
    assert.ok(!readdirSync(server.dataDirectory).includes('state.db-wal'));
  });
}

if (TINE_DRIVERS.some(({ name }) => name === 'postgres'))
  test('postgres: doctor advises against synchronous_commit = off of a role, which tine overrides', async (context) => {
    const database = await rolesDatabase(context, process.env.TINE_TEST_POSTGRES_URL ?? '');
    const role = await database.role({ synchronous_commit: 'off' });
    await ownServer(context, { driver: role });
    const result = runTine(['doctor', role.url()]);
    assertNoProblem(result);
    assert.match(result.stdout, /^advice {3}settings: synchronous_commit = off for this user: /m);
  });
