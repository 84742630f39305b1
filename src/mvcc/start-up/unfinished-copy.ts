/**
 * Detects the target of a copy or a restore that is not complete. It must be neither served nor
 * handed on.
 */
import { UNFINISHED_COPY } from '../../sql/statements/take-over-statements.ts';
import { type Program, row } from '../program.ts';

/** What is wrong with the target of an unfinished copy, and what to do. */
export const unfinishedCopyText =
  'a copy into this database has not been finished; run the same `tine copy` again (a copy with --follow is finished by --cutover), or `tine snapshot restore` again, or drop the database';

/** Whether the database is the target of an unfinished copy. */
export function* isUnfinishedCopy(): Program<boolean> {
  return (yield* row(UNFINISHED_COPY)) !== undefined;
}
