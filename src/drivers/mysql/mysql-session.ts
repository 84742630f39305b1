/** A connection to MySQL or MariaDB. What is asked for together goes in one way to the server. */
import { randomInt } from 'node:crypto';
import type { Connection, ResultSetHeader } from 'mysql2';
import { DriverError } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import type { Row } from '../../sql/statement.ts';
import { withinAnswerTime } from '../remote/answer-time.ts';
import { GaveWay } from '../remote/second-try.ts';
import {
  CommitInDoubt,
  type CommitProof,
  type Session,
  type TransactionKind,
  type TransactionOptions,
} from '../remote/session.ts';
import type { StatementMeter } from '../statement-meter.ts';
import { type Answered, ask } from './ask.ts';
import { destroy, factsOf, idleSeconds, idleTransactionSeconds, type ServerFacts } from './ready-connection.ts';
import { rowsOf } from './rows.ts';
import { fillIn, type MissingValue, rowsUpToBytes, valuesQuery } from './rows-up-to-bytes.ts';
import { statementText } from './statement-text.ts';
import { isConnectionLost, weather } from './weather.ts';

/**
 * The revision lock is a row that each transaction of writes changes. On one server the row is locked. Nodes of a cluster do not see each other's locks: there the
 * change makes two transactions conflict, and the cluster commits one of them. The first statement that reads takes the snapshot, and by then the lock is held.
 */
export const revisionLock = `INSERT INTO tine_state (name, value) VALUES ('write_lock', 1) ON DUPLICATE KEY UPDATE value = value + 1`;

/** A statement with the name under which its times are counted. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

const beginSnapshot = { name: 'begin', text: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY' };
const begin = { name: 'begin', text: 'START TRANSACTION' };

/** The same lock, with a number that shows whose it is: only the transaction that took it reads the number before it is committed. */
function lockWith(token: number): NamedText {
  const text = `INSERT INTO tine_state (name, value) VALUES ('write_lock', ${token}) ON DUPLICATE KEY UPDATE value = VALUES(value)`;
  return { name: 'revision_lock', text };
}

const readLock = { name: 'read_lock', text: `SELECT value FROM tine_state WHERE name = 'write_lock'` };

/** MariaDB ends an idle transaction by itself. MySQL knows idle connections only. */
const mysqlBegin = { name: 'set_timeout', text: `SET SESSION wait_timeout = ${idleTransactionSeconds}` };
const mysqlEnd = { name: 'set_timeout', text: `SET SESSION wait_timeout = ${idleSeconds}` };

/**
 * A cluster may end a transaction between two statements of one request, without an error. Without autocommit what follows is a transaction of its own, which is
 * found out before it is committed: it has not the lock.
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
  /** In the lock's row while the transaction of writes is under way. */
  #lockToken = 0;

  constructor(connection: Connection, meter: StatementMeter) {
    this.#connection = connection;
    this.#meter = meter;
    this.#facts = factsOf(connection);
  }

  begin(kind: TransactionKind, first: readonly Query[] = [], options: TransactionOptions = {}): void {
    this.#kind = kind;
    this.#first = first;
    this.#options = options;
  }

  async run(queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    const sent = queries.filter(isSent);
    if (sent.length === 0) return queries.map(nothing);
    const first = this.#beginTexts();
    const answers = await this.#send([...first, ...sent.map(namedText), ...this.#checkTexts()]);
    this.#check(answers.at(-1));
    let next = first.length;
    const found = queries.map((query) =>
      isSent(query) ? rowsFor(query, answers[next++] as Answered) : nothing(query),
    );
    return this.#cut(queries, found);
  }

  /** Ends rows at their number of bytes, and fetches the values among them that stayed behind. */
  async #cut(queries: readonly Query[], found: readonly (readonly Row[])[]): Promise<readonly (readonly Row[])[]> {
    const missing: MissingValue[] = [];
    const cut = found.map((rows, index) => {
      const { statement, bytesMax } = queries[index] as Query;
      return bytesMax === undefined ? rows : rowsUpToBytes({ statement, rows, bytesMax }, missing);
    });
    if (missing.length > 0) {
      const [answered] = await this.#send([namedText(valuesQuery(missing))]);
      fillIn(missing, rowsOf(answered as Answered));
    }
    return cut;
  }

  async commit(): Promise<void> {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    if (this.#isClusterWrite) return this.#commitOnCluster();
    try {
      await this.#send([commit, ...this.#endTexts()]);
    } catch (error) {
      if (this.#kind !== 'exclusive' || !isConnectionLost(error)) throw error;
      throw new CommitInDoubt(weather(error));
    }
  }

  async rollback(): Promise<void> {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    if (this.#isClusterWrite) await this.#rollbackOnCluster();
    else await this.#send([rollback, ...this.#endTexts()]);
  }

  get #isClusterWrite(): boolean {
    return this.#facts.isCluster && this.#kind === 'exclusive';
  }

  /**
   * COMMIT also succeeds when the transaction has ended before, so the mark that it leaves is looked for. Whatever fails leaves the commit in doubt: a node that leaves
   * its cluster refuses a commit which the others may have made.
   */
  async #commitOnCluster(): Promise<void> {
    const { proof } = this.#options;
    try {
      const texts = [commit, ...(proof === undefined ? [] : [this.#proofText(proof)]), ...this.#endTexts()];
      const answers = await this.#send(texts);
      if (proof !== undefined && !proof.holds(rowsOf(answers[1] as Answered))) throw endedByCluster();
    } catch (error) {
      const failure = weather(error);
      if (!isConnectionLost(failure)) await this.#rollbackOnCluster().catch(() => destroy(this.#connection));
      throw new CommitInDoubt(failure);
    }
  }

  /** The node that committed is read: there is nothing to wait for. */
  #proofText({ query }: CommitProof): NamedText {
    const { name, text } = namedText(query);
    return { name, text: this.#facts.isMariadb ? `SET STATEMENT wsrep_sync_wait = 0 FOR ${text}` : text };
  }

  /** A node may answer the first statement after the end of a transaction with the conflict that ended it, whatever the statement is. */
  async #rollbackOnCluster(): Promise<void> {
    const texts = [rollback, ...this.#endTexts()];
    try {
      await this.#send(texts);
    } catch (error) {
      if (!(weather(error) instanceof GaveWay)) throw error;
      await this.#send(texts);
    }
  }

  #beginTexts(): readonly NamedText[] {
    if (this.#isBegun || this.#kind === 'none') return [];
    this.#isBegun = true;
    const { isMariadb } = this.#facts;
    const first = this.#first.filter(isSent).map(namedText);
    const begun = this.#kind === 'snapshot' ? [beginSnapshot] : [begin, this.#lock()];
    return [...(isMariadb ? [] : [mysqlBegin]), ...(this.#isClusterWrite ? [clusterBegin] : []), ...begun, ...first];
  }

  #lock(): NamedText {
    this.#lockToken = randomInt(lockTokenMax);
    return lockWith(this.#lockToken);
  }

  #endTexts(): readonly NamedText[] {
    return [...(this.#isClusterWrite ? [clusterEnd] : []), ...(this.#facts.isMariadb ? [] : [mysqlEnd])];
  }

  /** At the end of each request of a transaction of writes. */
  #checkTexts(): readonly NamedText[] {
    return this.#isClusterWrite ? [readLock] : [];
  }

  /** @throws GaveWay when statements of the request were not part of the transaction that took the lock. */
  #check(last: Answered | undefined): void {
    if (this.#isClusterWrite && rowsOf(last as Answered)[0]?.[0] !== this.#lockToken) throw endedByCluster();
  }

  /** In as few requests as the server's bound allows: most often one. */
  async #send(texts: readonly NamedText[]): Promise<readonly Answered[]> {
    const answers: Answered[] = [];
    for (const request of requestsOf(texts, this.#facts.packetBytesMax)) {
      const answer = ask(this.#connection, request);
      answers.push(...(await withinAnswerTime(answer, () => destroy(this.#connection), this.#options.answerMsMax)));
    }
    for (const [index, { name }] of texts.entries()) this.#ran(name, answers[index] as Answered);
    return answers;
  }

  #ran(name: string, { answer, ms }: Answered): void {
    const rows = 'affectedRows' in answer ? answer.affectedRows : answer.length;
    this.#meter.ran(this.#meter.totalsOf(name), ms, rows);
  }
}

const commit = { name: 'commit', text: 'COMMIT' };
const rollback = { name: 'rollback', text: 'ROLLBACK' };

/** `randomInt` draws fewer than 2^48. */
const lockTokenMax = 2 ** 48 - 1;

function endedByCluster(): GaveWay {
  return new GaveWay('the cluster ended the transaction before its commit', undefined);
}

function namedText(query: Query): NamedText {
  return { name: query.statement.name, text: statementText(query) };
}

/** A list without rows finds and changes nothing. */
function isSent({ list }: Query): boolean {
  return list === undefined || list.length > 0;
}

function nothing({ statement }: Query): readonly Row[] {
  return statement.returns === 'change' ? [[0]] : [];
}

function rowsFor({ statement }: Query, answered: Answered): readonly Row[] {
  return statement.returns === 'change' ? [[(answered.answer as ResultSetHeader).affectedRows]] : rowsOf(answered);
}

/** What a request has beside its text, generously. */
const requestHeaderBytes = 1_024;

/** @throws DriverError when one statement alone is too large. Texts are ASCII. */
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
    `a statement of ${bytes} bytes is larger than the database takes (max_allowed_packet = ${packetBytesMax}); raise that setting of the server`,
  );
}
