/**
 * The etcd that snapshots go to and come from, and the hashes are compared with: the one on PATH, or named in TINE_TEST_ETCD, and the tools of its release. Debian's, which is
 * 3.4, restores snapshots with `etcdctl`, and has neither the hash of the releases since nor a version in its snapshots.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { EtcdClient, etcd, Server, temporaryDirectory } from '../support/index.ts';
import { etcdctlProgram, etcdProgram, findOnPath } from '../support/paths.ts';

/** From here on a hash passes over a tombstone at the compaction mark, and a snapshot says its version. */
const leastMinorVersion = 6;

export interface EtcdVersion {
  /** `3.7.3` */
  readonly text: string;
  readonly isModern: boolean;
}

export function etcdVersion(): EtcdVersion {
  const { stdout } = run(etcdProgram(), ['--version']);
  const [text = 'no version', minor] = /\b3\.(\d+)\.\d+/.exec(stdout) ?? [];
  return { text, isModern: Number(minor) >= leastMinorVersion };
}

/** @throws Error that says what to install, or to name. */
export function requireModernEtcd(): void {
  const { text, isModern } = etcdVersion();
  if (isModern) return;
  throw new Error(
    `${etcdProgram()} says ${text}, and this test compares with etcd 3.${leastMinorVersion} or newer: put one first on PATH, or name it in TINE_TEST_ETCD`,
  );
}

/** The program with `snapshot status` and `snapshot restore`. @throws Error that says what to install, or to name. */
export function snapshotTool(): string {
  const etcdutl = process.env.TINE_TEST_ETCDUTL || findOnPath('etcdutl');
  if (etcdutl !== undefined) return etcdutl;
  const etcdctl = etcdctlProgram();
  if (run(etcdctl, ['snapshot', 'restore', '--help']).status === 0) return etcdctl;
  throw new Error(
    `neither etcdutl is on this machine, nor an etcdctl that restores snapshots: name an etcdutl in TINE_TEST_ETCDUTL`,
  );
}

export interface SnapshotStatus {
  readonly hash: number;
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
  /** Where the tool knows it. */
  readonly version?: string;
}

export function snapshotStatus(path: string): SnapshotStatus {
  const { stdout, stderr, status } = run(snapshotTool(), ['snapshot', 'status', path, '--write-out', 'json']);
  if (status !== 0) throw new Error(`${snapshotTool()} does not read ${path}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as SnapshotStatus;
}

/** An etcd of what a snapshot holds. */
export async function restoredEtcd(
  context: TestContext,
  path: string,
): Promise<{ readonly server: Server; readonly client: EtcdClient }> {
  const dataDirectory = temporaryDirectory();
  const peer = 'http://127.0.0.1:1';
  const member = ['--name', 'default', '--initial-cluster', `default=${peer}`, '--initial-advertise-peer-urls', peer];
  const { status, stderr } = run(snapshotTool(), ['snapshot', 'restore', path, '--data-dir', dataDirectory, ...member]);
  if (status !== 0) throw new Error(`${snapshotTool()} does not restore ${path}: ${stderr}`);
  context.diagnostic(`restored by ${snapshotTool()}, served by etcd ${etcdVersion().text}`);
  const server = await Server.start({ driver: etcd, dataDirectory });
  const client = new EtcdClient(server.address);
  context.after(async () => {
    client.close();
    await server.remove();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  return { server, client };
}

function run(program: string, commandArguments: readonly string[]) {
  const environment = childEnvironment({ ETCDCTL_API: '3' });
  return spawnSync(program, commandArguments, { encoding: 'utf8', timeout: 20_000, env: environment });
}
