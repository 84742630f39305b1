/** What tests of snapshots by schedule read: log lines, files, metrics. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSnapshotName } from '../../src/snapshots/snapshot-name.ts';
import type { EtcdClient, Server } from '../support/index.ts';
import { etcdutlProgram } from '../support/paths.ts';
import { scrape } from '../support/scrape.ts';

export interface LogLine {
  readonly msg: string;
  readonly level: string;
  readonly ts: string;
  readonly [field: string]: unknown;
}

/** The lines of a server's log with one message. */
export function logged(server: Server, message: string | RegExp): readonly LogLine[] {
  return server
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter(({ msg }) => (typeof message === 'string' ? msg === message : message.test(msg)));
}

export const taken = (server: Server): readonly LogLine[] => logged(server, 'snapshot taken');
export const failed = (server: Server): readonly LogLine[] =>
  logged(server, /^(snapshot|upload of the snapshot) failed;/);

/** The names of the whole snapshots of a folder. */
export function snapshotsIn(folder: string): readonly string[] {
  return filesIn(folder).filter((name) => parseSnapshotName(name) !== undefined);
}

export function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Reads every snapshot of a folder with etcdutl, which checks its hash. */
export function assertSound(folder: string, names = snapshotsIn(folder)): void {
  assert.ok(names.length > 0, `${folder} has snapshots`);
  for (const name of names) {
    const { status, stderr } = spawnSync(etcdutlProgram(), ['snapshot', 'status', join(folder, name)], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${name}: ${stderr}`);
  }
}

/** Values of a metric by place. */
export async function metricByPlace(server: Server, name: string): Promise<Readonly<Record<string, number>>> {
  const family = (await scrape(server)).get(name);
  assert.ok(family, `${name} is shown`);
  return Object.fromEntries(family.samples.map(({ labels, value }) => [labels.place ?? '', value]));
}

/** Writes values, so that a snapshot takes a second and its upload has several parts. */
export async function fill(client: EtcdClient, mebibytes: number): Promise<void> {
  for (let index = 0; index < mebibytes; index += 1)
    await client.put({ key: `large/${index}`, value: Buffer.alloc(1024 * 1024, index) });
}
