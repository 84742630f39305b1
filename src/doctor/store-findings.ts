/** The state of the store: keys, history, leases, alarms, members, size and quota. */
import type { OfflineDatabase } from '../drivers/offline.ts';
import { bytesText } from '../kit/amount-text.ts';
import { limits } from '../limits.ts';
import { alarmsProgram } from '../mvcc/cluster/alarms.ts';
import { headProgram } from '../mvcc/head.ts';
import { leaseCount } from '../mvcc/leases/lease-reads.ts';
import { alarmNumbers } from '../mvcc/operations.ts';
import { row, rows } from '../mvcc/program.ts';
import { KEY_COUNT_UP_TO, MEMBERS_SEEN, ROW_COUNT_UP_TO } from '../sql/statements/doctor-statements.ts';
import { rowsNotCovered } from '../transfer/check-database.ts';
import { missingParts } from '../transfer/schema-parts.ts';
import { type TableFacts, tableFacts } from '../transfer/table-facts.ts';
import { copyFinding } from '../transfer/unfinished-copy.ts';
import { doctorLimits } from './doctor-limits.ts';
import { advice, type Finding, ok, problem } from './finding.ts';

export interface StoreContext {
  /** 0 or less: no quota. */
  readonly quotaBytes: number;
  /** The clock of the database, in ms since 1970. */
  readonly nowMs: number;
}

export async function storeFindings(database: OfflineDatabase, context: StoreContext): Promise<readonly Finding[]> {
  const facts = await tableFacts(database);
  return schemaFinding(facts) ?? contentFindings(database, facts, context);
}

/** Undefined: the tables are tine's, and no newer tine changed them. */
function schemaFinding({
  tables,
  missingColumns,
  unknownMigrations,
  isTines,
}: TableFacts): readonly Finding[] | undefined {
  if (!tables.has('kine')) return [advice('store', 'there are no tables yet; tine creates them when it starts')];
  if (missingColumns.length > 0) {
    const columns = missingColumns.join(', ');
    return [problem('store', `table kine lacks ${columns}; neither tine nor kine wrote it; give another database`)];
  }
  const [newer] = unknownMigrations;
  if (newer !== undefined)
    return [problem('store', `written by a newer tine (it has ${newer}); use that version or a newer one`)];
  return isTines ? undefined : [advice('store', 'it is a database of kine; tine takes it over when it starts')];
}

async function contentFindings(
  database: OfflineDatabase,
  facts: TableFacts,
  { quotaBytes, nowMs }: StoreContext,
): Promise<readonly Finding[]> {
  const missing = missingParts(database.sql, facts);
  // Without its tables and indexes, counts fail or take long.
  if (missing.length > 0) return missing.map((what) => problem('store', `${what} is missing; run \`tine repair\``));
  return [
    ...(await copyFinding(database, facts)).map((text) => problem('store', text)),
    ...(await historyFindings(database)),
    ok('leases', String(await database.run(leaseCount()))),
    ...(await alarmFindings(database)),
    ...(await memberFindings(database, nowMs)),
    ...(await sizeFindings(database, quotaBytes)),
  ];
}

async function historyFindings(database: OfflineDatabase): Promise<readonly Finding[]> {
  const ahead = await rowsNotCovered(database);
  if (ahead > 0)
    return [advice('store', `rows that kine wrote since tine: ${ahead}; tine takes them over when it starts`)];
  const { revision, compactRevision } = await database.run(headProgram());
  const compacted = compactRevision < 0 ? 'never compacted' : `compacted through ${compactRevision}`;
  const keyCount = (await database.run(row(KEY_COUNT_UP_TO, doctorLimits.countMax))) ?? 0;
  const rowCount = (await database.run(row(ROW_COUNT_UP_TO, doctorLimits.countMax))) ?? 0;
  // One row is the compaction mark.
  const historyCount = Math.max(0, rowCount - keyCount - 1);
  return [
    ok('keys', countText(keyCount, keyCount)),
    ok('revision', `${revision}, ${compacted}`),
    historyFinding({ keyCount, historyCount, text: countText(historyCount, rowCount) }),
  ];
}

function historyFinding(found: {
  readonly keyCount: number;
  readonly historyCount: number;
  readonly text: string;
}): Finding {
  const { keyCount, historyCount } = found;
  const text = `rows of earlier revisions that wait for compaction: ${found.text}`;
  if (historyCount <= Math.max(doctorLimits.historyRowsMax, keyCount * doctorLimits.historyFactor))
    return ok('history', text);
  return advice(
    'history',
    `${text}; a Kubernetes API server compacts every five minutes; for other clients set --auto-compaction-retention 1h`,
  );
}

/** `counted`: the count that may have ended at its limit. */
function countText(count: number, counted: number): string {
  return counted >= doctorLimits.countMax ? `${count} or more` : String(count);
}

async function alarmFindings(database: OfflineDatabase): Promise<readonly Finding[]> {
  const { alarms } = await database.run(alarmsProgram());
  if (alarms.length === 0) return [ok('alarms', 'none')];
  return alarms.map(({ number, memberId }) => {
    const by = `raised by member ${memberId.toString(16)}`;
    return number === alarmNumbers.noSpace
      ? problem(
          'alarms',
          `NOSPACE, ${by}: writes are refused; compact and run etcdctl defrag, or raise the quota, then run etcdctl alarm disarm`,
        )
      : problem(
          'alarms',
          `CORRUPT, ${by}: writes are refused; if \`tine copy --cutover\` raised the alarm, use the target; otherwise run \`tine check\`, then run etcdctl alarm disarm`,
        );
  });
}

async function memberFindings(database: OfflineDatabase, nowMs: number): Promise<readonly Finding[]> {
  const members = (await database.run(rows(MEMBERS_SEEN))).map(({ details, seenAtMs }) => {
    const { name, clientUrls } = JSON.parse(Buffer.from(details).toString()) as MemberDetails;
    return { name: `${name} (${clientUrls.join(', ')})`, silentMs: Math.max(0, nowMs - seenAtMs) };
  });
  if (members.length === 0) return [ok('members', 'no tine serves this database now')];
  return members.map(({ name, silentMs }) => {
    const text = `${name}, seen ${Math.round(silentMs / 1000)} s ago`;
    if (silentMs <= limits.memberSilenceMsMax) return ok('members', text);
    return advice('members', `${text}: it was killed, or cannot reach the database; see its log, or start it again`);
  });
}

interface MemberDetails {
  readonly name: string;
  readonly clientUrls: readonly string[];
}

async function sizeFindings(database: OfflineDatabase, quotaBytes: number): Promise<readonly Finding[]> {
  const { bytes, inUseBytes } = (await database.run(row(database.size))) ?? { bytes: 0, inUseBytes: 0 };
  return [sizeFinding(bytes, bytes - inUseBytes), ...quotaFindings(bytes, quotaBytes)];
}

function sizeFinding(bytes: number, freeBytes: number): Finding {
  const text = `${bytesText(bytes)}, of which ${bytesText(freeBytes)} are free`;
  if (freeBytes < doctorLimits.freeBytesNoted || freeBytes < bytes * doctorLimits.freeShareMax) return ok('size', text);
  return advice(
    'size',
    `${text}: later writes reuse this space; to return it to the file system now, run etcdctl defrag`,
  );
}

function quotaFindings(bytes: number, quotaBytes: number): readonly Finding[] {
  if (quotaBytes <= 0) return [];
  const text = `${Math.round((bytes / quotaBytes) * 100)} % of ${bytesText(quotaBytes)}`;
  if (bytes < quotaBytes * doctorLimits.quotaShareMax) return [ok('quota', text)];
  const remedy = 'delete keys and compact, or raise --quota-backend-bytes';
  if (bytes < quotaBytes) return [advice('quota', `${text}: ${remedy}`)];
  return [problem('quota', `${text}: writes are refused; ${remedy}`)];
}
