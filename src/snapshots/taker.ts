/** Takes the snapshot of one slot: into the folder, from there into the bucket. */
import type { BackendVersions } from '../backend/backend-buckets.ts';
import type { SnapshotConfig } from '../config/config.ts';
import type { Logger } from '../logger.ts';
import type { SnapshotPlaceKind } from '../statistics/snapshot-statistics.ts';
import type { Store } from '../store/store.ts';
import type { BucketPlace } from './bucket/bucket-place.ts';
import type { HeldClaim } from './held-claim.ts';
import type { KnownSnapshot, SnapshotPlace } from './known-snapshot.ts';
import type { Places } from './open-places.ts';
import { deleteExpired, type Retention, type SnapshotSeries } from './retention.ts';
import { sumBytes, verifyFile } from './verify-file.ts';
import { withSum } from './with-sum.ts';

/** The clocks of the instances agree to within seconds. */
const clockToleranceMs = 10_000;

export interface TakerOptions {
  readonly store: Store;
  readonly config: Pick<SnapshotConfig, 'prefix' | 'retentionCount' | 'bucket'>;
  readonly versions: BackendVersions;
  readonly places: Places;
  readonly logger: Logger;
}

/** Runs the tries of one place. Undefined: all failed. */
export type Tries = (
  place: SnapshotPlaceKind,
  attempt: () => Promise<KnownSnapshot>,
) => Promise<KnownSnapshot | undefined>;

export interface Taken {
  readonly folder: KnownSnapshot | undefined;
  readonly bucket: KnownSnapshot | undefined;
}

export class Taker {
  readonly #options: TakerOptions;

  constructor(options: TakerOptions) {
    this.#options = options;
  }

  /** @throws ClaimLost */
  async take(claim: HeldClaim, tries: Tries): Promise<Taken> {
    const {
      places: { folder, bucket },
      config,
    } = this.#options;
    const inFolder = await tries('folder', () => this.#toFolder(claim));
    if (inFolder === undefined) return { folder: undefined, bucket: undefined };
    await this.#deleteExpired(folder, { keptCount: config.retentionCount, nowMs: inFolder.atMs });
    if (bucket === undefined) return { folder: inFolder, bucket: undefined };
    const inBucket = await tries('s3', () => this.#toBucket(bucket, inFolder, claim));
    if (inBucket !== undefined)
      await this.#deleteExpired(bucket, { keptCount: config.bucket?.retentionCount ?? 0, nowMs: inBucket.atMs });
    return { folder: inFolder, bucket: inBucket };
  }

  get #series(): SnapshotSeries {
    return { prefix: this.#options.config.prefix, clusterId: this.#options.store.clusterId };
  }

  async #toFolder(claim: HeldClaim): Promise<KnownSnapshot> {
    const {
      places: { folder },
      store,
      versions,
    } = this.#options;
    const series = this.#series;
    await folder.removeParts(series, { idleMs: 0 });
    const there = await this.#leftBefore(claim.slotMs);
    if (there !== undefined) return there;
    // Whole seconds, as in the name. No clock that is set back gives a time before the slot.
    const atMs = Math.max(claim.slotMs, Math.floor(store.snapshotClaims.nowMs() / 1000) * 1000);
    let written: KnownSnapshot | undefined;
    await store.snapshot({ versions, signal: claim.signal }, async ({ revision, bytes, chunks }) => {
      written = await folder.write(
        { ...series, atMs, revision },
        { bytes: bytes + sumBytes, chunks: withSum(chunks()), confirm: () => claim.confirm() },
      );
    });
    return written as KnownSnapshot;
  }

  /** The file of an instance that ended before it settled the slot. */
  async #leftBefore(slotMs: number): Promise<KnownSnapshot | undefined> {
    const found = this.#newestSince(slotMs, await this.#options.places.folder.list());
    if (found === undefined) return undefined;
    try {
      await verifyFile(found.location);
      return found;
    } catch {
      return undefined;
    }
  }

  async #toBucket(bucket: BucketPlace, from: KnownSnapshot, claim: HeldClaim): Promise<KnownSnapshot> {
    await bucket.removeParts(this.#series, { idleMs: 0 });
    const there = this.#newestSince(claim.slotMs, await bucket.list());
    // An object of this file may be there without a comparison. It is uploaded again.
    if (there !== undefined && there.name !== from.name) return there;
    return bucket.upload(from.location, { confirm: () => claim.confirm(), signal: claim.signal });
  }

  async #deleteExpired(place: SnapshotPlace, retention: Retention): Promise<void> {
    const { logger } = this.#options;
    try {
      const deleted = await deleteExpired(place, this.#series, retention);
      if (deleted.length > 0)
        logger.info({ place: place.name, names: deleted.map(({ name }) => name) }, 'old snapshots deleted');
    } catch (error) {
      logger.warn(
        { place: place.name, err: (error as Error).message },
        'deleting old snapshots failed; the next snapshot retries',
      );
    }
  }

  /**
   * The snapshot that an instance took for a slot, and could not settle. A snapshot from the future
   * was taken before the clock was set back.
   */
  #newestSince(slotMs: number, known: readonly KnownSnapshot[]): KnownSnapshot | undefined {
    const { prefix, clusterId } = this.#series;
    const throughMs = this.#options.store.snapshotClaims.nowMs() + clockToleranceMs;
    return known.findLast(
      (each) => each.prefix === prefix && each.clusterId === clusterId && each.atMs >= slotMs && each.atMs <= throughMs,
    );
  }
}
