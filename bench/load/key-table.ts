/**
 * The keys of one thread for one target, each with the revision of its last write. The keys are
 * divided among the threads, so no two threads update the same key.
 */
export class KeyTable {
  readonly prefix: string;
  private readonly revisions: number[];
  private readonly keys: readonly Buffer[];

  /** The keys of `total` whose number, divided by `shareCount`, leaves `share`. */
  constructor(keys: { prefix: string; total: number; share: number; shareCount: number }) {
    this.prefix = `${keys.prefix}key/`;
    const indexes = Array.from({ length: keys.total }, (_, index) => index);
    this.keys = indexes.filter((index) => index % keys.shareCount === keys.share).map((index) => this.named(index));
    this.revisions = this.keys.map(() => 0);
  }

  get count(): number {
    return this.keys.length;
  }

  key(index: number): Buffer {
    const key = this.keys[index];
    if (key === undefined) throw new RangeError(`no key ${index} of ${this.keys.length}`);
    return key;
  }

  random(): Buffer {
    return this.key(Math.floor(Math.random() * this.keys.length));
  }

  revision(index: number): number {
    return this.revisions[index] ?? 0;
  }

  setRevision(index: number, revision: number): void {
    this.revisions[index] = revision;
  }

  private named(index: number): Buffer {
    return Buffer.from(`${this.prefix}${String(index).padStart(8, '0')}`);
  }
}
