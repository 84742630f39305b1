/**
 * Reads the contents of a file in etcd's storage format: the log row by row, and the other buckets.
 */
import type { Bucket, FileReader } from '../../bbolt/file-reader.ts';
import { StartError } from '../../errors.ts';
import type { NamedDetails } from '../../mvcc/snapshot/backend-parts.ts';
import { Role, User } from '../../wire/generated/authpb/auth.ts';
import { Lease } from '../../wire/generated/leasepb/lease.ts';
import { KeyValue } from '../../wire/generated/mvccpb/kv.ts';
import { WireError } from '../../wire/wire-error.ts';

/** A row of the log. */
export interface StoredRow {
  readonly revision: number;
  readonly subRevision: number;
  readonly isTombstone: boolean;
  /**
   * A tombstone has only the key. The key is empty in the row with which etcdutl raises the
   * revision.
   */
  readonly keyValue: KeyValue;
  /** The bytes in the file. */
  readonly keyBytes: Buffer;
  readonly valueBytes: Buffer;
}

/** The newest storage version that tine can read. */
const newestStorage = { major: 3, minor: 7 };

export class BackendFile {
  readonly #file: FileReader;
  #buckets: ReadonlyMap<string, Bucket>;

  constructor(file: FileReader) {
    this.#file = file;
    this.#buckets = file.buckets();
    if (!this.#buckets.has('key') || !this.#buckets.has('meta')) {
      throw file.contentDamage('it lacks the buckets of etcd 3');
    }
  }

  /** Starts again: each bucket can be read once more. */
  rewind(): void {
    this.#buckets = this.#file.buckets();
  }

  /** The names of all buckets, and their contents as bytes. */
  *raw(): Generator<readonly [name: string, elements: Iterable<readonly [Buffer, Buffer]>]> {
    for (const [name, bucket] of this.#buckets) yield [name, this.#file.elements(bucket)];
  }

  *rows(): Generator<StoredRow> {
    let last = 0;
    for (const [keyBytes, valueBytes] of this.#file.elements(this.#buckets.get('key'))) {
      const row = this.row(keyBytes, valueBytes);
      if (row.revision < last) throw this.#damage('its revisions are not in order');
      last = row.revision;
      yield row;
    }
  }

  row(keyBytes: Buffer, valueBytes: Buffer): StoredRow {
    const revisionKey = this.#revisionKey(keyBytes);
    const keyValue = this.#decoded(KeyValue, valueBytes, `the row of revision ${revisionKey.revision}`);
    const { modRevision, createRevision, version, key } = keyValue;
    const isRevisionBump = valueBytes.length === 0;
    const isSound = revisionKey.isTombstone
      ? key.length > 0
      : key.length > 0 && modRevision === revisionKey.revision && createRevision <= modRevision && version >= 1;
    if (!isRevisionBump && !isSound)
      throw this.#damage(`the row of revision ${revisionKey.revision} contradicts itself`);
    return { ...revisionKey, keyValue, keyBytes, valueBytes };
  }

  *leases(): Generator<Lease> {
    for (const [key, value] of this.#file.elements(this.#buckets.get('lease'))) {
      const lease = this.#decoded(Lease, value, 'a lease');
      if (key.length !== 8 || key.readBigInt64BE() !== lease.id || lease.ttl < 0) {
        throw this.#damage('a lease contradicts itself');
      }
      yield lease;
    }
  }

  users(): Generator<NamedDetails> {
    return this.#named('authUsers', User);
  }

  roles(): Generator<NamedDetails> {
    return this.#named('authRoles', Role);
  }

  auth(): { readonly isEnabled: boolean; readonly revision: number } {
    const values = new Map(this.#texts('auth'));
    const revision = values.get('authRevision');
    return {
      isEnabled: values.get('authEnabled')?.[0] === 1,
      revision: revision === undefined ? 0 : this.#number(revision, 'the revision of auth'),
    };
  }

  alarmCount(): number {
    return [...this.#file.elements(this.#buckets.get('alarm'))].length;
  }

  /** The state of compaction, and the version that wrote the file. */
  meta() {
    const values = new Map(this.#texts('meta'));
    const compacted = (name: string): number => {
      const value = values.get(name);
      return value === undefined ? -1 : this.#revisionKey(value).revision;
    };
    const index = values.get('consistent_index');
    return {
      scheduledCompactRevision: compacted('scheduledCompactRev'),
      finishedCompactRevision: compacted('finishedCompactRev'),
      /** The index of the last entry of the write-ahead log that is in the file. */
      consistentIndex: index === undefined ? 0 : this.#number(index, 'the index'),
      storageVersion: this.#storageVersion(values.get('storageVersion')?.toString('latin1')),
    };
  }

  #storageVersion(text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    const [, major, minor] = /^(\d+)\.(\d+)\.\d+$/.exec(text) ?? [];
    if (major === undefined) throw this.#damage('its storage version is not valid');
    const { major: knownMajor, minor: knownMinor } = newestStorage;
    if (Number(major) > knownMajor || (Number(major) === knownMajor && Number(minor) > knownMinor)) {
      throw new StartError(
        `${this.#file.path}: it was written by etcd ${major}.${minor}, and this tine reads files up to ${knownMajor}.${knownMinor}; use a newer tine`,
      );
    }
    return text;
  }

  *#texts(bucket: string): Generator<[string, Buffer]> {
    for (const [key, value] of this.#file.elements(this.#buckets.get(bucket))) yield [key.toString('latin1'), value];
  }

  *#named(bucket: string, codec: typeof User | typeof Role): Generator<NamedDetails> {
    for (const [name, details] of this.#file.elements(this.#buckets.get(bucket))) {
      const { name: own } = this.#decoded<User | Role>(codec, details, `an element of ${bucket}`);
      if (name.length === 0 || !name.equals(own)) throw this.#damage(`an element of ${bucket} has another name`);
      yield { name, details };
    }
  }

  #revisionKey(key: Buffer): Pick<StoredRow, 'revision' | 'subRevision' | 'isTombstone'> {
    const isTombstone = key.length === revisionKeyBytes + 1 && key[revisionKeyBytes] === tombstoneMark;
    if ((key.length !== revisionKeyBytes && !isTombstone) || key[8] !== separator) {
      throw this.#damage('a revision is not valid');
    }
    const revision = this.#number(key.subarray(0, 8), 'a revision');
    return { revision, subRevision: this.#number(key.subarray(9, 17), 'a revision'), isTombstone };
  }

  #number(bytes: Buffer, what: string): number {
    const value = bytes.length === 8 ? bytes.readBigUInt64BE() : undefined;
    if (value === undefined || value > Number.MAX_SAFE_INTEGER) throw this.#damage(`${what} is out of range`);
    return Number(value);
  }

  #decoded<Message>(codec: { decode(bytes: Uint8Array): Message }, bytes: Buffer, what: string): Message {
    try {
      return codec.decode(bytes);
    } catch (error) {
      if (error instanceof WireError) throw this.#damage(`${what} cannot be read`);
      throw error;
    }
  }

  #damage(what: string): StartError {
    return this.#file.contentDamage(what);
  }
}

const revisionKeyBytes = 17;
const separator = 0x5f;
const tombstoneMark = 0x74;
