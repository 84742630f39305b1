/** A session on MySQL or MariaDB. Queries that are run together are sent in one round trip. */
import { type Connection, escape as escapeText, type ResultSetHeader } from 'mysql2';
import { DriverError, isDriverError } from '../../errors.ts';
import { listQuery, type Query } from '../../mvcc/program.ts';
import type { HeldLock, LockNumber } from '../../mvcc/writes/state-cache.ts';
import { changeRows, onlyValue, type Row } from '../../sql/statement.ts';
import {
  fillIn,
  type MissingValue,
  missingIds,
  rowsUpToBytes,
  VALUES_BY_ID,
} from '../../sql/statements/held-back-statements.ts';
import { freshLockNumber } from '../remote/lock-number.ts';
import { withReplyTimeout } from '../remote/reply-timeout.ts';
import { TransactionConflict } from '../remote/retry.ts';
import {
  CommitInDoubt,
  type CommitProof,
  type GuardedWrite,
  type Session,
  type TransactionKind,
  type TransactionOptions,
} from '../remote/session.ts';
import type { StatementMeter } from '../statement-meter.ts';
import { classifyError, errorNumber, isConnectionLost, isRefusedByGroup, serverErrorNumber } from './classify-error.ts';
import { isWriteRefused, readOnlyCheck, readOnlyError } from './read-only-check.ts';
import { destroy, factsOf, idleSeconds, idleTransactionSeconds, type ServerFacts } from './ready-connection.ts';
import { rowsOf } from './rows.ts';
import { sendStatements, type TimedReply } from './send-statements.ts';
import { statementText } from './statement-text.ts';

/**
 * The revision lock is a row that each transaction of writes changes. On one server the row is
 * locked. Nodes of a cluster do not see each other's locks: there the change makes two transactions
 * conflict, and the cluster commits one of them. The first statement that reads takes the snapshot,
 * and by then the lock is held.
 */
export const revisionLock = `INSERT INTO tine_state (name, value) VALUES ('write_lock', 1) ON DUPLICATE KEY UPDATE value = value + 1`;

/** A statement with the name under which its times are counted. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

const beginSnapshot = { name: 'begin', text: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY' };
const begin = { name: 'begin', text: 'START TRANSACTION' };

/**
 * Takes the same lock and leaves a number that identifies the transaction. Only the transaction
 * that holds the lock reads the number before the commit. The reply contains the previous number as
 * the id of the inserted row.
 */
function lockWith(left: LockNumber): NamedText {
  const text = `INSERT INTO tine_state (name, value) VALUES ('write_lock', ${left}) ON DUPLICATE KEY UPDATE value = VALUES(value) + 0 * LAST_INSERT_ID(value)`;
  return { name: 'revision_lock', text };
}

/**
 * Takes the same lock if its row holds the expected number and the names are unused. Otherwise the
 * statement fails, and with it the rest of its request: the column does not accept NULL.
 */
function guardWith({ found, left, unusedNames }: GuardedWrite): NamedText {
  const conditions = [`value = ${found}`];
  if (unusedNames.length > 0) {
    const names = unusedNames.map((unused) => escapeText(unused)).join();
    conditions.push(`NOT EXISTS (SELECT 1 FROM kine WHERE name IN (${names}))`);
  }
  const text = `UPDATE tine_state SET value = IF(${conditions.join(' AND ')}, ${left}, NULL) WHERE name = 'write_lock'`;
  return { name: 'guarded_lock', text };
}

const readLock = { name: 'read_lock', text: `SELECT value FROM tine_state WHERE name = 'write_lock'` };

/** MariaDB ends an idle transaction by itself. MySQL has a timeout for idle connections only. */
const mysqlBegin = { name: 'set_timeout', text: `SET SESSION wait_timeout = ${idleTransactionSeconds}` };
const mysqlEnd = { name: 'set_timeout', text: `SET SESSION wait_timeout = ${idleSeconds}` };

/**
 * A cluster may end a transaction between two statements of one request without an error. Without
 * autocommit, the statements after it form a new transaction. The check before the commit detects
 * it: the new transaction does not hold the lock.
 */
const clusterBegin = { name: 'set_autocommit', text: 'SET autocommit = 0' };
const clusterEnd = { name: 'set_autocommit', text: 'SET autocommit = 1' };

export class MysqlSession implements Session {
  readonly #connection: Connection;
  readonly #meter: StatementMeter;
  readonly #facts: ServerFacts;
  #kind: TransactionKind = 'none';
  #first: readonly Query[] = [];
  #options: TransactionOptions = {};
  #isBegun = false;
  /** Bytes of the statements of the transaction. */
  #sentBytes = 0;
  #lock: HeldLock = { found: undefined, left: 0 };
  #commitMs = 0;

  constructor(connection: Connection, meter: StatementMeter) {
    this.#connection = connection;
    this.#meter = meter;
    this.#facts = factsOf(connection);
  }

  get lock(): HeldLock {
    return this.#lock;
  }

  get commitMs(): number {
    return this.#commitMs;
  }

  begin(kind: TransactionKind, first: readonly Query[] = [], options: TransactionOptions = {}): void {
    this.#kind = kind;
    this.#first = first;
    this.#options = options;
    this.#sentBytes = 0;
  }

  async run(queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    const sent = queries.filter(isSent);
    if (sent.length === 0) return queries.map(emptyResult);
    const first = this.#beginTexts();
    const texts = [...first, ...sent.map(namedText)];
    const commits = this.#isBegun && !this.#isClusterWrite && sent.every(({ isLast }) => isLast);
    const replies = commits ? await this.#sendAndCommit(texts) : await this.#send([...texts, ...this.#checkTexts()]);
    this.#check(replies.at(-1));
    const lockAt = first.findIndex(({ name }) => name === 'revision_lock');
    if (lockAt >= 0) this.#storeFound(replies[lockAt] as TimedReply);
    let next = first.length;
    const found = queries.map((query) =>
      isSent(query) ? rowsFor(query, replies[next++] as TimedReply) : emptyResult(query),
    );
    return this.#cut(queries, found);
  }

  /** Cuts the rows at their limit of bytes, and reads the values that the server held back. */
  async #cut(queries: readonly Query[], found: readonly (readonly Row[])[]): Promise<readonly (readonly Row[])[]> {
    const missing: MissingValue[] = [];
    const cut = found.map((rows, index) => {
      const { statement, bytesMax } = queries[index] as Query;
      return bytesMax === undefined ? rows : rowsUpToBytes({ statement, rows, bytesMax }, missing);
    });
    if (missing.length > 0) {
      const [timedReply] = await this.#send([namedText(listQuery(VALUES_BY_ID, missingIds(missing)))]);
      fillIn(missing, rowsOf(timedReply as TimedReply));
    }
    return cut;
  }

  async commit(): Promise<void> {
    if (!this.#isBegun) return;
    if (this.#isClusterWrite) {
      this.#isBegun = false;
      return this.#commitOnCluster();
    }
    await this.#sendAndCommit([]);
  }

  async writeGuarded(write: GuardedWrite): Promise<boolean> {
    if (this.#facts.isCluster) return false;
    this.#kind = 'exclusive';
    this.#options = { steps: write.steps };
    this.#sentBytes = 0;
    this.#isBegun = true;
    const first = this.#facts.isMariadb ? [begin] : [mysqlBegin, begin];
    const writes = write.queries.filter(isSent).map(namedText);
    try {
      await this.#sendAndCommit([...first, guardWith(write), ...writes]);
      return true;
    } catch (error) {
      if (serverErrorNumber(error) === errorNumber.nullRefused) return false;
      throw error;
    }
  }

  /**
   * A failed statement ends its request. The transaction is still open then, unless COMMIT failed.
   */
  async #sendAndCommit(texts: readonly NamedText[]): Promise<readonly TimedReply[]> {
    try {
      const checked = this.#kind === 'exclusive' ? [...texts, readOnlyCheck] : texts;
      const replies = await this.#send([...checked, commit, ...this.#endTexts()]);
      this.#isBegun = false;
      this.#commitMs = (replies[checked.length] as TimedReply).ms;
      return replies;
    } catch (error) {
      const loss = this.#kind === 'exclusive' ? await this.#lossOf(error) : undefined;
      throw loss === undefined ? error : new CommitInDoubt(loss);
    }
  }

  /**
   * The loss behind the failure of a request that commits. Undefined: the server refused the
   * commit. Some failures end the session together with the transaction, at a moment when the
   * commit may be in the log. An example is a binary log that cannot be synced. Only a server that
   * answers ROLLBACK has refused.
   */
  async #lossOf(error: unknown): Promise<Error | undefined> {
    this.#isBegun = false;
    const failure = classifyError(error);
    if (isDriverError(failure, 'lost') && !isWriteRefused(error)) return failure;
    try {
      await this.#send(this.#rollbackTexts());
    } catch (cause) {
      destroy(this.#connection);
      return isWriteRefused(error) ? undefined : new DriverError('lost', failure.message, { cause });
    }
    return isRefusedByGroup(error) ? (this.#groupRefusal(error) ?? failure) : undefined;
  }

  /**
   * A replication group refuses a transaction that is larger than its limit with the number of all
   * its refusals. The limit is for the transaction in the binary log, which contains at least the
   * values. A value is twice as long in its statement.
   */
  #groupRefusal(error: unknown): DriverError | undefined {
    const { groupBytesMax } = this.#facts;
    const isTooLarge = groupBytesMax > 0 && this.#sentBytes / 2 > groupBytesMax;
    if (serverErrorNumber(error) !== errorNumber.refusedByGroup || !isTooLarge) return undefined;
    return new DriverError(
      'tooLarge',
      `a transaction is larger than the group_replication_transaction_size_limit of the database (${groupBytesMax}); raise it`,
    );
  }

  async rollback(): Promise<void> {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    if (this.#isClusterWrite) await this.#rollbackOnCluster();
    else await this.#send(this.#rollbackTexts());
  }

  #rollbackTexts(): readonly NamedText[] {
    return [rollback, ...this.#endTexts()];
  }

  get #isClusterWrite(): boolean {
    return this.#facts.isCluster && this.#kind === 'exclusive';
  }

  /**
   * Commits on a node of a cluster. COMMIT also succeeds if the transaction has ended before, so
   * the proof is read afterwards. Any failure leaves the commit in doubt: a node that leaves its
   * cluster refuses a commit which the others may have made.
   */
  async #commitOnCluster(): Promise<void> {
    const { proof } = this.#options;
    try {
      const texts = [commit, ...(proof === undefined ? [] : [this.#proofText(proof)]), ...this.#endTexts()];
      const replies = await this.#send(texts);
      if (proof !== undefined && !proof.holds(rowsOf(replies[1] as TimedReply))) throw endedByCluster();
    } catch (error) {
      const failure = classifyError(error);
      if (!isConnectionLost(failure)) await this.#rollbackOnCluster().catch(() => destroy(this.#connection));
      throw new CommitInDoubt(failure);
    }
  }

  /** Reads the proof on the node that committed, without waiting for other nodes. */
  #proofText({ query }: CommitProof): NamedText {
    const { name, text } = namedText(query);
    return { name, text: this.#facts.isMariadb ? `SET STATEMENT wsrep_sync_wait = 0 FOR ${text}` : text };
  }

  /**
   * Rolls back on a node of a cluster. The first statement after the end of a transaction may fail
   * with the conflict that ended it, whatever the statement is.
   */
  async #rollbackOnCluster(): Promise<void> {
    const texts = this.#rollbackTexts();
    try {
      await this.#send(texts);
    } catch (error) {
      if (!(classifyError(error) instanceof TransactionConflict)) throw error;
      await this.#send(texts);
    }
  }

  #beginTexts(): readonly NamedText[] {
    if (this.#isBegun || this.#kind === 'none') return [];
    this.#isBegun = true;
    const { isMariadb } = this.#facts;
    const first = this.#first.filter(isSent).map(namedText);
    const begun = this.#kind === 'snapshot' ? [beginSnapshot] : [begin, this.#takeLock()];
    return [...(isMariadb ? [] : [mysqlBegin]), ...(this.#isClusterWrite ? [clusterBegin] : []), ...begun, ...first];
  }

  #takeLock(): NamedText {
    this.#lock = { found: undefined, left: freshLockNumber() };
    return lockWith(this.#lock.left);
  }

  /**
   * Stores the number that the lock held before. On a cluster, another node may have left a number
   * that is not applied here yet.
   */
  #storeFound({ reply }: TimedReply): void {
    const { insertId } = reply as ResultSetHeader;
    if (!this.#facts.isCluster && insertId > 0) this.#lock = { ...this.#lock, found: insertId };
  }

  #endTexts(): readonly NamedText[] {
    return [...(this.#isClusterWrite ? [clusterEnd] : []), ...(this.#facts.isMariadb ? [] : [mysqlEnd])];
  }

  /**
   * The check at the end of each request. A node of a cluster that is read-only still has the
   * writes of the others.
   */
  #checkTexts(): readonly NamedText[] {
    if (this.#isClusterWrite) return [readLock];
    return this.#facts.isCluster ? [] : [readOnlyCheck];
  }

  /**
   * @throws TransactionConflict if statements of the request were not part of the transaction that
   * took the lock.
   */
  #check(last: TimedReply | undefined): void {
    if (this.#isClusterWrite && onlyValue(rowsOf(last as TimedReply)) !== this.#lock.left) throw endedByCluster();
  }

  /** Sends statements in as few requests as the packet limit of the server allows, usually one. */
  async #send(texts: readonly NamedText[]): Promise<readonly TimedReply[]> {
    const replies: TimedReply[] = [];
    const startMs = performance.now();
    for (const request of requestsOf(texts, this.#facts.packetBytesMax)) {
      this.#sentBytes += request.length;
      replies.push(...(await this.#sendRequest(request)));
    }
    let atMs = startMs;
    for (const [index, { name }] of texts.entries()) {
      const { reply, ms } = replies[index] as TimedReply;
      const rows = 'affectedRows' in reply ? reply.affectedRows : reply.length;
      this.#meter.record(this.#meter.totalsOf(name), ms, rows);
      this.#options.steps?.addStep({ name, startMs: atMs, endMs: atMs + ms, rows });
      atMs += ms;
    }
    return replies;
  }

  async #sendRequest(request: string): Promise<readonly TimedReply[]> {
    const reply = sendStatements(this.#connection, request);
    try {
      return await withReplyTimeout(reply, () => destroy(this.#connection), this.#options.replyMsMax);
    } catch (error) {
      throw readOnlyError(error);
    }
  }
}

const commit = { name: 'commit', text: 'COMMIT' };
const rollback = { name: 'rollback', text: 'ROLLBACK' };

function endedByCluster(): TransactionConflict {
  return new TransactionConflict('the cluster ended the transaction before its commit', undefined);
}

function namedText(query: Query): NamedText {
  return { name: query.statement.name, text: statementText(query) };
}

/** A statement over an empty list finds and changes nothing. */
function isSent({ list }: Query): boolean {
  return list === undefined || list.length > 0;
}

function emptyResult({ statement }: Query): readonly Row[] {
  return statement.returns === 'change' ? changeRows(0) : [];
}

function rowsFor({ statement }: Query, timedReply: TimedReply): readonly Row[] {
  return statement.returns === 'change'
    ? changeRows((timedReply.reply as ResultSetHeader).affectedRows)
    : rowsOf(timedReply);
}

/** An upper bound for the bytes of a request beside its text. */
const requestHeaderBytes = 1_024;

/**
 * Joins statements into requests. Texts are ASCII.
 *
 * @throws DriverError if one statement alone is too large.
 */
function requestsOf(texts: readonly NamedText[], packetBytesMax: number): readonly string[] {
  const bytesMax = packetBytesMax - requestHeaderBytes;
  const requests: string[] = [];
  for (const { text } of texts) {
    if (text.length > bytesMax) throw tooLarge(text.length, packetBytesMax);
    const last = requests.at(-1);
    if (last !== undefined && last.length + text.length < bytesMax) requests[requests.length - 1] = `${last};${text}`;
    else requests.push(text);
  }
  return requests;
}

function tooLarge(bytes: number, packetBytesMax: number): DriverError {
  return new DriverError(
    'tooLarge',
    `a statement of ${bytes} bytes is larger than the server accepts (max_allowed_packet = ${packetBytesMax}); raise this setting`,
  );
}
