/** Claims to the slots of snapshots by schedule, as one instance makes them. */
import { randomInt } from 'node:crypto';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import {
  type PlacedSnapshot,
  type SnapshotClaimResult,
  type SnapshotClaimStep,
  type SnapshotState,
  settledSlotMs,
} from '../mvcc/snapshot/snapshot-claim.ts';
import type { WriteQueue } from './writes/write-queue.ts';

/** `randomInt` draws numbers below 2^48. */
const holderMax = 2 ** 48 - 1;

export class SnapshotClaims {
  readonly #driver: Driver;
  readonly #writes: WriteQueue;
  readonly #holder = randomInt(holderMax);

  constructor(driver: Driver, writes: WriteQueue) {
    this.#driver = driver;
    this.#writes = writes;
  }

  /** Milliseconds since 1970. The instances agree to within seconds. */
  nowMs(): number {
    return this.#driver.nowMs();
  }

  /** Reads the state. In a store without one, slots up to now count as settled. */
  async begin(): Promise<SnapshotState> {
    return (await this.#step({ step: 'begin', nowMs: Math.floor(this.nowMs()) })).state;
  }

  /**
   * Claims a slot, or extends the claim, for `snapshotClaimMs`. `isGranted` false: another
   * instance has a claim, or the slot is settled.
   */
  claim(slotMs: number): Promise<SnapshotClaimResult> {
    const nowMs = Math.floor(this.nowMs());
    return this.#step({
      step: 'claim',
      holder: this.#holder,
      slotMs,
      nowMs,
      untilMs: nowMs + limits.snapshotClaimMs,
    });
  }

  /**
   * Stores the snapshot in the folder before its upload. `isGranted` false: another instance took
   * the claim meanwhile.
   */
  place(folder: PlacedSnapshot): Promise<SnapshotClaimResult> {
    return this.#step({ step: 'place', holder: this.#holder, folder });
  }

  /**
   * Settles the slot with the snapshots that were taken. `isGranted` false: another instance took
   * the claim meanwhile.
   */
  settle(
    slotMs: number,
    placed: { readonly folder: PlacedSnapshot | undefined; readonly bucket: PlacedSnapshot | undefined },
  ): Promise<SnapshotClaimResult> {
    return this.#step({ step: 'settle', holder: this.#holder, slotMs, ...placed });
  }

  /** Gives the claim back, so that another instance takes the slot at once. */
  async giveBack(): Promise<void> {
    await this.#step({ step: 'giveBack', holder: this.#holder });
  }

  async #step(change: SnapshotClaimStep): Promise<SnapshotClaimResult> {
    const { isGranted, state } = await this.#writes.write({ kind: 'snapshotClaim', change });
    return { isGranted, state: { ...state, slotMs: settledSlotMs(state.slotMs, this.nowMs()) } };
  }
}
