/** The statements of the lease clock (docs/adr/012-lease-time.md): named numbers of `tine_state`. */
import { record, single } from '../shape.ts';
import { selectsRow } from '../statement.ts';

/** The time that the furthest instance had reached when it was written, in ms. */
export const leaseClockName = 'lease_clock';

/** On SQLite: the run of the machine, and the difference between the store's time and that run's monotonic clock, in ms. */
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
