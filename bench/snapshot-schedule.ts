/**
 * Two instances on one database with a schedule of every minute, a folder and a bucket. In the
 * middle, the instance that writes a snapshot is killed (SIGKILL), and started again a minute and a
 * half later. Shows who took the snapshot of each minute, and checks that each minute has exactly
 * one good snapshot, that retention holds, and that the newest snapshot restored from the bucket
 * has the hash of the store.
 *
 *     node bench/snapshot-schedule.ts [--minutes 10] [--mebibytes 30]
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseSnapshotName } from '../src/snapshots/snapshot-name.ts';
import { EtcdClient as Client } from '../test/support/client.ts';
import { type EtcdClient, Server, sleep, sqlite, temporaryDirectory } from '../test/support/index.ts';
import { ObjectStorage } from '../test/support/object-storage.ts';
import { tineProgram } from '../test/support/paths.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, mebibytes: { type: 'string', default: '30' } },
});
const minutes = Number(values.minutes);
const mebibytes = Number(values.mebibytes);

const minuteMs = 60_000;
const restartAfterMs = 90_000;
const kept = { folder: 4, bucket: 3 };

interface Instance {
  readonly name: string;
  readonly server: Server;
}

interface Line {
  readonly msg: string;
  readonly ts: string;
  readonly slot?: string;
  readonly name?: string;
  readonly bytes?: number;
  readonly ms?: number;
}

const linesOf = ({ server }: Instance): readonly Line[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

/** Whether a process has an unfinished snapshot open. */
function isWriting({ server }: Instance): boolean {
  const folder = `/proc/${server.pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)).endsWith('.part');
    } catch {
      return false;
    }
  });
}

async function hashAt(client: EtcdClient, revision: number): Promise<number> {
  return ((await client.call('etcdserverpb.Maintenance', 'HashKV', { revision })) as { readonly hash: number }).hash;
}

async function killWriter(instances: readonly Instance[]): Promise<Instance> {
  for (;;) {
    const writer = instances.find(isWriting);
    if (writer !== undefined) {
      await writer.server.kill();
      return writer;
    }
    await sleep(2);
  }
}

function tine(commandArguments: readonly string[], environment: Readonly<Record<string, string>>) {
  return spawnSync(tineProgram(), commandArguments, { encoding: 'utf8', env: { ...process.env, ...environment } });
}

const storage = await ObjectStorage.start();
const dataDirectory = temporaryDirectory();
const start = async (name: string): Promise<Instance> => {
  const server = await Server.start({
    driver: sqlite,
    dataDirectory,
    environment: storage.environment,
    arguments: [
      '--name',
      name,
      '--snapshot-schedule',
      '* * * * *',
      `--snapshot-retention=${kept.folder}`,
      ...storage.options(),
      `--snapshot-s3-retention=${kept.bucket}`,
    ],
  });
  return { name, server };
};
const instances = [await start('one'), await start('two')];
const clients = instances.map(({ server }) => new Client(server.address));
const put = async (key: string, value: Buffer) => {
  // One of the instances is down for a while.
  const [first, second] = clients as [EtcdClient, EtcdClient];
  await first.put({ key, value }).catch(() => second.put({ key, value }));
};
for (let index = 0; index < mebibytes; index += 1) await put(`large/${index}`, Buffer.alloc(1024 * 1024, index));

let isLoading = true;
let writes = 0;
const loading = (async () => {
  for (; isLoading; writes += 1) {
    await put(`key/${writes % 1000}`, Buffer.from(`${writes}`));
    await sleep(100);
  }
})();

const firstSlotMs = Math.ceil(Date.now() / minuteMs) * minuteMs;
const lastSlotMs = firstSlotMs + (minutes - 1) * minuteMs;
const killSlotMs = firstSlotMs + Math.floor(minutes / 2) * minuteMs;
console.log(`slots ${new Date(firstSlotMs).toISOString()} to ${new Date(lastSlotMs).toISOString()}`);
await sleep(Math.max(0, killSlotMs - 500 - Date.now()));
const killed = await killWriter(instances);
const killedAtMs = Date.now();
console.log(`instance ${killed.name} killed ${killedAtMs - killSlotMs} ms after its slot, while it wrote the snapshot`);
await sleep(restartAfterMs);
await killed.server.start();
await sleep(Math.max(0, lastSlotMs + 15_000 - Date.now()));
isLoading = false;
await loading;

const taken = instances
  .flatMap((instance) =>
    linesOf(instance).flatMap((line) => (line.msg === 'snapshot taken' ? [{ ...line, by: instance.name }] : [])),
  )
  .sort((a, b) => ((a.slot ?? '') < (b.slot ?? '') ? -1 : 1));
console.log('\n| slot | by | s after the slot | MiB | name |\n|---|---|---|---|---|');
for (const { slot = '', ts, by, bytes = 0, name } of taken) {
  const after = ((Date.parse(ts) - Date.parse(slot)) / 1000).toFixed(1);
  console.log(`| ${slot} | ${by} | ${after} | ${(bytes / 1024 / 1024).toFixed(1)} | ${name} |`);
}
const faults: string[] = [];
for (let slotMs = firstSlotMs; slotMs <= lastSlotMs; slotMs += minuteMs) {
  const count = taken.filter(({ slot = '' }) => Date.parse(slot) === slotMs).length;
  if (count !== 1) faults.push(`${new Date(slotMs).toISOString()}: ${count} snapshots`);
}
for (const instance of instances) {
  for (const { msg, ts } of linesOf(instance).filter(
    ({ msg }) => msg.includes('snapshot') && /failed|missed|abandoned/.test(msg),
  ))
    console.log(`${ts} ${instance.name}: ${msg}`);
}

const folder = join(dataDirectory, 'snapshots');
const files = readdirSync(folder).sort();
const objects = storage.objects();
console.log(`\nfolder: ${files.length} files, bucket: ${objects.length} objects`);
if (files.length !== Math.min(taken.length, kept.folder) || files.some((name) => parseSnapshotName(name) === undefined))
  faults.push(`folder: ${files}`);
if (objects.length !== Math.min(taken.length, kept.bucket)) faults.push(`bucket: ${objects}`);
if (storage.unfinishedUploads().length > 0) faults.push('an upload is unfinished');
for (const name of files)
  if (tine(['snapshot', 'status', join(folder, name)], {}).status !== 0) faults.push(`${name} is damaged`);
for (const name of objects)
  if (!readFileSync(storage.pathOf(name)).equals(readFileSync(join(folder, name))))
    faults.push(`object ${name} differs`);

const newest = objects.at(-1) ?? '';
const revision = parseSnapshotName(newest)?.revision ?? 0;
const target = temporaryDirectory();
const location = `s3://${storage.bucket}/clusters/one/${newest}`;
const restored = tine(
  ['snapshot', 'restore', location, ...storage.options(), ...sqlite.storageArguments(target)],
  storage.environment,
);
process.stderr.write(restored.stderr);
if (restored.status === 0) {
  const again = await Server.start({ driver: sqlite, dataDirectory: target });
  const client = new Client(again.address);
  const hashes = [await hashAt(clients[0] as EtcdClient, revision), await hashAt(client, revision)];
  console.log(`hash at revision ${revision}: ${hashes[0]} in the store, ${hashes[1]} restored from the bucket`);
  if (hashes[0] !== hashes[1]) faults.push('the hashes differ');
  client.close();
  await again.remove();
} else {
  faults.push('the restore failed');
}

for (const client of clients) client.close();
for (const { server } of instances) await server.remove();
await storage.kill();
for (const directory of [dataDirectory, target]) rmSync(directory, { recursive: true, force: true });
console.log(
  faults.length === 0
    ? `each of ${minutes} minutes has one good snapshot; ${writes} writes meanwhile`
    : faults.join('\n'),
);
process.exitCode = faults.length === 0 ? 0 : 1;
