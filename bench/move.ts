/**
 * How long writers stop when they move from one server to another with `tine copy --follow`:
 * `npm exec -- node bench/move.ts --help`. Results: move.md.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { EtcdClient, etcd, Server, sqlite, temporaryDirectory } from '../test/support/index.ts';
import { etcdutlProgram, tineProgram } from '../test/support/paths.ts';
import { UsageError } from './load/usage-error.ts';

const help = `Usage: npm exec -- node bench/move.ts [options]

Moves writers from an etcd to a tine on SQLite, or back, under load. Each writer puts its own key until the source
refuses it, and then tries the target until that accepts the put. The copy is killed with -9 five times.

  --from etcd|tine   the source (etcd); the other one is the target
  --load COMMAND     a shell command that loads the source; {ADDRESS} becomes its address
  --seconds N        how long the copy follows before the cutover (20)
  --writers N        writers (4)
  --interval-ms N    the pause of a writer after each put (5)
  --fsync on|off     whether etcd syncs while it is the target (on)
  --help             this text
`;

interface Options {
  readonly load: string | undefined;
  readonly seconds: number;
  readonly writers: number;
  readonly intervalMs: number;
  readonly isSynced: boolean;
}

const killCount = 5;

try {
  const { values } = parseArgs({
    options: {
      from: { type: 'string', default: 'etcd' },
      load: { type: 'string' },
      seconds: { type: 'string', default: '20' },
      writers: { type: 'string', default: '4' },
      'interval-ms': { type: 'string', default: '5' },
      fsync: { type: 'string', default: 'on' },
      help: { type: 'boolean', default: false },
    },
  });
  const options: Options = {
    load: values.load,
    seconds: Number(values.seconds),
    writers: Number(values.writers),
    intervalMs: Number(values['interval-ms']),
    isSynced: values.fsync === 'on',
  };
  if (values.help) console.log(help);
  else if (values.from === 'etcd') await toTine(options);
  else if (values.from === 'tine') await toEtcd(options);
  else throw new UsageError(`--from ${values.from}: give etcd or tine`);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function toTine(options: Options): Promise<void> {
  const source = await Server.start({ driver: etcd });
  const dataDirectory = temporaryDirectory();
  const [, dsn = ''] = sqlite.storageArguments(dataDirectory);
  let target: Server | undefined;
  const address = Promise.withResolvers<string>();
  try {
    await move(source, dsn, {
      ...options,
      targetAddress: address.promise,
      onCutOver: async () => {
        target = await Server.start({ driver: sqlite, dataDirectory });
        address.resolve(target.address);
      },
    });
  } finally {
    await target?.remove();
    await source.remove();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function toEtcd(options: Options): Promise<void> {
  const source = await Server.start({ driver: sqlite });
  const directory = temporaryDirectory();
  let target: Server | undefined;
  // A put before the end of the cutover would take a revision of the source.
  const address = Promise.withResolvers<string>();
  try {
    const snapshot = join(directory, 'snapshot.db');
    const dataDirectory = join(directory, 'data');
    run(tineProgram(), 'snapshot', 'save', snapshot, '--endpoint', source.url);
    const peer = 'http://127.0.0.1:1';
    const member = ['--name', 'default', '--initial-cluster', `default=${peer}`, '--initial-advertise-peer-urls', peer];
    run(etcdutlProgram(), 'snapshot', 'restore', snapshot, '--data-dir', dataDirectory, ...member);
    const fsync = options.isSynced ? [] : ['--unsafe-no-fsync'];
    target = await Server.start({ driver: etcd, dataDirectory, arguments: ['--max-txn-ops', '100000', ...fsync] });
    await move(source, target.url, {
      ...options,
      targetAddress: address.promise,
      onCutOver: async () => address.resolve(target?.address ?? ''),
    });
  } finally {
    await target?.remove();
    await source.remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Move extends Options {
  /** The address of the target, when it serves. */
  readonly targetAddress: Promise<string>;
  readonly onCutOver: () => Promise<void>;
}

async function move(source: Server, to: string, options: Move): Promise<void> {
  const { load, seconds, writers, intervalMs, targetAddress, onCutOver } = options;
  const loading = load === undefined ? undefined : loadOf(load, source.address);
  const moving = Array.from({ length: writers }, (_, index) =>
    writer({ key: `/writer/${index}`, intervalMs, from: source.address, to: targetAddress }),
  );
  for (let kill = 0; kill < killCount; kill += 1) {
    const copy = copyProcess(source.url, to);
    await sleep((seconds * 1000) / (killCount + 1));
    copy.kill('SIGKILL');
    await ended(copy);
  }
  const following = copyProcess(source.url, to);
  await sleep((seconds * 1000) / (killCount + 1));
  following.kill('SIGTERM');
  await ended(following);
  const startedAt = performance.now();
  const status = await ended(copyProcess(source.url, to, '--cutover'));
  if (status !== 0) throw new Error(`the cutover ended with status ${status}`);
  await onCutOver();
  const stops = await Promise.all(moving);
  console.log(`cutover from its start until the last writer writes: ${secondsText(performance.now() - startedAt)}`);
  console.log(`writers stopped: ${stops.map(({ stoppedMs }) => secondsText(stoppedMs)).join(', ')}`);
  console.log(
    `acknowledged before the stop: ${stops.reduce((sum, { count }) => sum + count, 0)}; lost: ${stops.filter(({ isLost }) => isLost).length}`,
  );
  if (loading?.exitCode === null) {
    loading.kill();
    await ended(loading);
  }
}

interface Stop {
  readonly stoppedMs: number;
  readonly count: number;
  /** Whether the last acknowledged value is not in the target. */
  readonly isLost: boolean;
}

interface Writer {
  readonly key: string;
  readonly intervalMs: number;
  readonly from: string;
  readonly to: Promise<string>;
}

async function writer({ key, intervalMs, from, to }: Writer): Promise<Stop> {
  const source = new EtcdClient(from);
  let count = 0;
  let lastAtMs = performance.now();
  try {
    for (;;) {
      await source.put({ key, value: `${count + 1}` });
      count += 1;
      lastAtMs = performance.now();
      await sleep(intervalMs);
    }
  } catch {
    // Refused: the clients move.
  } finally {
    source.close();
  }
  const target = new EtcdClient(await to);
  try {
    for (;;) {
      const found = await target.range({ key }).catch(() => undefined);
      const isWritten = await target.put({ key, value: 'moved' }).then(
        () => true,
        () => false,
      );
      const stoppedMs = performance.now() - lastAtMs;
      if (isWritten) return { stoppedMs, count, isLost: found?.kvs[0]?.value.toString() !== `${count}` };
      await sleep(10);
    }
  } finally {
    target.close();
  }
}

function loadOf(command: string, address: string): ChildProcess {
  return spawn('sh', ['-c', `exec ${command.replaceAll('{ADDRESS}', address)}`], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
}

function copyProcess(from: string, to: string, ...flags: readonly string[]): ChildProcess {
  return spawn(tineProgram(), ['copy', '--from', from, '--to', to, '--follow', ...flags], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (status) => resolve(status));
  });
}

function run(program: string, ...commandArguments: readonly string[]): void {
  const { status, stderr } = spawnSync(program, commandArguments, { encoding: 'utf8', timeout: 60_000 });
  if (status !== 0) throw new Error(`${program} ${commandArguments.join(' ')}: ${stderr}`);
}

function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
