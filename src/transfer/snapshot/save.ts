/** Writes a snapshot of a database, or of a running server, to a file. */
import { createHash } from 'node:crypto';
import { SnapshotReading } from '../../backend/snapshot-reading.ts';
import { pageBytes } from '../../bbolt/layout.ts';
import type { OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { isOwnError, StartError } from '../../errors.ts';
import { row } from '../../mvcc/program.ts';
import { type ReadInput, type ReadName, type ReadOutput, readProgram } from '../../mvcc/read-programs.ts';
import { partSuffix } from '../../snapshots/snapshot-name.ts';
import { sumBytes } from '../../snapshots/verify-file.ts';
import { writeWholeFile } from '../../snapshots/whole-file.ts';
import { withSum } from '../../snapshots/with-sum.ts';
import { CLUSTER_ID } from '../../sql/statements/cluster-statements.ts';
import { Maintenance } from '../../wire/generated/etcdserverpb/maintenance.ts';
import { rowsNotCovered } from '../check-database.ts';
import type { EtcdClient } from '../copy/etcd-client.ts';
import { noProgress, type Progress } from '../copy/progress.ts';
import { requireKnown, tableFacts } from '../table-facts.ts';
import { refuseUnfinishedCopy } from '../unfinished-copy.ts';

/** A snapshot of a database, as it is read. */
export interface ReadSnapshot {
  readonly revision: number;
  /** @throws StartError if no tine has served the database yet. */
  clusterId(): Promise<bigint>;
  /** The size of the file. */
  readonly bytes: number;
  /** The file with its SHA-256. */
  readonly chunks: AsyncIterable<Buffer>;
}

/** Saves one snapshot of the database, while others may write to it. Returns the saved revision. */
export function saveSnapshot(
  path: string,
  from: OfflineAccess,
  etcdVersion: string,
  progress: Progress = noProgress,
): Promise<number> {
  return withSnapshot(from, etcdVersion, async ({ revision, bytes, chunks }) => {
    await writeWhole(
      path,
      counted(chunks, (written) => progress.update(`writing ${path}`, written, bytes, 'bytes')),
    );
    return revision;
  });
}

/** Reads one snapshot of the database, while others may write to it. */
export function withSnapshot<Result>(
  from: OfflineAccess,
  etcdVersion: string,
  use: (snapshot: ReadSnapshot) => Promise<Result>,
): Promise<Result> {
  return from.readSnapshot(async (database) => {
    await refuseForeign(database);
    const read = <Name extends ReadName>(name: Name, input: ReadInput<Name>): Promise<ReadOutput<Name>> =>
      database.run(readProgram(name, input, database.facts));
    const [major, minor] = etcdVersion.split('.');
    const version = `${major}.${minor}.0`;
    const reading = await SnapshotReading.begin(read, {
      versions: { storage: version, cluster: version },
      signal: undefined,
    });
    const pageCount = await reading.measure();
    return use({
      revision: reading.revision,
      clusterId: () => clusterIdOf(database),
      bytes: pageCount * pageBytes + sumBytes,
      chunks: withSum(reading.chunks(pageCount)),
    });
  });
}

/** @throws StartError if no tine has served the database yet. */
export async function clusterIdOf(database: OfflineDatabase): Promise<bigint> {
  const id = await database.run(row(CLUSTER_ID));
  if (id === undefined)
    throw new StartError(`${database.name}: no tine has served this database yet; start tine on it once`);
  return BigInt.asUintN(64, BigInt(id));
}

/**
 * @throws StartError if the schema is not the one of this tine, or if tine has not taken over all
 * rows: their names, TTLs and the index would be wrong in the snapshot.
 */
async function refuseForeign(database: OfflineDatabase): Promise<void> {
  const facts = await tableFacts(database);
  requireKnown(database, facts, 'save');
  await refuseUnfinishedCopy(database, facts);
  if (facts.isTines && facts.missingMigrations.length === 0 && (await rowsNotCovered(database)) === 0) return;
  throw new StartError(
    `${database.name}: kine or an older tine wrote this database; start this tine on it once, then save`,
  );
}

/**
 * Saves a snapshot of a running server.
 *
 * @throws StartError if the server refuses, or if the received data is damaged.
 */
export async function downloadSnapshot(
  path: string,
  client: EtcdClient,
  progress: Progress = noProgress,
): Promise<void> {
  await writeWhole(
    path,
    counted(sentBytes(client), (bytes) => progress.update(`writing ${path}`, bytes, undefined, 'bytes')),
  );
}

/** Passes chunks on, and reports the bytes so far. */
async function* counted(chunks: AsyncIterable<Buffer>, report: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    yield chunk;
    bytes += chunk.length;
    report(bytes);
  }
}

async function* sentBytes(client: EtcdClient): AsyncGenerator<Buffer> {
  // A stream has no time limit until it is connected. Pings test it afterwards.
  await client.call(Maintenance.methods.status, {});
  const sum = createHash('sha256');
  // The last chunk is the checksum of the others.
  let waiting: Buffer | undefined;
  for await (const { blob } of client.stream(Maintenance.methods.snapshot, {})) {
    if (waiting !== undefined) {
      sum.update(waiting);
      yield waiting;
    }
    waiting = Buffer.from(blob);
  }
  if (waiting === undefined || !waiting.equals(sum.digest())) {
    throw new StartError(`${client.name}: the received snapshot is damaged or truncated; try again`);
  }
  yield waiting;
}

async function writeWhole(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  try {
    await writeWholeFile(`${path}${partSuffix}`, chunks, async () => path);
  } catch (cause) {
    const { code = '', message, syscall } = cause as NodeJS.ErrnoException;
    if (isOwnError(cause) || syscall === undefined) throw cause;
    throw new StartError(`${path}: ${writeFaults.get(code) ?? message}`, { cause });
  }
}

const full = 'no space is left on the disk; free some space, then try again';
const refused = 'cannot be written; check the permissions of its folder, or give another path';
const noFile = 'is a folder, or its path contains a file; give another path';

/** What prevents the writing of a file, and what to do. */
const writeFaults: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', full],
  ['EDQUOT', full],
  ['EACCES', refused],
  ['EPERM', refused],
  ['EROFS', refused],
  ['EISDIR', noFile],
  ['ENOTDIR', noFile],
  ['ENOTEMPTY', noFile],
  ['EEXIST', noFile],
  ['ENOENT', 'its folder does not exist; create it, or give another path'],
]);
