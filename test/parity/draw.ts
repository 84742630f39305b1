import { type Int, LeaseReference, RevisionReference } from './message.ts';
import type { Random } from './random.ts';

/**
 * Keys with every kind of byte that may cause a fault: ends of the byte range, escapes of the
 * table's names, kine's own rows, long keys.
 */
const keys: readonly Buffer[] = [
  ...[
    'a',
    'a\0',
    'a\0\0',
    'a\x01',
    'a\x02',
    'a/',
    'a/b',
    'a/b/c',
    'a~',
    'a\x7f',
    'a\x80',
    'a\xff',
    'a\xff\xff',
    'ab',
    'b',
  ],
  ...[
    '\0',
    '\0\0',
    '\x01',
    '\x7f',
    '\xff',
    '\xff\xff\xff',
    '%',
    '_',
    'A',
    'compact_rev_key',
    'gap-5',
    '/registry/pods/default/x',
  ],
  ...[`long/${'k'.repeat(300)}`, `long/${'\0\xff'.repeat(400)}`],
].map((text) => Buffer.from(text, 'latin1'));
const unicodeKeys = ['é', '日本/語', '🙂'].map((text) => Buffer.from(text));

const keySpace: readonly Buffer[] = [...keys, ...unicodeKeys];
/** Half of all choices fall on a few keys, so that they see many versions, deletes and creates. */
const busyKeys: readonly Buffer[] = keySpace.slice(0, 8);

/**
 * Small ids, the largest one and a negative one. The ids that servers choose lie between them, so
 * that the order of ids does not depend on chance.
 */
const leaseIds: readonly string[] = ['1', '2', '3', '4', '7587862094', '9223372036854775807', '-5'];

/** The random numbers of a script, and the names it has created so far. */
export class Draw {
  readonly random: Random;
  /** Leases whose id the server chose. */
  readonly aliases: string[] = [];
  #valueCount = 0;

  constructor(random: Random) {
    this.random = random;
  }

  key(): Buffer {
    return this.random.pick(this.random.chance(50) ? busyKeys : keySpace);
  }

  /**
   * A key and an end of every form: one key, a range, a prefix, from a key on, all, empty or
   * inverted.
   */
  keyRange(): { key: Buffer; range_end?: Buffer } {
    const key = this.key();
    return this.random.weighted([
      [4, { key }],
      [4, sortedRange(key, this.key())],
      [3, prefixOf(this.random.pick(['a', 'a/', 'long/', '\xff', '/registry/']))],
      [2, { key, range_end: Buffer.of(0) }],
      [2, { key: Buffer.of(0), range_end: Buffer.of(0) }],
      [1, { key, range_end: key }],
      [1, { key, range_end: this.key() }],
    ]);
  }

  /** Short ones repeat now and then, for sorting and comparing. */
  value(): Buffer {
    this.#valueCount += 1;
    return this.random.weighted([
      [5, Buffer.from(`value ${this.#valueCount}`)],
      [3, Buffer.from(this.random.pick(['', 'x', 'y', '\0', '\xff\0']), 'latin1')],
      [1, Buffer.alloc(this.random.between(100, 5000), this.#valueCount)],
    ]);
  }

  /** Mostly a recent revision; now and then a future one, a compacted one, or none. */
  revision(): RevisionReference | Int {
    return this.random.weighted<RevisionReference | Int>([
      [8, new RevisionReference('current', -this.random.below(40))],
      [2, new RevisionReference('current', this.random.between(1, 3))],
      [2, new RevisionReference('compacted', this.random.between(-2, 2))],
      [1, this.random.pick<Int>([1, 2, -1, -7, '9223372036854775807'])],
    ]);
  }

  /** Like `revision`, without negative ones, which etcd refuses. */
  startRevision(): RevisionReference | Int {
    const revision = this.revision();
    return typeof revision === 'number' ? Math.max(0, revision) : revision;
  }

  /** A lease that may or may not exist. */
  leaseId(): LeaseReference | string {
    const alias = this.aliases.at(-1 - this.random.below(3));
    return alias !== undefined && this.random.chance(20) ? new LeaseReference(alias) : this.namedLeaseId();
  }

  namedLeaseId(): string {
    return this.random.pick(leaseIds);
  }
}

function sortedRange(left: Buffer, right: Buffer): { key: Buffer; range_end: Buffer } {
  return Buffer.compare(left, right) <= 0 ? { key: left, range_end: right } : { key: right, range_end: left };
}

/** The end is the prefix with its last byte raised, or nothing but `\0` where it cannot be. */
function prefixOf(text: string): { key: Buffer; range_end: Buffer } {
  const key = Buffer.from(text, 'latin1');
  const end = Buffer.from(key);
  const last = end.at(-1) ?? 0xff;
  if (last === 0xff) return { key, range_end: Buffer.of(0) };
  end[end.length - 1] = last + 1;
  return { key, range_end: end };
}
