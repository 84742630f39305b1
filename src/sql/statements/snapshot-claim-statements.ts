/**
 * The statements of snapshots by schedule. Their state is stored as named numbers in `tine_state`.
 */
import { record } from '../shape.ts';
import { selectsRow } from '../statement.ts';

/** The names of the numbers. Times are milliseconds since 1970 of the database's clock. */
export const snapshotStateNames = {
  slotMs: 'snapshot_slot_ms',
  owner: 'snapshot_owner',
  untilMs: 'snapshot_until_ms',
  folderMs: 'snapshot_folder_ms',
  folderBytes: 'snapshot_folder_bytes',
  bucketMs: 'snapshot_bucket_ms',
  bucketBytes: 'snapshot_bucket_bytes',
} as const;

const value = (name: keyof typeof snapshotStateNames): string =>
  `(SELECT value FROM tine_state WHERE name = '${snapshotStateNames[name]}')`;

export const SNAPSHOT_STATE = selectsRow(
  'snapshot_state',
  record({
    slotMs: 'integer?',
    owner: 'integer?',
    untilMs: 'integer?',
    folderMs: 'integer?',
    folderBytes: 'integer?',
    bucketMs: 'integer?',
    bucketBytes: 'integer?',
  }),
  () => `SELECT ${value('slotMs')},
    ${value('owner')},
    ${value('untilMs')},
    ${value('folderMs')},
    ${value('folderBytes')},
    ${value('bucketMs')},
    ${value('bucketBytes')}`,
);
