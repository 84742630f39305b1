/**
 * A database server as a driver. Writes, short reads and the pages of lists have connections of their own, so that none of them waits for the others. It outlives the
 * database's absence: what is asked meanwhile is refused, and what comes after works.
 */
import type { Logger } from 'pino';
import { AssertionError, DriverError, EtcdError, StartError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { WriteOperation } from '../../mvcc/operations.ts';
import type { Program, Query } from '../../mvcc/program.ts';
import {
  type DatabaseFacts,
  type ReadInput,
  type ReadName,
  type ReadOutput,
  readPrograms,
  singleStatements,
} from '../../mvcc/read-programs.ts';
import type { Head } from '../../mvcc/results.ts';
import { takeOver } from '../../mvcc/take-over.ts';
import { type BatchResult, writeBatch } from '../../mvcc/write-batch.ts';
import type { Driver, DriverBatchResult, ReadLane } from '../driver.ts';
import { type CommitMark, CommitSlots, markQuery, wasCommitted } from './commit-slots.ts';
import type { Engine, MessageChannel } from './engine.ts';
import { type Lease, Pool } from './pool.ts';
import { runProgram } from './run-program.ts';
import { CommitInDoubt, type Session, type TransactionKind } from './session.ts';

/** How a transaction begins. */
interface Transaction {
  readonly kind: TransactionKind;
  readonly first?: readonly Query[];
}

export class RemoteDriver implements Driver {
  readonly name: string;
  readonly #engine: Engine;
  readonly #logger: Logger;
  readonly #pools: Record<ReadLane | 'write', Pool>;
  readonly #slots = new CommitSlots();
  readonly #headListeners = new Set<(head: Head) => void>();
  #messages: MessageChannel | undefined;
  /** The server's clock less this machine's, in ms. */
  #clockOffsetMs = 0;
  #state: 'away' | 'ready' | 'closed' = 'away';
  #lastFailure: Error = new DriverError('lost', 'the database has not answered yet');

  private constructor(engine: Engine, logger: Logger, connectionCountMax: number) {
    this.name = engine.name;
    this.#engine = engine;
    this.#logger = logger;
    this.#pools = {
      write: new Pool(engine, limits.writeBatchesUnderWayMax),
      quick: new Pool(engine, limits.quickConnectionsMax),
      bulk: new Pool(engine, connectionCountMax - limits.writeBatchesUnderWayMax - limits.quickConnectionsMax - 1),
    };
  }

  /**
   * Connects, makes the database if it is missing, brings its schema up to date and catches up with what kine wrote. Where the server is away, that is done as soon as
   * it answers.
   *
   * @throws StartError with one line for a person.
   */
  static async open(engine: Engine, logger: Logger, connectionCountMax: number): Promise<RemoteDriver> {
    const driver = new RemoteDriver(engine, logger, connectionCountMax);
    try {
      await driver.#prepare();
    } catch (error) {
      if (!(error instanceof DriverError)) {
        await driver.close();
        throw error;
      }
      logger.warn({ reason: error.message }, 'the database does not answer: serving begins when it does');
      driver.#lastFailure = error;
      void driver.#prepareLater();
    }
    return driver;
  }

  /** While the channel between instances is deaf, the database is asked more often. */
  get pollMs(): Driver['pollMs'] {
    return this.#messages?.isHeard === false ? this.#engine.deafPollMs : this.#engine.pollMs;
  }

  nowMs(): number {
    return Date.now() + this.#clockOffsetMs;
  }

  onHead(listener: (head: Head) => void): void {
    this.#headListeners.add(listener);
  }

  async read<Name extends ReadName>(name: Name, input: ReadInput<Name>, lane: ReadLane): Promise<ReadOutput<Name>> {
    const program = readPrograms[name] as (input: ReadInput<Name>, facts: DatabaseFacts) => Program<ReadOutput<Name>>;
    return this.#inTransaction(lane, { kind: singleStatements.has(name) ? 'none' : 'snapshot' }, (session) =>
      runProgram(program(input, this.#engine.facts), session),
    );
  }

  async write(operations: readonly WriteOperation[]): Promise<DriverBatchResult> {
    try {
      return this.#announced(await this.#attempt(operations));
    } catch (error) {
      if (operations.length === 1 || isForAll(error)) throw error;
    }
    return this.#announced(await this.#oneByOne(operations));
  }

  async reclaim(): Promise<{ more: boolean }> {
    // The server's own vacuum does it.
    return { more: false };
  }

  async size(): Promise<{ bytes: number; inUseBytes: number }> {
    const bytes = await this.#inTransaction('quick', { kind: 'none' }, (session) => this.#engine.size(session));
    return { bytes, inUseBytes: bytes };
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    await this.#messages?.close();
    await Promise.all(Object.values(this.#pools).map((pool) => pool.close()));
  }

  #announced<Result extends DriverBatchResult>(result: Result): Result {
    this.#messages?.announce(result.head);
    return result;
  }

  /** A batch in a transaction of its own, which leaves a mark: by it a commit whose answer is lost is found again. */
  async #attempt(operations: readonly WriteOperation[]): Promise<BatchResult> {
    const mark = this.#slots.take();
    let result: BatchResult;
    try {
      result = await this.#inTransaction(
        'write',
        { kind: 'exclusive', first: [markQuery(mark, this.nowMs())] },
        (session) => runProgram(writeBatch(operations), session),
      );
    } catch (error) {
      if (!(error instanceof CommitInDoubt)) {
        this.#slots.giveBack(mark);
        throw error;
      }
      await this.#resolve(mark, error);
      // The answers were ready before the commit.
      result = error.result as BatchResult;
    }
    this.#slots.giveBack(mark);
    return result;
  }

  /** One operation's failure is not its neighbours'. */
  async #oneByOne(operations: readonly WriteOperation[]): Promise<DriverBatchResult> {
    const outcomes: DriverBatchResult['outcomes'][number][] = [];
    let head: Head | undefined;
    for (const operation of operations) {
      try {
        const alone = await this.#attempt([operation]);
        head = alone.head;
        outcomes.push(...alone.outcomes);
      } catch (error) {
        outcomes.push({ failure: error as Error });
      }
    }
    return { outcomes, head: head ?? (await this.read('head', null, 'quick')) };
  }

  /** Whatever goes wrong, nothing is left open and nothing half done. */
  async #inTransaction<Result>(
    lane: ReadLane | 'write',
    transaction: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    if (this.#state !== 'ready') throw this.#lastFailure;
    return this.#withSession(lane, transaction, work);
  }

  /** Throws `CommitInDoubt`, with the result in it, when the commit of an exclusive transaction may or may not have been made. */
  async #withSession<Result>(
    lane: ReadLane | 'write',
    { kind, first }: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const lease = await this.#pools[lane].acquire();
    let result: Result;
    try {
      lease.session.begin(kind, first);
      result = await work(lease.session);
    } catch (error) {
      const failure = this.#engine.weather(error);
      if (isLost(failure)) lease.release('broken');
      else void end(lease, lease.session.rollback());
      throw failure;
    }
    // A reader's answer does not wait for the end of its transaction.
    if (kind === 'exclusive') await this.#commit(lease, result);
    else void end(lease, lease.session.commit());
    return result;
  }

  async #commit(lease: Lease, result: unknown): Promise<void> {
    try {
      await lease.session.commit();
      lease.release('good');
    } catch (error) {
      lease.release('broken');
      if (!(error instanceof CommitInDoubt)) throw this.#engine.weather(error);
      error.result = result;
      throw error;
    }
  }

  /** A commit without an answer: its mark tells what became of it. Returns when it was made. */
  async #resolve(mark: CommitMark, cause: CommitInDoubt): Promise<void> {
    const committed = await this.#outcomeOf(mark);
    this.#logger.warn({ committed: committed ?? 'unknown' }, 'the database was lost during a commit');
    if (committed === true) return;
    if (committed === false) this.#slots.giveBack(mark);
    const what = committed === false ? 'was not made' : 'may or may not have been made';
    throw new DriverError('lost', `the connection was lost during a commit, which ${what}`, { cause });
  }

  /** Tries for as long as a client may wait. Under the revision lock: the transaction in doubt has ended. */
  async #outcomeOf(mark: CommitMark): Promise<boolean | undefined> {
    const deadline = Date.now() + limits.doubtMsMax;
    for (;;) {
      try {
        return await this.#withSession('write', { kind: 'exclusive' }, (session) => wasCommitted(mark, session));
      } catch (error) {
        if (error instanceof AssertionError || Date.now() > deadline) return undefined;
        await pause(limits.reconnectPauseMs);
      }
    }
  }

  async #prepare(): Promise<void> {
    await this.#prepareSomeHost();
    const taken = await this.#withSession('write', { kind: 'exclusive' }, async (session) => {
      const before = Date.now();
      const now = await this.#engine.now(session);
      this.#clockOffsetMs = Math.round(now - (before + Date.now()) / 2);
      return runProgram(takeOver(now), session);
    });
    if (taken.rows > 0) this.#logger.info(taken, 'took over what kine wrote');
    this.#messages = this.#engine.openMessages?.((head) => {
      for (const listener of this.#headListeners) listener(head);
    });
    if (this.#state === 'away') this.#state = 'ready';
  }

  /** The first host that answers. */
  async #prepareSomeHost(): Promise<void> {
    let failure: unknown;
    for (const host of this.#engine.hosts) {
      try {
        return await this.#engine.prepare(host);
      } catch (error) {
        failure = this.#engine.weather(error);
        if (!(failure instanceof DriverError)) throw failure;
      }
    }
    throw failure;
  }

  async #prepareLater(): Promise<void> {
    while (this.#state === 'away') {
      await pause(limits.reconnectPauseMs);
      try {
        await this.#prepare();
        this.#logger.info('the database answers: serving');
      } catch (error) {
        if (error instanceof StartError) this.#logger.error(error.message);
        else if (!(error instanceof DriverError)) this.#logger.error({ err: error }, 'the database cannot be prepared');
        this.#lastFailure = error instanceof DriverError ? error : new DriverError('other', (error as Error).message);
      }
    }
  }
}

/** Gives a connection back when its transaction has ended. */
async function end(lease: Lease, ending: Promise<void>): Promise<void> {
  try {
    await ending;
    lease.release('good');
  } catch {
    lease.release('broken');
  }
}

function isLost(failure: Error): boolean {
  return failure instanceof DriverError && failure.kind === 'lost';
}

/** What would refuse each operation of a batch in turn, or is nobody's fault but ours. */
function isForAll(error: unknown): boolean {
  if (error instanceof EtcdError || error instanceof AssertionError) return false;
  return error instanceof DriverError && (error.kind === 'lost' || error.kind === 'busy');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
