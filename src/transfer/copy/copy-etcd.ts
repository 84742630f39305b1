/**
 * Copies the keys of a running etcd or kine at one revision, with their revisions, versions and
 * leases. It does not copy the history.
 */
import type { LockedDatabase, OfflineAccess, OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import { change, insertEach, row, rows } from '../../mvcc/program.ts';
import { adoptLeases, rebuildCurrent } from '../../mvcc/start-up/take-over.ts';
import { keyBytes, keyText } from '../../sql/key-text.ts';
import { gapRow, kinesTtlSecondsMax, markRow } from '../../sql/rows/kine-rows.ts';
import type { LeaseRow } from '../../sql/rows/lease-row.ts';
import { record } from '../../sql/shape.ts';
import {
  copyNames,
  INSERT_STAGED,
  LAST_STAGED,
  PLACE_STAGED,
  SET_STAGED_TTLS,
  STAGED_LEASES,
} from '../../sql/statements/copy-statements.ts';
import { SET_COVERED_ID } from '../../sql/statements/take-over-statements.ts';
import { INSERT_LEASES, INSERT_ROWS } from '../../sql/statements/write-statements.ts';
import type { KeyValue } from '../../wire/generated/mvccpb/kv.ts';
import { stateOf, tableFacts } from '../table-facts.ts';
import type { CopyReport } from './copy-database.ts';
import { digestText } from './digest.ts';
import { digestByKey } from './digest-database.ts';
import { digestOfEtcd } from './digest-etcd.ts';
import { type EtcdClient, RevisionCompacted } from './etcd-client.ts';
import { type EtcdKeys, findKeys, type KeyScope, pagesOf } from './etcd-keys.ts';
import { noteLeftOutOfServer } from './left-out.ts';
import type { Progress } from './progress.ts';
import { beginCopy, forgetCopy, type KeyPlace, prepareTarget, refuseLongKey, storeState } from './target.ts';

/**
 * Copies the keys into a staging table, and then inserts all of them in the order of their
 * revisions. After an interruption the next run continues after the last key. If the source has
 * compacted the revision meanwhile, the copy starts again.
 *
 * @throws StartError if the source cannot be read, or if the target is not empty or is served.
 */
export async function copyEtcd(client: EtcdClient, to: OfflineAccess, progress: Progress): Promise<CopyReport> {
  await prepareTarget(to, client.name);
  return to.whileLocked(async (target) => {
    const keys = await begin(client, target, { scope: 'all', progress });
    try {
      await copyKeys(keys, { target, place: to }, progress);
      await noteLeftOutOfServer(client, progress);
      return await verified(keys, target, progress);
    } catch (error) {
      if (!(error instanceof RevisionCompacted)) throw error;
      throw new StartError(
        `${client.name}: revision ${keys.revision} was compacted before all of it was read; start again, and stop the client that compacts it (a Kubernetes API server) first`,
        { cause: error },
      );
    }
  });
}

/**
 * Copies all keys at one revision, or continues this work. The copy stays unfinished: what is
 * written later can be added to it. Returns what was read from the source.
 *
 * @throws RevisionCompacted if the source compacts the revision meanwhile. The next call starts
 * again.
 */
export async function beginCopyOfEtcd(client: EtcdClient, into: Into, progress: Progress): Promise<EtcdKeys> {
  const keys = await begin(client, into.target, { scope: 'watched', progress });
  await copyKeys(keys, into, progress);
  return keys;
}

/** The locked target. */
export interface Into {
  readonly target: LockedDatabase;
  readonly place: KeyPlace;
}

async function begin(
  client: EtcdClient,
  target: LockedDatabase,
  { scope, progress }: { readonly scope: KeyScope; readonly progress: Progress },
): Promise<EtcdKeys> {
  const [revision, staged] = await target.transaction(async (tx) => {
    await beginCopy(tx, client.name);
    await tx.change(tx.sql.copyTable);
    const last = await tx.run(row(LAST_STAGED));
    return [await stateOf(tx, copyNames.revision), last?.count ?? 0] as const;
  });
  if (revision !== undefined) await refuseOlderSource(client, revision);
  try {
    const keys = await findKeys(client, { revision, scope });
    if (revision === undefined) await target.transaction((tx) => storeState(tx, copyNames.revision, keys.revision));
    else progress.print(`continuing at revision ${revision}${staged === 0 ? '' : ` after ${staged} keys`}`);
    return keys;
  } catch (error) {
    if (!(error instanceof RevisionCompacted) || revision === undefined) throw error;
    progress.print(`the source has compacted revision ${revision}: starting again`);
    const keys = await findKeys(client, { scope });
    await target.transaction(async (tx) => {
      for (const table of ['tine_copy', 'kine', 'kine_current', 'tine_lease']) await tx.change(`DELETE FROM ${table}`);
      await storeState(tx, copyNames.revision, keys.revision);
    });
    return keys;
  }
}

/** @throws StartError if the source does not have the revision of the copy yet. */
async function refuseOlderSource(client: EtcdClient, revision: number): Promise<void> {
  const newest = await client.newestRevision();
  if (newest >= revision) return;
  throw new StartError(
    `${client.name}: it is at revision ${newest}, and the copy has revision ${revision} already; it was restored or replaced: drop the target and start again`,
  );
}

async function copyKeys(keys: EtcdKeys, into: Into, progress: Progress): Promise<void> {
  const { target } = into;
  if (!(await isPlaced(target))) {
    await stage(keys, into, progress);
    const leases = keys.isKine ? [] : await leasesOf(keys.client, target);
    progress.print('ordering the keys by their revisions');
    await target.transaction((tx) => place(keys, leases, tx));
  }
  await dropStage(target);
}

/** Whether the keys were inserted already. */
function isPlaced(target: LockedDatabase): Promise<boolean> {
  return target.transaction(async (tx) => (await tx.value('SELECT 1 FROM kine LIMIT 1')) !== undefined);
}

async function stage(keys: EtcdKeys, { target, place: to }: Into, progress: Progress): Promise<void> {
  const staged = await target.transaction((tx) => tx.run(row(LAST_STAGED)));
  const last = staged?.name ?? undefined;
  let count = staged?.count ?? 0;
  for await (const page of pagesOf(keys, last === undefined ? undefined : keyBytes(last))) {
    const list = page.map((pair) => stagedRow(pair, keys));
    for (const { name } of list) refuseLongKey(name, to);
    await target.transaction((tx) => tx.run(insertEach(INSERT_STAGED, list)));
    count += page.length;
    progress.update('keys copied', count, keys.count);
  }
}

/** A key as tine stores it. kine reports no version, and the TTL as the lease. */
function stagedRow({ key, modRevision, createRevision, version, value, lease }: KeyValue, { isKine }: EtcdKeys) {
  return {
    name: keyText(key),
    modRevision,
    createRevision,
    version: Math.max(1, version),
    value,
    lease: isKine ? Math.min(Number(lease), kinesTtlSecondsMax) : 0,
    leaseId: isKine || lease === 0n ? null : lease,
  };
}

/**
 * The TTL of a lease that expired while its keys were copied. The keys expire soon after tine
 * starts.
 */
const endedTtlSeconds = 2;

async function leasesOf(client: EtcdClient, target: LockedDatabase): Promise<readonly LeaseRow[]> {
  const held = await target.transaction((tx) => tx.run(rows(STAGED_LEASES)));
  const ids = new Set([...(await client.leases()), ...held.map(BigInt)]);
  const leases: LeaseRow[] = [];
  for (const id of ids) {
    const { ttl, grantedTtl } = await client.timeToLive(id);
    leases.push(
      ttl < 0
        ? { id, ttlSeconds: endedTtlSeconds, expiresAtMs: Date.now() }
        : { id, ttlSeconds: grantedTtl, expiresAtMs: Date.now() + ttl * 1000 },
    );
  }
  return leases;
}

/**
 * Inserts the rows and the mark, and everything derived from them. Everything before the revision
 * counts as compacted.
 */
async function place({ revision }: EtcdKeys, leases: readonly LeaseRow[], target: OfflineDatabase): Promise<void> {
  await target.run(insertEach(INSERT_LEASES, leases));
  await target.run(change(SET_STAGED_TTLS));
  await target.run(change(PLACE_STAGED));
  const newestId = await reachRevision(revision, target);
  const compactedId = newestId === markId ? 0 : newestId;
  const mark = markRow({ id: markId, compactedId, version: compactedId === 0 ? 1 : 2 });
  await target.run(insertEach(INSERT_ROWS, [mark]));
  await target.run(rebuildCurrent(newestId));
  await target.run(adoptLeases({ afterId: 0, newestId, nowMs: Date.now() }));
  await target.run(change(SET_COVERED_ID, newestId));
  // The newest row always stays: the next compaction checks it again.
  await storeState(target, 'compacted_id', Math.max(0, newestId - 1));
  for (const statement of target.sql.setSequence) await target.change(statement);
}

/** The smallest id, which no key has. The mark uses it. */
const markId = 1;
/** The smallest id that a key may have. */
const firstId = 3;

/**
 * Makes the newest row hold the store's revision. If the newest key is older, it inserts a gap row,
 * which clients never see. Returns the id of the newest row.
 */
async function reachRevision(revision: number, target: OfflineDatabase): Promise<number> {
  const [newest] = await target.rows(
    record({ id: 'integer', revision: 'integer' }),
    'SELECT id, COALESCE(revision, id) FROM kine ORDER BY id DESC LIMIT 1',
  );
  const { id, revision: reached } = newest ?? { id: 0, revision: 0 };
  if (reached === revision) return id;
  if (revision <= markId) return markId;
  const gapId = Math.max(revision, id + 1, firstId);
  await target.run(insertEach(INSERT_ROWS, [gapRow({ id: gapId, revision })]));
  return gapId;
}

/** Drops the staging table, not in the transaction that fills the target: MySQL cannot do both. */
function dropStage(target: LockedDatabase): Promise<void> {
  return target.transaction(async (tx) => {
    const { tables } = await tableFacts(tx);
    if (tables.has('tine_copy')) await tx.change('DROP TABLE tine_copy');
  });
}

/**
 * Compares source and target.
 *
 * @throws StartError if they differ; then the copy stays unfinished.
 */
async function verified(keys: EtcdKeys, target: LockedDatabase, progress: Progress): Promise<CopyReport> {
  progress.print('comparing');
  const source = await digestOfEtcd(keys, progress);
  const copied = await target.transaction((tx) => digestByKey(tx, keys, progress));
  if (source.hash !== copied.hash) {
    throw new StartError(
      `the copy of ${keys.client.name} differs from the source: ${digestText(copied)} instead of ${digestText(source)}; drop the target and start again`,
    );
  }
  await target.transaction(forgetCopy);
  return { source, target: copied, revision: keys.revision };
}
