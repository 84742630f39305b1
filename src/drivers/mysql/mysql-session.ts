/** A connection to MySQL or MariaDB. What is asked for together goes in one way to the server. */
import type { Connection, ResultSetHeader } from 'mysql2';
import { DriverError } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import type { Row } from '../../sql/statement.ts';
import { withinAnswerTime } from '../remote/answer-time.ts';
import { CommitInDoubt, type Session, type TransactionKind, type TransactionOptions } from '../remote/session.ts';
import type { StatementMeter } from '../statement-meter.ts';
import { type Answered, ask } from './ask.ts';
import { destroy, factsOf, idleSeconds, idleTransactionSeconds, type ServerFacts } from './ready-connection.ts';
import { rowsOf } from './rows.ts';
import { fillIn, type MissingValue, rowsUpToBytes, valuesQuery } from './rows-up-to-bytes.ts';
import { statementText } from './statement-text.ts';
import { isConnectionLost } from './weather.ts';

/**
 * The revision lock is a row that each transaction of writes changes: in a cluster, where nodes do not see each other's locks, it makes them conflict. Only the first
 * statement that reads takes the snapshot, and by then the lock is held.
 */
export const revisionLock = `INSERT INTO tine_state (name, value) VALUES ('write_lock', 1) ON DUPLICATE KEY UPDATE value = value + 1`;

const beginTexts: Record<Exclude<TransactionKind, 'none'>, readonly NamedText[]> = {
  snapshot: [{ name: 'begin', text: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY' }],
  exclusive: [
    { name: 'begin', text: 'START TRANSACTION' },
    { name: 'revision_lock', text: revisionLock },
  ],
};

/** A statement with the name under which its times are counted. */
interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** MariaDB ends an idle transaction by itself. MySQL knows idle connections only. */
const mysqlBegin = { name: 'set_timeout', text: `SET SESSION wait_timeout = ${idleTransactionSeconds}` };
const mysqlEnd = { name: 'set_timeout', text: `SET SESSION wait_timeout = ${idleSeconds}` };

export class MysqlSession implements Session {
  readonly #connection: Connection;
  readonly #meter: StatementMeter;
  readonly #facts: ServerFacts;
  #kind: TransactionKind = 'none';
  #first: readonly Query[] = [];
  #options: TransactionOptions = {};
  #isBegun = false;

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
    const begin = this.#beginTexts();
    const answers = await this.#send([...begin, ...sent.map(namedText)]);
    let next = begin.length;
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
    try {
      await this.#send(this.#endTexts('COMMIT'));
    } catch (error) {
      if (this.#kind !== 'exclusive' || !isConnectionLost(error)) throw error;
      throw new CommitInDoubt(error);
    }
  }

  async rollback(): Promise<void> {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    await this.#send(this.#endTexts('ROLLBACK'));
  }

  #beginTexts(): readonly NamedText[] {
    if (this.#isBegun || this.#kind === 'none') return [];
    this.#isBegun = true;
    const texts = [...beginTexts[this.#kind], ...this.#first.filter(isSent).map(namedText)];
    return this.#facts.isMariadb ? texts : [mysqlBegin, ...texts];
  }

  #endTexts(text: 'COMMIT' | 'ROLLBACK'): readonly NamedText[] {
    const end = { name: text.toLowerCase(), text };
    return this.#facts.isMariadb ? [end] : [end, mysqlEnd];
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
    'other',
    `a statement of ${bytes} bytes is larger than the database takes (max_allowed_packet = ${packetBytesMax}); raise that setting of the server`,
  );
}
