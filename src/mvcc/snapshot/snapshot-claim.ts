/**
 * The claim to a slot of the schedule of snapshots: the instance that has it takes the snapshot.
 * The state is in the database, and changes under the revision lock. So one instance has a claim at
 * a time, and a slot is settled once.
 */
import { assert } from '../../errors.ts';
import { SNAPSHOT_STATE, snapshotStateNames } from '../../sql/statements/snapshot-claim-statements.ts';
import { SET_STATE } from '../../sql/statements/state-statements.ts';
import { insertEach, type Program, row } from '../program.ts';

/** The newest snapshot in a place. Times are milliseconds since 1970 of the database's clock. */
export interface PlacedSnapshot {
  readonly atMs: number;
  readonly bytes: number;
}

export interface SnapshotState {
  /** The newest slot that was settled: with a snapshot, or given up. */
  readonly slotMs: number;
  /** Until when a claim is held. In the past: no instance has one. */
  readonly heldUntilMs: number;
  readonly folder: PlacedSnapshot | undefined;
  readonly bucket: PlacedSnapshot | undefined;
}

/** A random number of a process, so that a restarted process is another holder. */
export type ClaimHolder = number;

/**
 * - `begin`: reads the state. In a store without one, slots up to `nowMs` count as settled.
 * - `claim`: claims a slot, or extends the claim. Refused while another holder has a claim, and for
 *   a settled slot.
 * - `place`: stores the snapshot in the folder, while its upload is under way. Refused if the
 *   holder lost the claim.
 * - `settle`: settles the slot and gives the claim back. Refused if the holder lost it.
 * - `giveBack`: gives the claim back without settling.
 */
export type SnapshotClaimStep =
  | { readonly step: 'begin'; readonly nowMs: number }
  | {
      readonly step: 'claim';
      readonly holder: ClaimHolder;
      readonly slotMs: number;
      readonly nowMs: number;
      readonly untilMs: number;
    }
  | { readonly step: 'place'; readonly holder: ClaimHolder; readonly folder: PlacedSnapshot }
  | {
      readonly step: 'settle';
      readonly holder: ClaimHolder;
      readonly slotMs: number;
      /** The new snapshots. Undefined: none was taken there. */
      readonly folder: PlacedSnapshot | undefined;
      readonly bucket: PlacedSnapshot | undefined;
    }
  | { readonly step: 'giveBack'; readonly holder: ClaimHolder };

export interface SnapshotClaimResult {
  /** Whether the step took effect. */
  readonly isGranted: boolean;
  readonly state: SnapshotState;
}

type Named = Readonly<Partial<Record<keyof typeof snapshotStateNames, number>>>;

/** Runs a step. The caller holds the revision lock. */
export function* changeSnapshotClaim(change: SnapshotClaimStep): Program<SnapshotClaimResult> {
  const stored = yield* row(SNAPSHOT_STATE);
  assert(stored !== undefined, 'the state of snapshots is one row');
  const changed = changesOf(change, stored);
  if (changed !== undefined) {
    const values = Object.entries(changed).map(([key, value]) => ({
      name: snapshotStateNames[key as keyof Named],
      value,
    }));
    yield* insertEach(SET_STATE, values);
  }
  return { isGranted: changed !== undefined, state: stateOf({ ...stored, ...changed }) };
}

type Stored = Readonly<Record<keyof typeof snapshotStateNames, number | null>>;

/** The numbers that a step changes. Undefined: the step is refused. */
function changesOf(change: SnapshotClaimStep, stored: Stored): Named | undefined {
  switch (change.step) {
    case 'begin':
      return stored.slotMs === null ? { slotMs: change.nowMs } : undefined;
    case 'claim': {
      const { holder, slotMs, nowMs, untilMs } = change;
      // A claim that ends later than a new one was made before the clock was set back.
      const isHeld = stored.owner !== holder && isBetween(nowMs, stored.untilMs, untilMs);
      return isHeld || slotMs <= settledSlotMs(stored.slotMs ?? 0, nowMs) ? undefined : { owner: holder, untilMs };
    }
    case 'place': {
      const { holder, folder } = change;
      return stored.owner === holder ? { folderMs: folder.atMs, folderBytes: folder.bytes } : undefined;
    }
    case 'settle': {
      const { holder, slotMs, folder, bucket } = change;
      if (stored.owner !== holder) return undefined;
      return {
        slotMs,
        untilMs: 0,
        ...(folder && { folderMs: folder.atMs, folderBytes: folder.bytes }),
        ...(bucket && { bucketMs: bucket.atMs, bucketBytes: bucket.bytes }),
      };
    }
    default:
      return stored.owner === change.holder ? { untilMs: 0 } : undefined;
  }
}

/**
 * The newest settled slot. 0 for a slot in the future: it was settled before the clock was set
 * back, and must not end the schedule.
 */
export function settledSlotMs(slotMs: number, nowMs: number): number {
  return slotMs > nowMs + clockToleranceMs ? 0 : slotMs;
}

function isBetween(nowMs: number, untilMs: number | null, latestMs: number): boolean {
  return untilMs !== null && untilMs > nowMs && untilMs <= latestMs + clockToleranceMs;
}

/** The clocks of the instances agree to within seconds. */
const clockToleranceMs = 10_000;

function stateOf({ slotMs, untilMs, folderMs, folderBytes, bucketMs, bucketBytes }: Stored): SnapshotState {
  const placed = (atMs: number | null, bytes: number | null) =>
    atMs === null ? undefined : { atMs, bytes: bytes ?? 0 };
  return {
    slotMs: slotMs ?? 0,
    heldUntilMs: untilMs ?? 0,
    folder: placed(folderMs, folderBytes),
    bucket: placed(bucketMs, bucketBytes),
  };
}
