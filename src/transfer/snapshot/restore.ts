/** Makes a tine of a snapshot of etcd's: all of it in one transaction, or nothing. */
import { FileReader } from '../../bbolt/file-reader.ts';
import type { OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import type { NamedDetails } from '../../mvcc/backend-parts.ts';
import { change, changeEach, insertEach } from '../../mvcc/program.ts';
import { rebuildCurrent } from '../../mvcc/take-over.ts';
import { ROLES, USERS } from '../../sql/auth-statements.ts';
import { keyText } from '../../sql/key-text.ts';
import { markRow } from '../../sql/kine-rows.ts';
import type { LeaseRow } from '../../sql/lease-row.ts';
import { SET_COVERED_ID } from '../../sql/take-over-statements.ts';
import { DELETE_ROWS, INSERT_LEASES, INSERT_ROWS } from '../../sql/write-statements.ts';
import type { Progress } from '../copy/progress.ts';
import { beginCopy, forgetCopy, prepareTarget, storeState } from '../copy/target.ts';
import { unreachableRows } from '../rules.ts';
import { numberOf } from '../table-facts.ts';
import { BackendFile } from './backend-file.ts';
import { historyHash } from './history-hash.ts';
import { inspect, type SnapshotSummary } from './inspect.ts';
import { LogRestorer, markRowId } from './log-restorer.ts';

export interface RestoreOptions {
  /** How much the revision is lifted, all of the history compacted: clients then see it never go back. 0: not at all. */
  readonly bumpRevision: number;
}

export interface RestoreReport {
  readonly summary: SnapshotSummary;
  /** The store's revision afterwards. */
  readonly revision: number;
}

/**
 * Reads the file to its end before it looks at the target.
 *
 * @throws StartError when the file is damaged, cut off or newer than this tine, or when the target is not empty, is served, or cannot hold it.
 */
export function restoreSnapshot(
  path: string,
  to: OfflineAccess,
  { bumpRevision, progress }: RestoreOptions & { readonly progress: Progress },
): Promise<RestoreReport> {
  return FileReader.use(path, async (file) => {
    progress.print('reading all of the snapshot');
    const summary = inspect(file);
    refuseLongKeys(summary, to, path);
    await prepareTarget(to, path);
    const revision = await to.whileLocked((target) =>
      target.transaction((own) => restore(new BackendFile(file), own, { summary, bumpRevision, progress })),
    );
    return { summary, revision };
  });
}

function refuseLongKeys({ keyLengthMax }: SnapshotSummary, to: OfflineAccess, path: string): void {
  if (keyLengthMax <= to.keyLengthMax) return;
  throw new StartError(
    `${path}: it has a key of ${keyLengthMax} characters, and ${to.name} can index ${to.keyLengthMax}; restore it into another database`,
  );
}

interface Restoring extends RestoreOptions {
  readonly summary: SnapshotSummary;
  readonly progress: Progress;
}

/** The store's revision afterwards. */
async function restore(backend: BackendFile, own: OfflineDatabase, restoring: Restoring): Promise<number> {
  const { summary, bumpRevision, progress } = restoring;
  await refuseUsers(own);
  await beginCopy(own, own.name);
  await restoreAuth(backend, own);
  await restoreLeases(backend, own);
  const log = new LogRestorer(own, summary);
  await log.restore(backend.rows(), progress);
  progress.print('putting the newest rows in order');
  const revision = summary.revision + bumpRevision;
  const compactRevision = bumpRevision > 0 ? revision : summary.compactRevision;
  const { newestId, markId } = await log.finish({ revision, compactRevision });
  const mark = markRow({ id: markRowId, compactedId: markId, version: compactRevision < 0 ? 1 : 2 });
  await own.run(insertEach(INSERT_ROWS, [mark]));
  if (!summary.isCompacted || bumpRevision > 0) await deleteUnreachable(own, markId);
  await own.run(rebuildCurrent(newestId));
  await own.run(change(SET_COVERED_ID, newestId));
  // The newest row stays whatever it is: the next compaction looks at it again.
  await storeState(own, 'compacted_id', Math.max(0, Math.min(markId, newestId - 1)));
  for (const statement of own.sql.setSequence) await own.change(statement);
  await verify(own, { expected: log.hash, restoring });
  await forgetCopy(own);
  return revision;
}

/** Keys are looked for where every copy does. */
async function refuseUsers(own: OfflineDatabase): Promise<void> {
  const found = await own.value('SELECT (SELECT COUNT(*) FROM tine_user) + (SELECT COUNT(*) FROM tine_role)');
  if (numberOf(found) === 0) return;
  throw new StartError(`${own.name}: it has users or roles; name an empty database, or one that is not there yet`);
}

async function restoreAuth(backend: BackendFile, own: OfflineDatabase): Promise<void> {
  const { isEnabled, revision } = backend.auth();
  const rows = (list: Iterable<NamedDetails>) =>
    [...list].map(({ name, details }) => ({ name: keyText(name), details }));
  await own.run(insertEach(USERS.set, rows(backend.users())));
  await own.run(insertEach(ROLES.set, rows(backend.roles())));
  await storeState(own, 'auth_enabled', isEnabled ? 1 : 0);
  await storeState(own, 'auth_revision', Math.max(1, revision));
}

/** Leases that are written at once. */
const leasePageMax = 1000;

async function restoreLeases(backend: BackendFile, own: OfflineDatabase): Promise<void> {
  const nowMs = Date.now();
  let page: LeaseRow[] = [];
  for (const { id, ttl, remainingTtl } of backend.leases()) {
    const leftSeconds = remainingTtl > 0 ? remainingTtl : ttl;
    page.push({ id, ttlSeconds: ttl, expiresAtMs: nowMs + leftSeconds * 1000 });
    if (page.length < leasePageMax) continue;
    await own.run(insertEach(INSERT_LEASES, page));
    page = [];
  }
  await own.run(insertEach(INSERT_LEASES, page));
}

/** Rows that are deleted at once. */
const unreachableAtOnce = 500;

/** What the compaction that the snapshot interrupted had still to delete. */
async function deleteUnreachable(own: OfflineDatabase, markId: number): Promise<void> {
  for (;;) {
    const found = await own.values(`${unreachableRows(markId)} ORDER BY id LIMIT ${unreachableAtOnce}`);
    await own.run(
      changeEach(
        DELETE_ROWS,
        found.map((id) => [id]),
      ),
    );
    if (found.length < unreachableAtOnce) return;
  }
}

/** @throws StartError when the rows are not those of the file; nothing is left then. */
async function verify(
  own: OfflineDatabase,
  { expected, restoring }: { readonly expected: number; readonly restoring: Restoring },
): Promise<void> {
  const { summary, bumpRevision, progress } = restoring;
  // Which rows of an unfinished compaction are left depends on rows that were never compared.
  if (!summary.isCompacted || bumpRevision > 0) return;
  progress.print('comparing');
  if ((await historyHash(own)) === expected) return;
  throw new StartError(`${own.name}: it is not what was restored; this is a bug in tine, and nothing was changed`);
}
