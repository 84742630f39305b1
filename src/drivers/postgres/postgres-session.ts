/** A session on Postgres. Queries are sent without waiting for the replies to earlier ones. */
import type { Writable } from 'node:stream';
import pg, { type Client, type QueryResult } from 'pg';
import { DriverError, isDriverError } from '../../errors.ts';
import type { Query } from '../../mvcc/program.ts';
import type { HeldLock } from '../../mvcc/writes/state-cache.ts';
import { postgresBinaryDialect, postgresDialect } from '../../sql/dialects/postgres-dialect.ts';
import { changeRows, onlyValue, type Row, type Statement } from '../../sql/statement.ts';
import { freshLockNumber } from '../remote/lock-number.ts';
import { withReplyTimeout } from '../remote/reply-timeout.ts';
import {
  CommitInDoubt,
  type GuardedWrite,
  type Session,
  type TransactionKind,
  type TransactionOptions,
} from '../remote/session.ts';
import { rowCount, type StatementMeter } from '../statement-meter.ts';
import { classifyError, isWriteRefused } from './classify-error.ts';
import { type ConnectionMode, modeOf } from './connection-mode.ts';
import { CopyQuery } from './copy-query.ts';
import { guardedText, guardedValues } from './guarded-write.ts';
import { parameterValues } from './parameters.ts';
import { longLockWait, transactionSettings } from './settings.ts';
import { lockRevision } from './store-locks.ts';
import { isConfirmed } from './synchronous-standby.ts';

const beginTexts: Record<TransactionKind, string> = {
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  // Each statement sees everything that was committed before it, and no other transaction commits
  // while the lock is held.
  exclusive: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  // Needed behind a pooler, for the settings.
  none: 'BEGIN ISOLATION LEVEL READ COMMITTED',
};

const standbyCheck = 'SELECT pg_is_in_recovery() AS "isStandby"';

const lockName = 'tine_lock';

export class PostgresSession implements Session {
  readonly #client: Client;
  readonly #meter: StatementMeter;
  readonly #mode: ConnectionMode;
  #kind: TransactionKind = 'none';
  #first: readonly Query[] = [];
  #options: TransactionOptions = {};
  #isBegun = false;
  #lock: HeldLock = { found: undefined, left: 0 };
  #commitMs = 0;
  /** When the last reply came, or when the oldest pending request was sent. */
  #lastMs = 0;

  constructor(client: Client, meter: StatementMeter) {
    this.#client = client;
    this.#meter = meter;
    this.#mode = modeOf(client);
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
  }

  async run(queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    this.#lastMs = performance.now();
    return this.#corked(() => this.#runAll(queries));
  }

  async commit(): Promise<void> {
    if (!this.#isBegun) return;
    this.#lastMs = performance.now();
    await this.#sendCommit([], Promise.resolve());
  }

  writeGuarded(write: GuardedWrite): Promise<boolean> {
    return this.#corked(() => this.#runGuarded(write));
  }

  /**
   * Passes all messages that are sent meanwhile to the network at once. A system call for each
   * message costs more than the message.
   */
  #corked<Result>(send: () => Result): Result {
    const { stream } = (this.#client as unknown as { connection: { stream: Writable } }).connection;
    stream.cork();
    try {
      return send();
    } finally {
      stream.uncork();
    }
  }

  /** Sends all queries in this turn. The first reply with an error rejects. */
  async #runAll(queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    const begun = this.#sendBegin(queries);
    const replies = Promise.all(queries.map((query) => this.#send(query)));
    if (this.#isBegun && queries.every(({ isLast }) => isLast)) return this.#sendCommit(begun, replies);
    const [rows] = await this.#withTimeout(Promise.all([replies, ...begun]));
    return rows;
  }

  async #runGuarded(write: GuardedWrite): Promise<boolean> {
    this.#lastMs = performance.now();
    this.#options = { steps: write.steps };
    const startMs = this.#lastMs;
    const queries = write.queries.filter(({ list }) => list === undefined || list.length > 0);
    const { name, text } = guardedStatement(queries.map(({ statement }) => statement));
    const isTransaction = this.#mode.isPooled;
    const confirmed = isConfirmed(this.#client);
    // Behind a pooler the settings belong to the transaction: the statement is one of three.
    const begun = isTransaction ? this.#sendPooledBegin('exclusive') : undefined;
    const guarded = this.#client.query<Row[]>({
      ...this.#named(name, text),
      values: guardedValues({ ...write, queries }),
    });
    const ended = isTransaction ? this.#control('commit', 'COMMIT') : undefined;
    const [, { rows }] = await this.#committed(Promise.all([begun, guarded, ended]), confirmed);
    this.#record(name, write.queries.length);
    this.#commitMs = this.#lastMs - startMs;
    return onlyValue(rows as unknown as readonly Row[]) === 1;
  }

  /** Sends COMMIT after the queries of this turn. The first reply with an error counts. */
  async #sendCommit<Rows>(begun: readonly Promise<unknown>[], replies: Promise<Rows>): Promise<Rows> {
    this.#isBegun = false;
    const confirmed = isConfirmed(this.#client);
    const commit = this.#control('commit', 'COMMIT');
    const [rows, { command, ms }] = await this.#committed(Promise.all([replies, commit, ...begun]), confirmed);
    this.#commitMs = ms;
    if (command !== 'COMMIT') throw new DriverError('other', 'the database rolled the transaction back');
    return rows;
  }

  /**
   * Waits for the reply to a request that commits. Without a reply the commit is in doubt, and also
   * with a reply that has a warning.
   */
  async #committed<Reply>(reply: Promise<Reply>, confirmed: () => boolean): Promise<Reply> {
    let replied: Reply;
    try {
      replied = await this.#withTimeout(reply);
    } catch (error) {
      const loss = this.#kind === 'snapshot' ? undefined : await this.#lossOf(error);
      throw loss === undefined ? error : new CommitInDoubt(loss);
    }
    if (!confirmed()) throw new CommitInDoubt(new DriverError('lost', 'no standby confirmed the commit'));
    return replied;
  }

  /**
   * The loss behind the failure of a request that commits. Undefined: the server refused the
   * commit. Some failures end the session together with the transaction, at a moment when the
   * commit may be in the log. An example is a log that cannot be synced. Only a server that
   * answers ROLLBACK has refused.
   */
  async #lossOf(error: unknown): Promise<Error | undefined> {
    const failure = classifyError(error);
    if (isWriteRefused(error)) return undefined;
    if (isDriverError(failure, 'lost')) return failure;
    try {
      await this.#withTimeout(this.#client.query('ROLLBACK'));
      return undefined;
    } catch {
      return new DriverError('lost', failure.message, { cause: failure });
    }
  }

  async rollback(): Promise<void> {
    if (!this.#isBegun) return;
    this.#isBegun = false;
    await this.#withTimeout(this.#client.query('ROLLBACK'));
  }

  #sendBegin(queries: readonly Query[]): readonly Promise<unknown>[] {
    if (this.#isBegun || !this.#needsTransaction(queries)) return [];
    this.#isBegun = true;
    const begin = this.#mode.isPooled
      ? this.#sendPooledBegin(this.#kind)
      : this.#control('begin', beginTexts[this.#kind]);
    const begun: Promise<unknown>[] = [begin];
    if (this.#kind === 'exclusive') begun.push(this.#takeLock());
    return [...begun, ...this.#first.map((query) => this.#send(query))];
  }

  async #takeLock(): Promise<void> {
    const left = freshLockNumber();
    const { rows } = await this.#client.query<Row[]>({ ...this.#named(lockName, lockRevision), values: [left] });
    this.#record('revision_lock', 1);
    const found = onlyValue(rows as unknown as readonly Row[]);
    this.#lock = { found: typeof found === 'number' ? found : undefined, left };
  }

  #needsTransaction(queries: readonly Query[]): boolean {
    if (this.#kind !== 'none') return true;
    return this.#mode.isPooled && !queries.some(({ statement }) => statement.outsideTransaction);
  }

  /**
   * Begins a transaction behind a pooler. The settings belong to the transaction. The pooler may
   * have chosen a session of another server since the last transaction.
   *
   * @throws DriverError if the server is a standby, whose reads are stale.
   */
  async #sendPooledBegin(kind: TransactionKind): Promise<void> {
    const text = `${beginTexts[kind]}; ${transactionSettings}; ${standbyCheck}`;
    const replies = (await this.#client.query(text)) as unknown as readonly QueryResult<{ isStandby: boolean }>[];
    this.#record('begin', 0);
    if (replies.at(-1)?.rows[0]?.isStandby !== false)
      throw new DriverError('lost', 'the database accepts no writes: the pooler leads to a standby');
  }

  /** A statement, prepared under its name where the connection keeps prepared statements. */
  #named(name: string, text: string): { readonly name?: string; readonly text: string; readonly rowMode: 'array' } {
    return this.#mode.keepsStatements ? { name, text, rowMode: 'array' } : { text, rowMode: 'array' };
  }

  async #send(query: Query): Promise<readonly Row[]> {
    const { statement, list } = query;
    if (list !== undefined && list.length === 0) return statement.returns === 'change' ? changeRows(0) : [];
    if (statement.isBulk === true) return this.#copy(query);
    // The connection of a statement outside of transactions is closed afterwards.
    if (statement.outsideTransaction === true && !this.#mode.isPooled) await this.#client.query(longLockWait);
    const rows = await this.#runOne(query);
    this.#record(statement.name, rowCount(statement, rows));
    return rows;
  }

  async #runOne(query: Query): Promise<readonly Row[]> {
    const { statement } = query;
    const reply = await this.#client.query<Row[]>({
      ...this.#named(statement.name, numbered(statement)),
      values: parameterValues(query),
    });
    return statement.returns === 'change' ? changeRows(reply.rowCount as number) : (reply.rows as unknown as Row[]);
  }

  async #control(name: string, text: string): Promise<{ readonly command: string; readonly ms: number }> {
    const { command } = await this.#client.query(text);
    return { command, ms: this.#record(name, 0) };
  }

  /**
   * Counts a statement. Replies come in order, so its time is the time between the previous reply
   * and its own.
   */
  #record(name: string, rows: number): number {
    const nowMs = performance.now();
    const ms = nowMs - this.#lastMs;
    this.#meter.record(this.#meter.totalsOf(name), ms, rows);
    this.#options.steps?.add(name, ms, rows);
    this.#lastMs = nowMs;
    return ms;
  }

  /** Runs a query with COPY, whose text contains the parameters: COPY accepts none. */
  async #copy(query: Query): Promise<readonly Row[]> {
    const copy = await new Promise<CopyQuery>((resolve, reject) => {
      const sent: CopyQuery = new CopyQuery(
        literal(query),
        { columns: query.statement.columns, each: query.each },
        (error) => (error ? reject(error) : resolve(sent)),
      );
      this.#client.query(sent);
    });
    this.#record(query.statement.name, copy.rowsReceived);
    return copy.received;
  }

  #withTimeout<Reply>(reply: Promise<Reply>): Promise<Reply> {
    return withReplyTimeout(reply, () => destroy(this.#client), this.#options.replyMsMax);
  }
}

const texts = new Map<Statement, string>();

/** The text of a statement with `$1`, `$2`, ... */
function numbered(statement: Statement): string {
  let text = texts.get(statement);
  if (text === undefined) {
    text = withNumbers(statement.text(postgresDialect));
    texts.set(statement, text);
  }
  return text;
}

const guardedTexts = new Map<string, string>();

/** The guarded write of these statements. There are few combinations. */
function guardedStatement(statements: readonly Statement[]): { readonly name: string; readonly text: string } {
  const name = ['guarded', ...statements.map((statement) => statement.name)].join('_');
  let text = guardedTexts.get(name);
  if (text === undefined) {
    text = withNumbers(guardedText(statements));
    guardedTexts.set(name, text);
  }
  return { name, text };
}

function withNumbers(text: string): string {
  let count = 0;
  return text.replaceAll('?', () => `$${++count}`);
}

/** The text of a statement with its parameters: names, which are ASCII without NUL, and numbers. */
function literal(query: Query): string {
  const values = parameterValues(query);
  let count = 0;
  return query.statement.text(postgresBinaryDialect).replaceAll('?', () => {
    const value = values[count++];
    return typeof value === 'string' ? pg.escapeLiteral(value) : String(value);
  });
}

/** Closes a connection without notice to the server. Everything that waits on it fails. */
export function destroy(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
