/**
 * Reads a whole snapshot and summarizes it. Every fault of a file is found here, and none later.
 */
import type { FileReader } from '../../bbolt/file-reader.ts';
import { keyText } from '../../sql/key-text.ts';
import { crc32c } from '../../wire/crc32c.ts';
import { noProgress, type Progress } from '../copy/progress.ts';
import { BackendFile, type StoredRow } from './backend-file.ts';

export interface SnapshotSummary {
  /** CRC-32C of all buckets, as etcdutl computes it. */
  readonly hash: number;
  readonly bytes: number;
  readonly hasChecksum: boolean;
  /** Undefined before etcd 3.6. */
  readonly storageVersion: string | undefined;
  readonly consistentIndex: number;
  /** The revision of the store. */
  readonly revision: number;
  /** -1: nothing was compacted. */
  readonly compactRevision: number;
  /** Whether compaction has deleted all rows that it must delete. */
  readonly isCompacted: boolean;
  readonly keyCount: number;
  readonly rowCount: number;
  /** The longest key as tine stores it, in characters. */
  readonly keyLengthMax: number;
  readonly leaseCount: number;
  readonly userCount: number;
  readonly roleCount: number;
  readonly isAuthEnabled: boolean;
  readonly alarmCount: number;
}

/** @throws StartError if the file is damaged, truncated, or newer than this tine. */
export function inspect(file: FileReader, progress: Progress = noProgress): SnapshotSummary {
  file.verifyChecksum();
  const backend = new BackendFile(file);
  const { storageVersion, consistentIndex, scheduledCompactRevision, finishedCompactRevision } = backend.meta();
  const compactRevision = Math.max(scheduledCompactRevision, finishedCompactRevision);
  const counts = {
    leaseCount: countOf(backend.leases()),
    userCount: countOf(backend.users()),
    roleCount: countOf(backend.roles()),
    alarmCount: backend.alarmCount(),
    isAuthEnabled: backend.auth().isEnabled,
  };
  backend.rewind();
  const log = new LogSummary(finishedCompactRevision);
  let hash = 0;
  for (const [name, elements] of backend.raw()) {
    hash = crc32c(Buffer.from(name, 'latin1'), hash);
    for (const [key, value] of elements) {
      if (name === 'key') log.add(backend.row(key, value));
      hash = crc32c(value, crc32c(key, hash));
      progress.update(`reading ${file.path}`, file.walkedBytes, file.bytes, 'bytes');
    }
  }
  return {
    hash,
    bytes: file.bytes,
    hasChecksum: file.hasChecksum,
    storageVersion,
    consistentIndex,
    compactRevision,
    isCompacted: compactRevision === finishedCompactRevision,
    revision: Math.max(1, log.revision, compactRevision),
    keyCount: log.keyCount,
    rowCount: log.rowCount,
    keyLengthMax: log.keyLengthMax,
    ...counts,
  };
}

/** Counts keys without storing them. */
class LogSummary {
  readonly #compactRevision: number;
  revision = 0;
  rowCount = 0;
  keyCount = 0;
  keyLengthMax = 0;

  constructor(compactRevision: number) {
    this.#compactRevision = compactRevision;
  }

  add({ revision, isTombstone, keyValue: { key, createRevision } }: StoredRow): void {
    this.revision = revision;
    this.rowCount += 1;
    this.keyLengthMax = Math.max(this.keyLengthMax, keyText(key).length);
    // At or below the mark, each existing key has one row. Above it, the first row of a key's life
    // is a creation.
    const isOld = revision <= this.#compactRevision;
    if (isTombstone) this.keyCount -= isOld ? 0 : 1;
    else if (key.length > 0 && (isOld || createRevision === revision)) this.keyCount += 1;
  }
}

function countOf(items: Iterable<unknown>): number {
  let count = 0;
  for (const _item of items) count += 1;
  return count;
}
