/**
 * Takes snapshots by schedule. Every instance runs this loop; the claim in the database decides
 * which instance takes a slot.
 *
 * A slot that passed while no instance ran is taken at the next start. Of several missed slots only
 * the newest is taken, because all would have the same content.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { EtcdError, StartError } from '../errors.ts';
import { RetryLog } from '../kit/retry-log.ts';
import type { Logger } from '../logger.ts';
import type { SnapshotState } from '../mvcc/snapshot/snapshot-claim.ts';
import type {
  ListedSnapshot,
  PlaceStatistics,
  SnapshotPlaceKind,
  SnapshotSource,
  SnapshotStatistics,
} from '../statistics/snapshot-statistics.ts';
import type { Store } from '../store/store.ts';
import { ClaimLost, HeldClaim } from './held-claim.ts';
import { type KnownSnapshot, knownSnapshots } from './known-snapshot.ts';
import type { Places } from './open-places.ts';
import type { Schedule } from './schedule.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { Taken, Taker } from './taker.ts';

/** Pauses between the tries of a slot, in ms. There are no more tries when the next slot is due. */
const pausesMs = [1_000, 5_000, 20_000] as const;

/** How often an instance looks whether the holder of the claim has settled the slot. */
const lookIntervalMs = 1_000;

/** The longest wait for a slot: the clock may be set meanwhile. */
const waitMsMax = 30_000;

/** The pause after the database failed. */
const retryPauseMs = 2_000;

/**
 * How much later an instance takes part after its last slot failed, so that another instance, whose
 * disk may have space, takes the next one.
 */
const handicapMs = 2_000;

export interface SchedulerOptions {
  readonly schedule: Schedule;
  readonly store: Store;
  readonly taker: Taker;
  readonly places: Places;
  readonly logger: Logger;
}

interface Counts {
  count: number;
  ms: number;
  failures: number;
}

export class SnapshotScheduler implements SnapshotSource {
  readonly #options: SchedulerOptions;
  readonly #stopping = new AbortController();
  readonly #counts: Readonly<Record<SnapshotPlaceKind, Counts>> = {
    folder: { count: 0, ms: 0, failures: 0 },
    s3: { count: 0, ms: 0, failures: 0 },
  };
  #state: SnapshotState | undefined;
  #lastError: SnapshotStatistics['lastError'];
  #claim: HeldClaim | undefined;
  #running: Promise<void> | undefined;
  /** The end of the last slot that this instance took, for the reason of missed ones. */
  #lastEndedMs = 0;
  #isHandicapped = false;
  readonly #retries: RetryLog;
  #listing: Promise<readonly ListedSnapshot[]> | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#retries = new RetryLog(
      options.logger,
      'cannot read or claim the next slot of the snapshot schedule; retrying',
    );
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the snapshot under way, gives its slot to another instance, and resolves. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#claim?.stop();
    await this.#running;
  }

  get statistics(): SnapshotStatistics {
    const { schedule, store, places } = this.#options;
    const nowMs = store.snapshotClaims.nowMs();
    const state = this.#state;
    const dueMs = schedule.newestThrough(nowMs);
    return {
      folder: this.#placeStatistics('folder', state?.folder),
      s3: places.bucket ? this.#placeStatistics('s3', state?.bucket) : undefined,
      // The slots before the first start are no slots.
      dueMs: state !== undefined && dueMs !== undefined && dueMs >= state.slotMs ? dueMs : undefined,
      nextMs: schedule.nextAfter(nowMs),
      isRunning: this.#claim !== undefined,
      lastError: this.#lastError,
    };
  }

  /** One list is read at a time: a folder that does not answer must not take all file threads. */
  list(): Promise<readonly ListedSnapshot[]> {
    this.#listing ??= knownSnapshots(this.#options.places.all).finally(() => {
      this.#listing = undefined;
    });
    return this.#listing;
  }

  #placeStatistics(place: SnapshotPlaceKind, last: PlaceStatistics['last']): PlaceStatistics {
    return { last, ...this.#counts[place] };
  }

  async #run(): Promise<void> {
    const { store } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        this.#state ??= await store.snapshotClaims.begin();
        await this.#step(this.#state);
        this.#retries.succeeded();
      } catch (error) {
        if (this.#stopping.signal.aborted) break;
        this.#retries.failed(error);
        await this.#wait(retryPauseMs);
      }
    }
  }

  /** Waits for a slot, or takes one. */
  async #step(state: SnapshotState): Promise<void> {
    const { schedule, store } = this.#options;
    const nowMs = store.snapshotClaims.nowMs();
    const slotMs = schedule.newestThrough(nowMs);
    if (slotMs === undefined || slotMs <= state.slotMs) {
      await this.#wait(Math.min(waitMsMax, (schedule.nextAfter(nowMs) ?? Number.POSITIVE_INFINITY) - nowMs));
      return;
    }
    if (this.#isHandicapped) await this.#wait(handicapMs);
    if (this.#stopping.signal.aborted) return;
    this.#isHandicapped = false;
    const { isGranted, state: found } = await store.snapshotClaims.claim(slotMs);
    this.#state = found;
    // The state of the claim: another instance may have settled slots since the last look.
    if (isGranted) await this.#take(slotMs, found);
    else if (found.slotMs < slotMs) await this.#wait(lookIntervalMs);
  }

  async #take(slotMs: number, { slotMs: settledMs }: SnapshotState): Promise<void> {
    const { store, taker, logger } = this.#options;
    this.#reportMissed(settledMs, slotMs);
    const claim = new HeldClaim(store.snapshotClaims, slotMs);
    this.#claim = claim;
    const beganMs = performance.now();
    try {
      if (this.#stopping.signal.aborted) claim.stop();
      const taken = await taker.take(claim, {
        tries: (place, attempt) => this.#try(place, claim, attempt),
        untilNextSlotMs: () => this.#untilNextSlotMs(slotMs),
        onUpload: (inFolder) => this.#beginUpload(slotMs, inFolder),
      });
      const { isGranted, state } = await store.snapshotClaims.settle(slotMs, placed(taken));
      this.#state = state;
      if (!isGranted) throw new ClaimLost('another instance has the claim');
      if (taken.folder !== undefined) this.#reportTaken(slotMs, taken, performance.now() - beganMs);
    } catch (error) {
      if (!(error instanceof ClaimLost)) throw error;
      logger.warn(
        { slot: timeText(slotMs), reason: error.message },
        'snapshot abandoned; another instance may take its slot',
      );
      await store.snapshotClaims.giveBack();
    } finally {
      claim.end();
      this.#claim = undefined;
      this.#lastEndedMs = store.snapshotClaims.nowMs();
    }
  }

  /** Tries a place several times. Undefined: all tries failed. @throws ClaimLost */
  async #try(
    place: SnapshotPlaceKind,
    claim: HeldClaim,
    attempt: () => Promise<KnownSnapshot>,
  ): Promise<KnownSnapshot | undefined> {
    const counts = this.#counts[place];
    const beganMs = performance.now();
    for (let tries = 1; ; tries += 1) {
      try {
        claim.signal.throwIfAborted();
        const taken = await attempt();
        counts.count += 1;
        counts.ms += performance.now() - beganMs;
        return taken;
      } catch (error) {
        claim.signal.throwIfAborted();
        const pauseMs = pausesMs[tries - 1];
        const isLast = pauseMs === undefined || this.#untilNextSlotMs(claim.slotMs) <= pauseMs || isLasting(error);
        if (isLast) {
          this.#fail(place, claim.slotMs, { error, tries });
          return undefined;
        }
        this.#options.logger.debug({ place, err: error, tries }, 'snapshot failed; trying again');
        await this.#wait(pauseMs, claim.signal);
      }
    }
  }

  #untilNextSlotMs(slotMs: number): number {
    const { schedule, store } = this.#options;
    return (schedule.nextAfter(slotMs) ?? Number.POSITIVE_INFINITY) - store.snapshotClaims.nowMs();
  }

  /** Shows the snapshot in the folder, however long its upload takes. */
  async #beginUpload(slotMs: number, { name, atMs, bytes, revision }: KnownSnapshot): Promise<void> {
    const { store, logger } = this.#options;
    const { isGranted, state } = await store.snapshotClaims.place({ atMs, bytes });
    if (!isGranted) throw new ClaimLost('another instance has the claim');
    this.#state = state;
    logger.info({ slot: timeText(slotMs), name, bytes, revision }, 'snapshot written to the folder; uploading it');
  }

  #fail(
    place: SnapshotPlaceKind,
    slotMs: number,
    { error, tries }: { readonly error: unknown; readonly tries: number },
  ): void {
    const { store, logger } = this.#options;
    const isExplained = [SnapshotError, EtcdError, StartError].some((kind) => error instanceof kind);
    const text = error instanceof Error ? error.message : String(error);
    this.#counts[place].failures += 1;
    this.#lastError = { atMs: Math.floor(store.snapshotClaims.nowMs()), place, text };
    this.#isHandicapped = store.knownMembers.length > 1;
    logger.error(
      { slot: timeText(slotMs), place, tries, err: isExplained ? text : error },
      place === 'folder'
        ? 'snapshot failed; tine tries again at the next slot'
        : 'upload of the snapshot failed; the snapshot is in the folder, and tine uploads a new one at the next slot',
    );
  }

  #reportTaken(slotMs: number, { folder, bucket }: Taken, ms: number): void {
    this.#options.logger.info(
      {
        slot: timeText(slotMs),
        name: folder?.name,
        bytes: folder?.bytes,
        revision: folder?.revision,
        places: [folder, bucket].flatMap((each) => each?.location ?? []),
        ms: Math.round(ms),
      },
      'snapshot taken',
    );
  }

  /** Logs the slots between the settled one and the one that is taken. */
  #reportMissed(settledMs: number, slotMs: number): void {
    // Without a settled slot, the clock was set back.
    const missed = settledMs === 0 ? [] : this.#options.schedule.between(settledMs, slotMs);
    const [first] = missed;
    const last = missed.at(-1);
    if (first === undefined || last === undefined) return;
    const reason =
      this.#lastEndedMs >= last
        ? 'the previous snapshot took longer than the interval of the schedule'
        : 'no instance ran, or the database did not answer, or the instance with the claim ended';
    this.#options.logger.warn(
      { count: missed.length, first: timeText(first), last: timeText(last), taken: timeText(slotMs), reason },
      'snapshot slots missed; the newest slot is taken',
    );
  }

  /** Waits, but not after a stop, which ends a claim too. */
  async #wait(ms: number, signal = this.#stopping.signal): Promise<void> {
    await sleep(Math.max(0, ms), undefined, { signal, ref: false }).catch(() => {});
  }
}

function placed({ folder, bucket }: Taken) {
  return {
    folder: folder && { atMs: folder.atMs, bytes: folder.bytes },
    bucket: bucket && { atMs: bucket.atMs, bytes: bucket.bytes },
  };
}

const isLasting = (error: unknown): boolean => error instanceof SnapshotError && error.isLasting;

const timeText = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
