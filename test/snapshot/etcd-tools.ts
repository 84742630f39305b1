/** Runs etcdutl on snapshots. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { EtcdClient, etcd, Server, temporaryDirectory } from '../support/index.ts';
import { etcdutlProgram } from '../support/paths.ts';

export interface SnapshotStatus {
  readonly hash: number;
  readonly revision: number;
  readonly totalKey: number;
  readonly totalSize: number;
  readonly version: string;
}

export function snapshotStatus(path: string): SnapshotStatus {
  const { stdout, stderr, status } = etcdutl(['snapshot', 'status', path, '--write-out', 'json']);
  if (status !== 0) throw new Error(`etcdutl does not read ${path}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as SnapshotStatus;
}

/** An etcd with the content of a snapshot. */
export async function restoredEtcd(
  context: TestContext,
  path: string,
): Promise<{ readonly server: Server; readonly client: EtcdClient }> {
  const dataDirectory = temporaryDirectory();
  const peer = 'http://127.0.0.1:1';
  const member = ['--name', 'default', '--initial-cluster', `default=${peer}`, '--initial-advertise-peer-urls', peer];
  const { status, stderr } = etcdutl(['snapshot', 'restore', path, '--data-dir', dataDirectory, ...member]);
  if (status !== 0) throw new Error(`etcdutl does not restore ${path}: ${stderr}`);
  const server = await Server.start({ driver: etcd, dataDirectory });
  const client = new EtcdClient(server.address);
  context.after(async () => {
    client.close();
    await server.remove();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  return { server, client };
}

function etcdutl(commandArguments: readonly string[]) {
  return spawnSync(etcdutlProgram(), commandArguments, {
    encoding: 'utf8',
    timeout: 20_000,
    env: childEnvironment(),
  });
}
