/**
 * The statements of the lease clock (docs/adr/012-lease-time.md), which is stored as named numbers
 * in `tine_state`.
 */
import { record, single } from '../shape.ts';
import { selectsRow } from '../statement.ts';
import { changesState, selectsState } from './state-statements.ts';

/** The time of the furthest instance when it was stored, in ms. */
export const leaseClockName = 'lease_clock';

/**
 * On SQLite: the boot id of the machine, and the difference between the store's time and the
 * monotonic clock since this boot, in ms.
 */
export const bootIdName = 'clock_boot_id';
export const clockOffsetName = 'clock_offset_ms';

const value = (name: string): string => `(SELECT value FROM tine_state WHERE name = '${name}')`;

export const LEASE_CLOCK = selectsRow(
  'lease_clock',
  single('storedMs', 'integer?'),
  () => `SELECT ${value(leaseClockName)}`,
);

export const MACHINE_CLOCK = selectsRow(
  'machine_clock',
  record({ bootId: 'integer?', offsetMs: 'integer?' }),
  () => `SELECT ${value(bootIdName)}, ${value(clockOffsetName)}`,
);

/** When a start has last restarted the TTLs of leases, in ms of the lease clock. */
const leasesExtendedName = 'leases_extended_at';

export const LEASES_EXTENDED_AT = selectsState('leases_extended_at', leasesExtendedName);

export const SET_LEASES_EXTENDED_AT = changesState('set_leases_extended_at', leasesExtendedName);
