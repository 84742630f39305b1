/** The turn of snapshots by schedule, as one instance uses it. */
import { randomInt } from 'node:crypto';
import type { Driver } from '../drivers/driver.ts';
import { limits } from '../limits.ts';
import type {
  PlacedSnapshot,
  SnapshotState,
  SnapshotTurnResult,
  SnapshotTurnStep,
} from '../mvcc/snapshot/snapshot-turn.ts';
import type { WriteQueue } from './writes/write-queue.ts';

/** `randomInt` draws numbers below 2^48. */
const holderMax = 2 ** 48 - 1;

export class SnapshotTurns {
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
   * Takes the turn for a slot, or extends it, for `snapshotTurnMs`. `isGranted` false: another
   * instance has the turn, or the slot is settled.
   */
  claim(slotMs: number): Promise<SnapshotTurnResult> {
    const nowMs = Math.floor(this.nowMs());
    return this.#step({
      step: 'claim',
      holder: this.#holder,
      slotMs,
      nowMs,
      untilMs: nowMs + limits.snapshotTurnMs,
    });
  }

  /**
   * Settles the slot with the snapshots that were taken. `isGranted` false: another instance took
   * the turn meanwhile.
   */
  settle(
    slotMs: number,
    placed: { readonly folder: PlacedSnapshot | undefined; readonly bucket: PlacedSnapshot | undefined },
  ): Promise<SnapshotTurnResult> {
    return this.#step({ step: 'settle', holder: this.#holder, slotMs, ...placed });
  }

  /** Gives the turn back, so that another instance takes the slot at once. */
  async giveBack(): Promise<void> {
    await this.#step({ step: 'giveBack', holder: this.#holder });
  }

  async #step(change: SnapshotTurnStep): Promise<SnapshotTurnResult> {
    const { isGranted, state } = await this.#writes.write({ kind: 'snapshotTurn', change });
    return { isGranted, state };
  }
}
