/** `tine snapshot save` without a file, `list` and `prune`: what uses the folder and the bucket. */
import type { Config } from '../../config/config.ts';
import { offlineAccess } from '../../drivers/open-offline.ts';
import { bytesText } from '../../kit/amount-text.ts';
import type { BucketPlace } from '../../snapshots/bucket/bucket-place.ts';
import type { FolderPlace } from '../../snapshots/folder-place.ts';
import { type KnownSnapshot, knownSnapshots } from '../../snapshots/known-snapshot.ts';
import { openPlaces } from '../../snapshots/open-places.ts';
import { deleteExpired } from '../../snapshots/retention.ts';
import { onDemandPrefix } from '../../snapshots/snapshot-name.ts';
import { clusterIdOf, withSnapshot } from '../../transfer/snapshot/save.ts';

/** How far the clock of this machine and the ones of the servers may differ. */
const clockToleranceMs = 600_000;

/** A part of a save that is this old is not written any more. */
const idlePartMs = 86_400_000;

/** Saves the database to the folder and the bucket. Returns the text to print. */
export async function saveToPlaces({ snapshots, endpoint, emulatedEtcdVersion }: Config): Promise<string> {
  const { folder, bucket } = await openPlaces(snapshots);
  await removeIdleParts(folder, bucket);
  const saved = await withSnapshot(
    await offlineAccess(endpoint),
    emulatedEtcdVersion,
    async ({ revision, clusterId, bytes, chunks }) => {
      const atMs = Math.floor(Date.now() / 1000) * 1000;
      const name = { prefix: onDemandPrefix, clusterId: await clusterId(), atMs, revision };
      return folder.write(name, { bytes, chunks });
    },
  );
  const uploaded = await bucket?.upload(saved.location, {
    confirm: async () => {},
    signal: new AbortController().signal,
  });
  return [saved, ...(uploaded === undefined ? [] : [uploaded])]
    .map(({ location, revision, bytes }) => `saved ${location}: revision ${revision}, ${bytesText(bytes)}\n`)
    .join('');
}

/** Deletes what an earlier save has left that was killed. */
async function removeIdleParts(folder: FolderPlace, bucket: BucketPlace | undefined): Promise<void> {
  for (const place of [folder, bucket]) await place?.removeParts({ prefix: onDemandPrefix }, { idleMs: idlePartMs });
}

export type Format = 'simple' | 'json';

/** Lists the snapshots of all clusters and prefixes, the newest last. */
export async function listText({ snapshots }: Config, format: Format): Promise<string> {
  const known = await knownSnapshots((await openPlaces(snapshots)).all);
  return format === 'json' ? `${JSON.stringify(known.map(jsonOf), undefined, 2)}\n` : tableText(known);
}

/** Deletes the snapshots by schedule that retention would delete. Returns the text to print. */
export async function prune({ snapshots, endpoint }: Config): Promise<string> {
  const { folder, bucket } = await openPlaces(snapshots);
  const access = await offlineAccess(endpoint);
  const series = { prefix: snapshots.prefix, clusterId: await access.readSnapshot(clusterIdOf) };
  const nowMs = Date.now() + clockToleranceMs;
  const deleted = [
    ...(await deleteExpired(folder, series, { keptCount: snapshots.retentionCount, nowMs })),
    ...(bucket === undefined
      ? []
      : await deleteExpired(bucket, series, { keptCount: snapshots.bucket?.retentionCount ?? 0, nowMs })),
  ];
  return deleted.length === 0 ? 'nothing to delete\n' : deleted.map(({ location }) => `deleted ${location}\n`).join('');
}

function jsonOf({ name, bytes, atMs, revision, place, location, prefix, clusterId }: KnownSnapshot) {
  const time = new Date(atMs).toISOString();
  return { name, bytes, time, revision, place, location, prefix, cluster: clusterId.toString(16) };
}

function tableText(known: readonly KnownSnapshot[]): string {
  if (known.length === 0) return 'no snapshots\n';
  const rows = known.map(({ atMs, revision, bytes, location }) => [
    new Date(atMs).toISOString().replace('.000Z', 'Z'),
    String(revision),
    bytesText(bytes),
    location,
  ]);
  const lines = [['TIME', 'REVISION', 'SIZE', 'LOCATION'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('');
}
