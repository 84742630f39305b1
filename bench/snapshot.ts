/**
 * Measures the time and memory of snapshots beside etcd's own snapshots of the same data: `npm exec
 * -- node bench/snapshot.ts [--keys N] [--revisions N] [--value-bytes N] [--leases N] [--endpoint
 * DSN]...`. etcd, etcdctl and etcdutl are the first on PATH. An endpoint is an empty database.
 * SQLite is always measured.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { childEnvironment } from '../test/support/child-environment.ts';
import { EtcdClient, etcd, Server, sqlite, temporaryDirectory } from '../test/support/index.ts';
import { repositoryRoot } from '../test/support/paths.ts';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '100000' },
    revisions: { type: 'string', default: '3' },
    'value-bytes': { type: 'string', default: '1024' },
    leases: { type: 'string', default: '1000' },
    endpoint: { type: 'string', multiple: true, default: [] },
  },
});
const keyCount = Number(values.keys);
const revisionCount = Number(values.revisions);
const valueBytes = Number(values['value-bytes']);
const leaseCount = Number(values.leases);

/** The number of puts in one transaction, and of transactions under way. */
const putsAtOnce = 100;
const callsAtOnce = 16;
const runs = 5;
const settleMs = 10_000;

const directory = temporaryDirectory();
const path = join(directory, 'snapshot.db');

interface Saved {
  readonly bytes: number;
  readonly medianMs: number;
}

const reference = await Server.start({ driver: etcd, arguments: ['--quota-backend-bytes', String(8 * 2 ** 30)] });
try {
  const client = new EtcdClient(reference.address);
  await fill(client);
  const expected = await hashOf(client);
  client.close();
  say(`${keyCount} keys with ${revisionCount} revisions, ${valueBytes} bytes each, ${leaseCount} leases`);
  await measure('SQLite', {
    ...sqlite,
    storageArguments: () => ['--endpoint', `sqlite://${join(directory, 'state.db')}`],
  });
  for (const endpoint of values.endpoint) {
    await measure(endpoint.split(':')[0] as string, { ...sqlite, storageArguments: () => ['--endpoint', endpoint] });
  }

  async function measure(name: string, driver: typeof sqlite): Promise<void> {
    const [, endpoint] = driver.storageArguments(directory);
    // The measurements run next to each other, because the speed of a machine changes from minute
    // to minute.
    const etcds = save(reference);
    report('etcd', etcds, etcds, peakMebibytes(reference.pid));
    const restored = timed(() =>
      run(join(repositoryRoot, 'bin', 'tine'), ['snapshot', 'restore', path, '--endpoint', endpoint as string]),
    );
    const server = await Server.start({ driver });
    try {
      // After a restore, databases continue to write for a while.
      await sleep(settleMs);
      const own = new EtcdClient(server.address);
      const before = residentMebibytes(server.pid);
      const saved = save(server);
      report(name, saved, etcds, peakMebibytes(server.pid));
      say(`  resident before ${before} MiB; restored in ${(restored / 1000).toFixed(1)} s`);
      const began = performance.now();
      const hash = await hashOf(own);
      say(`  HashKV in ${(performance.now() - began).toFixed(0)} ms: ${hash === expected ? "etcd's" : 'ANOTHER ONE'}`);
      own.close();
    } finally {
      await server.remove();
    }
  }
} finally {
  await reference.remove();
  rmSync(directory, { recursive: true, force: true });
}

async function fill(client: EtcdClient): Promise<void> {
  const leases: bigint[] = [];
  for (let index = 0; index < leaseCount; index += 1) {
    leases.push((await client.leaseGrant({ ID: BigInt(index + 1), TTL: 3_600 })).ID);
  }
  const value = Buffer.alloc(valueBytes, 'v');
  for (let revision = 0; revision < revisionCount; revision += 1) {
    const starts = Array.from({ length: Math.ceil(keyCount / putsAtOnce) }, (_, index) => index * putsAtOnce);
    const worker = async () => {
      for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
        const puts = Array.from({ length: Math.min(putsAtOnce, keyCount - start) }, (_, place) => ({
          request_put: {
            key: `/registry/pods/namespace-${(start as number) % 97}/pod-${String((start as number) + place).padStart(9, '0')}`,
            value,
            lease: place === 0 ? (leases[(start as number) % Math.max(1, leaseCount)] ?? 0n) : 0n,
          },
        }));
        await client.txn({ success: puts });
      }
    };
    await Promise.all(Array.from({ length: callsAtOnce }, worker));
  }
}

async function hashOf(client: EtcdClient): Promise<number> {
  const found = await client.call('etcdserverpb.Maintenance', 'HashKV', { revision: 0 }, { deadlineMs: 120_000 });
  return (found as { readonly hash: number }).hash;
}

function save(server: Server): Saved {
  const times = Array.from({ length: runs }, () =>
    timed(() => run('etcdctl', ['--endpoints', server.address, 'snapshot', 'save', path])),
  );
  const { totalKey } = JSON.parse(run('etcdutl', ['snapshot', 'status', path, '-w', 'json'])) as {
    readonly totalKey: number;
  };
  if (totalKey !== keyCount) throw new Error(`the snapshot has ${totalKey} keys`);
  return { bytes: statSync(path).size, medianMs: times.sort((a, b) => a - b)[Math.floor(runs / 2)] as number };
}

function report(name: string, { bytes, medianMs }: Saved, etcds: Saved, peak: number): void {
  const megabytes = bytes / 1e6;
  const share = ((etcds.medianMs / medianMs) * 100).toFixed(0);
  say(
    `${name}: ${megabytes.toFixed(0)} MB in ${medianMs.toFixed(0)} ms (${(megabytes / (medianMs / 1000)).toFixed(0)} MB/s, ${share} % of etcd's speed), peak ${peak} MiB`,
  );
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function run(program: string, commandArguments: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, commandArguments, {
    encoding: 'utf8',
    env: childEnvironment(),
  });
  if (status !== 0) throw new Error(`${program} ${commandArguments.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

function memory(pid: number, name: 'VmHWM' | 'VmRSS'): number {
  const [, kibibytes] = new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kibibytes) / 1024);
}

function peakMebibytes(pid: number): number {
  return memory(pid, 'VmHWM');
}

function residentMebibytes(pid: number): number {
  return memory(pid, 'VmRSS');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
