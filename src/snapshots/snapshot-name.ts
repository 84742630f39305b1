/**
 * Names of snapshots: `tine-snapshot-CLUSTER-20261130T060000Z-r1234.db`. A name contains everything
 * that a list shows, so a list opens no file. Only files with this form are listed and deleted.
 */

export interface SnapshotName {
  /** `--snapshot-name`, or `onDemandPrefix`. */
  readonly prefix: string;
  readonly clusterId: bigint;
  /** Milliseconds since 1970, whole seconds. */
  readonly atMs: number;
  readonly revision: number;
}

/** The prefix of snapshots of `tine snapshot save`. Retention never deletes them. */
export const onDemandPrefix = 'on-demand';

/** The suffix of a file that is not whole yet. No snapshot has it. */
export const partSuffix = '.part';

export function snapshotNameText({ prefix, clusterId, atMs, revision }: SnapshotName): string {
  return `${snapshotNameStart({ prefix, clusterId })}${timeText(atMs)}-r${revision}.db`;
}

/** How the names of a cluster's snapshots with one prefix begin. Without a cluster: of all. */
export function snapshotNameStart({ prefix, clusterId }: NameStart): string {
  return clusterId === undefined ? `${prefix}-` : `${prefix}-${clusterId.toString(16).padStart(16, '0')}-`;
}

export type NameStart = Pick<SnapshotName, 'prefix'> & { readonly clusterId?: bigint };

const form =
  /^(?<prefix>[A-Za-z0-9][\w.-]{0,63})-(?<cluster>[0-9a-f]{16})-(?<time>\d{8}T\d{6}Z)-r(?<revision>\d{1,16})\.db$/;

/** Undefined: not the name of a snapshot. */
export function parseSnapshotName(text: string): SnapshotName | undefined {
  const { prefix, cluster, time, revision } = form.exec(text)?.groups ?? {};
  if (prefix === undefined || cluster === undefined || time === undefined) return undefined;
  const atMs = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(atMs)) return undefined;
  return { prefix, clusterId: BigInt(`0x${cluster}`), atMs, revision: Number(revision) };
}

/** Whether a file is the unfinished part of a snapshot. */
export function isPartName(text: string): boolean {
  return text.endsWith(partSuffix) && parseSnapshotName(text.slice(0, -partSuffix.length)) !== undefined;
}

const timeText = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
