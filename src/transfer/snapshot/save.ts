/** Writes a snapshot of a database, or of a running server, to a file. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { SnapshotReading } from '../../backend/snapshot-reading.ts';
import { pageBytes } from '../../bbolt/layout.ts';
import type { OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import { type ReadInput, type ReadName, type ReadOutput, readProgram } from '../../mvcc/read-programs.ts';
import { Maintenance } from '../../wire/generated/etcdserverpb/maintenance.ts';
import type { EtcdClient } from '../copy/etcd-client.ts';
import { noProgress, type Progress } from '../copy/progress.ts';
import { requireKnown, tableFacts } from '../table-facts.ts';
import { refuseUnfinishedCopy } from '../unfinished-copy.ts';

/** Saves one snapshot of the database, while others may write to it. Returns the saved revision. */
export function saveSnapshot(
  path: string,
  from: OfflineAccess,
  etcdVersion: string,
  progress: Progress = noProgress,
): Promise<number> {
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
    const chunks = withSum(reading.chunks(pageCount));
    await writeWhole(
      path,
      counted(chunks, (bytes) => progress.update(`writing ${path}`, bytes, pageCount * pageBytes, 'bytes')),
    );
    return reading.revision;
  });
}

/** @throws StartError if the schema is not the one of this tine. */
async function refuseForeign(database: OfflineDatabase): Promise<void> {
  const facts = await tableFacts(database);
  requireKnown(database, facts, 'save');
  await refuseUnfinishedCopy(database, facts);
  if (facts.isTines && facts.missingMigrations.length === 0) return;
  throw new StartError(`${database.name}: kine or an older tine wrote it; start this tine on it once, then save`);
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

async function* withSum(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const sum = createHash('sha256');
  for await (const chunk of chunks) {
    sum.update(chunk);
    yield chunk;
  }
  yield sum.digest();
}

/**
 * Writes a file that appears complete on disk, or not at all. Only its owner may read it: it
 * contains users' keys.
 */
async function writeWhole(path: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const part = `${path}.part`;
  const file = await opened(part);
  try {
    try {
      for await (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    // A file that an earlier run left behind would keep its mode.
    await rm(path, { force: true });
    return await open(path, 'wx', 0o600);
  } catch (cause) {
    throw new StartError(`${path}: ${(cause as Error).message}`, { cause });
  }
}
