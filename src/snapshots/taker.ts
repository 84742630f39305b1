/** Takes the snapshot of one slot: into the folder, from there into the bucket. */

import type { BackendVersions } from '../backend/backend-buckets.ts';
import type { SnapshotConfig } from '../config/config.ts';
import { timerMsMax } from '../kit/long-interval.ts';
import type { Logger } from '../logger.ts';
import type { SnapshotPlaceKind } from '../statistics/snapshot-statistics.ts';
import type { Store } from '../store/store.ts';
import type { BucketPlace } from './bucket/bucket-place.ts';
import { type Guarded, HangGuard } from './hang-guard.ts';
import type { HeldClaim } from './held-claim.ts';
import type { KnownSnapshot, RequestOptions, SnapshotPlace } from './known-snapshot.ts';
import type { Places } from './open-places.ts';
import { deleteExpired, type Retention, type SnapshotSeries } from './retention.ts';
import { SnapshotError } from './snapshot-error.ts';
import { sumBytes, verifyFile } from './verify-file.ts';
import { withSum } from './with-sum.ts';

/** The clocks of the instances agree to within seconds. */
const clockToleranceMs = 10_000;

export interface TakerOptions {
  readonly store: Store;
  readonly config: Pick<SnapshotConfig, 'prefix' | 'retentionCount' | 'bucket'>;
  readonly versions: BackendVersions;
  readonly places: Places;
  /** How long the folder may give no answer. */
  readonly folderIdleMsMax: number;
  readonly logger: Logger;
}

/** Runs the tries of one place. Undefined: all failed. */
export type Tries = (
  place: SnapshotPlaceKind,
  attempt: () => Promise<KnownSnapshot>,
) => Promise<KnownSnapshot | undefined>;

export interface TakeOptions {
  readonly tries: Tries;
  readonly untilNextSlotMs: () => number;
  /** Runs when the snapshot is in the folder, before its upload. */
  readonly onUpload: (inFolder: KnownSnapshot) => Promise<void>;
}

export interface Taken {
  readonly folder: KnownSnapshot | undefined;
  readonly bucket: KnownSnapshot | undefined;
}

export class Taker {
  readonly #options: TakerOptions;
  readonly #folderGuard: HangGuard;

  constructor(options: TakerOptions) {
    this.#options = options;
    this.#folderGuard = new HangGuard(options.places.folder.name, options.folderIdleMsMax);
  }

  /** @throws ClaimLost */
  async take(claim: HeldClaim, { tries, untilNextSlotMs, onUpload }: TakeOptions): Promise<Taken> {
    const {
      places: { folder, bucket },
      config,
    } = this.#options;
    const inFolder = await tries('folder', () => this.#toFolder(claim));
    if (inFolder === undefined) return { folder: undefined, bucket: undefined };
    const retention = { keptCount: config.retentionCount, nowMs: inFolder.atMs };
    await this.#logged(
      folder,
      this.#folderGuard.run(claim.signal, () => this.#deleteExpired(folder, retention)),
    );
    if (bucket === undefined) return { folder: inFolder, bucket: undefined };
    await onUpload(inFolder);
    const inBucket = await tries('s3', () =>
      untilSilent({ claim, msMax: untilNextSlotMs() }, (one) => this.#toBucket(bucket, inFolder, one)),
    );
    if (inBucket !== undefined)
      await this.#logged(
        bucket,
        this.#deleteExpired(bucket, {
          keptCount: config.bucket?.retentionCount ?? 0,
          nowMs: inBucket.atMs,
          signal: claim.signal,
        }),
      );
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
    const there = await this.#folderGuard.run(claim.signal, async ({ progress }) => {
      await folder.removeParts(series, { idleMs: 0 });
      progress();
      return this.#leftBefore(claim.slotMs, progress);
    });
    if (there !== undefined) return there;
    // Whole seconds, as in the name. No clock that is set back gives a time before the slot.
    const atMs = Math.max(claim.slotMs, Math.floor(store.snapshotClaims.nowMs() / 1000) * 1000);
    let written: KnownSnapshot | undefined;
    await store.snapshot({ versions, signal: claim.signal }, async ({ revision, bytes, chunks }) => {
      written = await this.#folderGuard.run(claim.signal, (guarded) =>
        folder.write(
          { ...series, atMs, revision },
          {
            bytes: bytes + sumBytes,
            chunks: guardedChunks(withSum(chunks()), guarded),
            confirm: () => {
              guarded.ended.throwIfAborted();
              return claim.confirm();
            },
            progress: guarded.progress,
          },
        ),
      );
    });
    return written as KnownSnapshot;
  }

  /** The file of an instance that ended before it settled the slot. */
  async #leftBefore(slotMs: number, progress: () => void): Promise<KnownSnapshot | undefined> {
    const found = this.#newestSince(slotMs, await this.#options.places.folder.list());
    if (found === undefined) return undefined;
    try {
      await verifyFile(found.location, progress);
      return found;
    } catch {
      return undefined;
    }
  }

  async #toBucket(
    bucket: BucketPlace,
    from: KnownSnapshot,
    { claim, signal, answered }: Upload,
  ): Promise<KnownSnapshot> {
    await bucket.removeParts(this.#series, { idleMs: 0, signal });
    const there = this.#newestSince(claim.slotMs, await bucket.list({ signal }));
    answered();
    // An object of this file may be there without a comparison. It is uploaded again.
    if (there !== undefined && there.name !== from.name) return there;
    return bucket.upload(from.location, {
      confirm: () => claim.confirm(),
      signal,
      reading: (read) => this.#folderGuard.run(signal, ({ progress }) => read(progress)),
    });
  }

  async #deleteExpired(place: SnapshotPlace, retention: Retention & RequestOptions): Promise<void> {
    const { logger } = this.#options;
    const deleted = await deleteExpired(place, this.#series, retention);
    if (deleted.length > 0)
      logger.info({ place: place.name, names: deleted.map(({ name }) => name) }, 'old snapshots deleted');
  }

  async #logged(place: SnapshotPlace, deletion: Promise<void>): Promise<void> {
    try {
      await deletion;
    } catch (error) {
      this.#options.logger.warn(
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

/** Each requested chunk is progress: the one before is written. */
async function* guardedChunks(chunks: AsyncIterable<Buffer>, { progress, ended }: Guarded): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    ended.throwIfAborted();
    progress();
    yield chunk;
  }
  progress();
}

/** One try of an upload. */
interface Upload {
  readonly claim: HeldClaim;
  /** Ends the try. */
  readonly signal: AbortSignal;
  /** The storage has answered. */
  readonly answered: () => void;
}

/** How long a try waits for the first answer of the storage at least, also after the next slot. */
const firstAnswerMsMin = 15_000;

/** Ends a try if the storage has given no answer until the next slot. */
async function untilSilent<Result>(
  { claim, msMax }: { readonly claim: HeldClaim; readonly msMax: number },
  attempt: (one: Upload) => Promise<Result>,
): Promise<Result> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), Math.min(timerMsMax, Math.max(firstAnswerMsMin, msMax)));
  try {
    const signal = AbortSignal.any([claim.signal, silent.signal]);
    return await attempt({ claim, signal, answered: () => clearTimeout(timer) });
  } catch (error) {
    if (!silent.signal.aborted) throw error;
    throw new SnapshotError('the storage did not answer before the next slot; check --snapshot-s3-endpoint', {
      isLasting: false,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
