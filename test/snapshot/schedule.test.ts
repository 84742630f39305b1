import assert from 'node:assert/strict';
import { statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import {
  type Driver,
  FILE_DRIVERS,
  onePerDialect,
  ownServer,
  runTine,
  type Server,
  sleep,
  TINE_DRIVERS,
  waitFor,
} from '../support/index.ts';
import { Ballast } from '../support/small-disk.ts';
import {
  assertSound,
  failed,
  filesIn,
  fill,
  type LogLine,
  logged,
  metricByPlace,
  snapshotsIn,
  taken,
} from './scheduled.ts';
import { ownDirectory } from './seen.ts';

const everySecond = ['--snapshot-schedule', '* * * * * *'];

/** The slots that are covered by a log line, in seconds since 1970. */
function coveredSlots(servers: readonly Server[]): readonly number[] {
  const second = (text: unknown): number => Date.parse(String(text)) / 1000;
  const missed = servers.flatMap((server) => logged(server, /^snapshot slots missed;/));
  const of = (lines: readonly LogLine[]): readonly number[] => lines.map(({ slot }) => second(slot));
  return [
    ...servers.flatMap((server) => of(taken(server))),
    ...servers.flatMap((server) => of(failed(server))),
    ...missed.flatMap(({ first, count }) => Array.from({ length: Number(count) }, (_, index) => second(first) + index)),
  ];
}

/** Two instances with folders of their own, of which one is writing a snapshot. */
async function twoThatWrite(context: TestContext, driver: Driver) {
  const folders = ['first', 'second'].map((name) => join(ownDirectory(context), name));
  const optionsOf = (index: number) => [
    '--snapshot-schedule=*/30 * * * * *',
    `--snapshot-dir=${folders[index]}`,
    `--name=${index}`,
  ];
  const first = await ownServer(context, { driver, arguments: optionsOf(0) });
  await fill(first.client, 60);
  const second = await ownServer(context, {
    driver,
    arguments: optionsOf(1),
    dataDirectory: first.server.dataDirectory,
  });
  const servers = [first.server, second.server];
  const parts = () => folders.findIndex((folder) => filesIn(folder).some((name) => name.endsWith('.part')));
  await waitFor('a snapshot under way', () => parts() >= 0, { timeoutMs: 60_000, intervalMs: 2 });
  const writing = parts();
  return { servers, folders, writing };
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: of two instances one takes each slot, and a missed slot has a line`, async (context) => {
    const folder = join(ownDirectory(context), 'snapshots');
    const options = [...everySecond, '--snapshot-dir', folder, '--snapshot-retention', '0'];
    const first = await ownServer(context, { driver, arguments: options });
    const second = await ownServer(context, {
      driver,
      arguments: [...options, '--name', 'second'],
      dataDirectory: first.server.dataDirectory,
    });
    const servers = [first.server, second.server];
    const count = () => servers.reduce((sum, server) => sum + taken(server).length, 0);
    await first.client.put({ key: 'a' });
    await waitFor('eight snapshots', () => count() >= 8, { timeoutMs: 60_000 });
    for (const server of servers) await server.stop();
    const names = servers.flatMap((server) => taken(server).map(({ name }) => String(name)));
    // A late snapshot and that of the next slot may have one second and one revision: one file.
    assert.deepEqual(snapshotsIn(folder), [...new Set(names)].toSorted());
    assertSound(folder);
    const slots = coveredSlots(servers).toSorted((a, b) => a - b);
    assert.deepEqual(
      slots,
      slots.map((_, index) => (slots[0] ?? 0) + index),
      'each slot once',
    );
  });
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: when the instance that writes a snapshot is killed, another takes the same slot`, async (context) => {
    const { servers, folders, writing } = await twoThatWrite(context, driver);
    const killed = servers[writing] as Server;
    const other = servers[1 - writing] as Server;
    const before = taken(other).length;
    const whole = snapshotsIn(folders[writing] ?? '');
    await killed.kill();
    const killedAtMs = Date.now();
    assert.deepEqual(snapshotsIn(folders[writing] ?? ''), whole, 'the unfinished file does not look whole');
    await waitFor('the other instance', () => taken(other).length > before, { timeoutMs: 60_000 });
    const [{ slot } = { slot: '' }] = taken(other).slice(before);
    assert.ok(Date.parse(String(slot)) <= killedAtMs, `${slot} is the slot of the crash`);
    assertSound(folders[1 - writing] ?? '');
    assert.equal((await metricByPlace(other, 'tine_snapshot_failures_total')).folder, 0);

    // The file that the crash has left is deleted with the next snapshot of its instance.
    await other.stop();
    const beforeStart = taken(killed).length;
    await killed.start();
    await waitFor('the next snapshot', () => taken(killed).length > beforeStart, { timeoutMs: 60_000 });
    assert.deepEqual(filesIn(folders[writing] ?? ''), snapshotsIn(folders[writing] ?? ''));
  });
}

for (const driver of onePerDialect(TINE_DRIVERS)) {
  test(`${driver.name}: snapshots on demand are saved to the folder, listed, and not deleted by prune`, async (context) => {
    const folder = join(ownDirectory(context), 'snapshots');
    const options = ['--snapshot-dir', folder];
    const { server } = await ownServer(context, {
      driver,
      arguments: [...everySecond, ...options, '--snapshot-retention', '0'],
    });
    await waitFor('three snapshots', () => taken(server).length >= 3);
    await server.stop();
    const storage = [...driver.storageArguments(server.dataDirectory), ...options];
    const saved = runTine(['snapshot', 'save', ...storage]);
    assert.equal(saved.status, 0, saved.stderr);
    assert.match(saved.stdout, /^saved .*\/snapshots\/on-demand-.*-r1\.db: revision 1, /);
    const json = JSON.parse(runTine(['snapshot', 'list', '-w', 'json', ...storage]).stdout) as readonly {
      readonly name: string;
      readonly place: string;
    }[];
    assert.deepEqual(json.map(({ name }) => name).toSorted(), snapshotsIn(folder));
    assert.deepEqual([...new Set(json.map(({ place }) => place))], ['folder']);
    assert.match(runTine(['snapshot', 'list', ...storage]).stdout, /^TIME +REVISION +SIZE +LOCATION\n/);
    const pruned = runTine(['snapshot', 'prune', ...storage, '--snapshot-retention', '1']);
    assert.equal(pruned.status, 0, pruned.stderr);
    const left = snapshotsIn(folder);
    assert.equal(left.filter((name) => name.startsWith('tine-snapshot-')).length, 1);
    assert.equal(left.filter((name) => name.startsWith('on-demand-')).length, 1);
    assertSound(folder);
  });
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: a folder that cannot be written is reported at the start`, async (context) => {
    const file = join(ownDirectory(context), 'file');
    writeFileSync(file, '');
    const folder = join(file, 'snapshots');
    const { server } = await ownServer(context, {
      driver,
      arguments: ['--snapshot-schedule', '0 0 1 1 *', '--snapshot-dir', folder],
    });
    await waitFor('the warning', () => logged(server, /^snapshots cannot be stored now;/).length === 1);
    assert.match(server.log(), /snapshots: mkdir failed \(ENOTDIR\); give tine the right to write there/);
  });
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: an instance that was paused for longer than its claim gives its snapshot up`, async (context) => {
    const { servers, folders, writing } = await twoThatWrite(context, driver);
    const paused = servers[writing] as Server;
    const other = servers[1 - writing] as Server;
    const whole = snapshotsIn(folders[writing] ?? '');
    const before = taken(other).length;
    paused.signal('SIGSTOP');
    try {
      await waitFor('the other instance', () => taken(other).length > before, { timeoutMs: 60_000 });
    } finally {
      paused.signal('SIGCONT');
    }
    await waitFor('the end of the paused one', () => logged(paused, /^snapshot abandoned;/).length > 0);
    const slots = servers.flatMap((server) => taken(server).map(({ slot }) => slot));
    assert.equal(new Set(slots).size, slots.length, 'no slot was taken twice');
    assert.deepEqual(filesIn(folders[writing] ?? ''), whole);
  });
}

for (const driver of FILE_DRIVERS) {
  test(`${driver.name}: a slot that passed while no instance ran is taken once at the start`, async (context) => {
    const { server } = await ownServer(context, { driver, arguments: ['--snapshot-schedule', '*/4 * * * * *'] });
    await waitFor('a snapshot', () => taken(server).length > 0);
    await server.stop();
    const before = taken(server).length;
    await sleep(9_000);
    const startedAtMs = Date.now();
    await server.start();
    await waitFor('the missed snapshot', () => taken(server).length > before);
    const slotMs = Date.parse(String(taken(server)[before]?.slot));
    assert.ok(slotMs <= startedAtMs && slotMs > startedAtMs - 4_000, `${slotMs} of ${startedAtMs}`);
    assert.equal(logged(server, /^snapshot slots missed;/).length, 1);
  });

  test(`${driver.name}: a slot that was settled before the clock was set back does not end the schedule`, async (context) => {
    const { server } = await ownServer(context, { driver, arguments: everySecond });
    await waitFor('a snapshot', () => taken(server).length > 0);
    await server.stop();
    const before = taken(server).length;
    const file = new Database(join(server.dataDirectory, 'state.db'));
    file.prepare("UPDATE tine_state SET value = value + 1e9 WHERE name = 'snapshot_slot_ms'").run();
    file.close();
    await server.start();
    await waitFor('three snapshots', () => taken(server).length >= before + 3);
    assert.deepEqual(logged(server, /^snapshot slots missed;/), []);
  });

  test(`${driver.name}: the folder keeps as many snapshots as configured, and every other file`, async (context) => {
    const { server } = await ownServer(context, { driver, arguments: [...everySecond, '--snapshot-retention', '3'] });
    const folder = join(server.dataDirectory, 'snapshots');
    await waitFor('a snapshot', () => taken(server).length > 0);
    const others = ['backup.db', 'etcd-snapshot-node-1700000000', 'on-demand-0000000000000001-20200101T000000Z-r1.db'];
    for (const name of others) writeFileSync(join(folder, name), '');
    await waitFor('seven snapshots', () => taken(server).length >= 7);
    await server.stop();
    const files = filesIn(folder);
    assert.deepEqual(
      others.filter((name) => !files.includes(name)),
      [],
    );
    const kept = files.filter((name) => !others.includes(name));
    assert.deepEqual(
      kept,
      taken(server)
        .map(({ name }) => String(name))
        .slice(-3),
    );
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of kept) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  });

  test(`${driver.name}: the metrics show the newest snapshot, its size and the newest slot`, async (context) => {
    const { server } = await ownServer(context, { driver, arguments: everySecond });
    await waitFor('two snapshots', () => taken(server).length > 1);
    const [{ bytes } = { bytes: 0 }] = taken(server);
    const newest = await metricByPlace(server, 'tine_snapshot_last_success_timestamp_seconds');
    assert.ok(Math.abs(Date.now() / 1000 - (newest.folder ?? 0)) < 10);
    assert.deepEqual(await metricByPlace(server, 'tine_snapshot_last_size_bytes'), { folder: bytes });
    const due = (await metricByPlace(server, 'tine_snapshot_due_timestamp_seconds'))[''] ?? 0;
    assert.ok(Math.abs(Date.now() / 1000 - due) < 10);
  });

  test(`${driver.name}: a folder that cannot be written is one line for each slot, with what to do`, async (context) => {
    const folder = join(ownDirectory(context), 'snapshots');
    writeFileSync(folder, 'a file in place of the folder');
    const options = ['--snapshot-schedule', '*/3 * * * * *', '--snapshot-dir', folder];
    const { server } = await ownServer(context, { driver, arguments: options });
    await waitFor('two failures', () => failed(server).length >= 2);
    const [line] = failed(server);
    assert.match(String(line?.err), /snapshots: \w+ failed \((EEXIST|ENOTDIR)\); .*--snapshot-dir$/);
    assert.equal(line?.level, 'error');
    const slots = failed(server).map(({ slot }) => slot);
    assert.equal(new Set(slots).size, slots.length);
    const { folder: failures = 0 } = await metricByPlace(server, 'tine_snapshot_failures_total');
    assert.ok(failures >= 2);
    assert.equal((await fetch(`${server.url}/health`)).status, 200);
  });

  test(`${driver.name}: a snapshot that does not fit on the disk is not begun, and the next one is taken when it fits`, async (context) => {
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--snapshot-schedule', '*/2 * * * * *', '--snapshot-retention', '1'],
      diskBytes: 96 * 1024 * 1024,
    });
    const ballast = new Ballast({ pid: server.pid, directory: server.dataDirectory });
    await fill(client, 10);
    // A snapshot has 10 MiB, and must leave 16 MiB free. One may be under way.
    const { bavail, bsize } = statfsSync(`/proc/${server.pid}/root${server.dataDirectory}`);
    ballast.take(bavail * bsize - 12 * 1024 * 1024);
    await waitFor('a failure', () => failed(server).length > 0);
    assert.match(
      String(failed(server)[0]?.err),
      /(does not fit into the free|no space left for) .*lower --snapshot-retention/,
    );
    const folder = `/proc/${server.pid}/root${server.dataDirectory}/snapshots`;
    assert.deepEqual(
      filesIn(folder).filter((name) => name.endsWith('.part')),
      [],
    );
    await client.put({ key: 'writes continue' });
    const before = taken(server).length;
    ballast.giveBack();
    await waitFor('a snapshot', () => taken(server).length > before);
  });

  test(`${driver.name}: a stop ends a snapshot under way without a file`, async (context) => {
    const { server, client } = await ownServer(context, {
      driver,
      arguments: ['--snapshot-schedule', '*/8 * * * * *'],
    });
    await fill(client, 60);
    const folder = join(server.dataDirectory, 'snapshots');
    const before = taken(server).length;
    const isWriting = () => filesIn(folder).some((name) => name.endsWith('.part'));
    await waitFor('a snapshot under way', isWriting, { timeoutMs: 30_000, intervalMs: 2 });
    assert.equal((await server.stop()).status, 0);
    assert.equal(taken(server).length - before <= 1, true);
    assert.deepEqual(filesIn(folder), snapshotsIn(folder));
  });
}
