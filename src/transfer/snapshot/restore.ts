/**
 * Restores an etcd snapshot into a database, in one transaction that commits completely or has no
 * effect. Until it commits, the database counts as an unfinished copy: it is not served as an empty
 * store.
 */
import { FileReader } from '../../bbolt/file-reader.ts';
import type { OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import { change, insertEach } from '../../mvcc/program.ts';
import type { NamedDetails } from '../../mvcc/snapshot/backend-parts.ts';
import { rebuildCurrent } from '../../mvcc/start-up/take-over.ts';
import { keyText } from '../../sql/key-text.ts';
import { markRow } from '../../sql/rows/kine-rows.ts';
import type { LeaseRow } from '../../sql/rows/lease-row.ts';
import { ROLES, USERS } from '../../sql/statements/auth-statements.ts';
import { SET_COVERED_ID } from '../../sql/statements/take-over-statements.ts';
import { INSERT_LEASES, INSERT_ROWS } from '../../sql/statements/write-statements.ts';
import type { Progress } from '../copy/progress.ts';
import { beginCopy, forgetCopy, prepareTarget, storeState } from '../copy/target.ts';
import { deleteUnreachable } from '../rules.ts';
import { numberOf } from '../table-facts.ts';
import { BackendFile } from './backend-file.ts';
import { historyHash } from './history-hash.ts';
import { inspect, type SnapshotSummary } from './inspect.ts';
import { LogRestorer, markRowId } from './log-restorer.ts';

export interface RestoreOptions {
  /**
   * By how much the revision is raised, with all history compacted, so that clients never see it go
   * back. 0: not at all.
   */
  readonly bumpRevision: number;
}

export interface RestoreReport {
  readonly summary: SnapshotSummary;
  /** The revision of the store afterwards. */
  readonly revision: number;
}

/**
 * Reads the whole file before it opens the target.
 *
 * @throws StartError if the file is damaged, truncated or newer than this tine, or if the target is
 * not empty, is served, or cannot store the snapshot.
 */
export function restoreSnapshot(
  path: string,
  to: OfflineAccess,
  { bumpRevision, progress }: RestoreOptions & { readonly progress: Progress },
): Promise<RestoreReport> {
  return FileReader.use(path, async (file) => {
    const summary = inspect(file, progress);
    refuseLongKeys(summary, to, path);
    await prepareTarget(to, restoreName);
    const revision = await to.whileLocked(async (target) => {
      await target.transaction(begin);
      return target.transaction((tx) => restore(new BackendFile(file), tx, { summary, bumpRevision, progress }));
    });
    return { summary, revision };
  });
}

/**
 * The source of every restore: another snapshot may be restored into the target of an interrupted
 * restore, but no copy may continue it.
 */
const restoreName = 'tine snapshot restore';

async function begin(tx: OfflineDatabase): Promise<void> {
  await refuseUsers(tx);
  await beginCopy(tx, restoreName);
}

function refuseLongKeys({ keyLengthMax }: SnapshotSummary, to: OfflineAccess, path: string): void {
  if (keyLengthMax <= to.keyLengthMax) return;
  throw new StartError(
    `${path}: it has a key of ${keyLengthMax} characters, and ${to.name} can index at most ${to.keyLengthMax}; restore it into another database`,
  );
}

interface Restoring extends RestoreOptions {
  readonly summary: SnapshotSummary;
  readonly progress: Progress;
}

/** Restores the snapshot. Returns the revision of the store afterwards. */
async function restore(backend: BackendFile, tx: OfflineDatabase, restoring: Restoring): Promise<number> {
  const { summary, bumpRevision, progress } = restoring;
  await restoreAuth(backend, tx);
  await restoreLeases(backend, tx);
  const log = new LogRestorer(tx, summary);
  await log.restore(backend.rows(), progress);
  progress.print('ordering the newest rows');
  const revision = summary.revision + bumpRevision;
  const compactRevision = bumpRevision > 0 ? revision : summary.compactRevision;
  const { newestId, markId } = await log.finish({ revision, compactRevision });
  const mark = markRow({ id: markRowId, compactedId: markId, version: compactRevision < 0 ? 1 : 2 });
  await tx.run(insertEach(INSERT_ROWS, [mark]));
  // A compaction of the source may have been interrupted.
  if (!summary.isCompacted || bumpRevision > 0) await deleteUnreachable(tx, markId);
  await tx.run(rebuildCurrent(newestId));
  await tx.run(change(SET_COVERED_ID, newestId));
  // The newest row always stays: the next compaction checks it again.
  await storeState(tx, 'compacted_id', Math.max(0, Math.min(markId, newestId - 1)));
  for (const statement of tx.sql.setSequence) await tx.change(statement);
  await verify(tx, { expected: log.hash, restoring });
  await forgetCopy(tx);
  return revision;
}

/** Refuses users and roles. `beginCopy` refuses keys. */
async function refuseUsers(tx: OfflineDatabase): Promise<void> {
  const found = await tx.value('SELECT (SELECT COUNT(*) FROM tine_user) + (SELECT COUNT(*) FROM tine_role)');
  if (numberOf(found) === 0) return;
  throw new StartError(`${tx.name}: it has users or roles; give an empty database, or one that does not exist yet`);
}

async function restoreAuth(backend: BackendFile, tx: OfflineDatabase): Promise<void> {
  const { isEnabled, revision } = backend.auth();
  const rows = (list: Iterable<NamedDetails>) =>
    [...list].map(({ name, details }) => ({ name: keyText(name), details }));
  await tx.run(insertEach(USERS.set, rows(backend.users())));
  await tx.run(insertEach(ROLES.set, rows(backend.roles())));
  await storeState(tx, 'auth_enabled', isEnabled ? 1 : 0);
  await storeState(tx, 'auth_revision', Math.max(1, revision));
}

/** Leases of one statement. */
const leasePageMax = 1000;

async function restoreLeases(backend: BackendFile, tx: OfflineDatabase): Promise<void> {
  const nowMs = Date.now();
  let page: LeaseRow[] = [];
  for (const { id, ttl, remainingTtl } of backend.leases()) {
    const leftSeconds = remainingTtl > 0 ? remainingTtl : ttl;
    page.push({ id, ttlSeconds: ttl, expiresAtMs: nowMs + leftSeconds * 1000 });
    if (page.length < leasePageMax) continue;
    await tx.run(insertEach(INSERT_LEASES, page));
    page = [];
  }
  await tx.run(insertEach(INSERT_LEASES, page));
}

/**
 * Compares the rows with the file.
 *
 * @throws StartError if they differ; then nothing is written.
 */
async function verify(
  tx: OfflineDatabase,
  { expected, restoring }: { readonly expected: number; readonly restoring: Restoring },
): Promise<void> {
  const { summary, bumpRevision, progress } = restoring;
  // The rows that an unfinished compaction leaves depend on rows that were never compared.
  if (!summary.isCompacted || bumpRevision > 0) return;
  progress.print('comparing');
  if ((await historyHash(tx)) === expected) return;
  throw new StartError(
    `${tx.name}: the restored rows differ from the snapshot; this is a bug in tine, and nothing was changed`,
  );
}
