/**
 * The connections to the database, and transactions over them. Writes, short reads and the pages of lists have connections of their own, so that none of them waits for
 * the others. When the database has gone silent, all are given up, and nothing is asked until it answers again.
 */
import type { Logger } from 'pino';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Query } from '../../mvcc/program.ts';
import type { Histogram } from '../../statistics/histogram.ts';
import type { ReadLane } from '../driver.ts';
import type { PoolStatistics } from '../driver-statistics.ts';
import type { StatementMeter } from '../statement-meter.ts';
import type { Engine } from './engine.ts';
import { HostConnections } from './host-connections.ts';
import { HostTurn } from './host-turn.ts';
import { type Lease, Pool } from './pool.ts';
import { CommitInDoubt, type Session, type TransactionKind, type TransactionOptions } from './session.ts';
import { SilenceWatch, type Wait } from './silence-watch.ts';

/** How a transaction begins. */
export interface Transaction extends TransactionOptions {
  readonly kind: TransactionKind;
  readonly first?: readonly Query[];
}

/** Whom a connection is for. */
export type Lane = ReadLane | 'write';
const lanes: readonly Lane[] = ['write', 'quick', 'bulk'];

export interface ConnectionsOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  readonly countMax: number;
  /** Where times are counted. */
  readonly meter: StatementMeter;
  readonly writeTransactions: Histogram;
  readonly commits: Histogram;
  /** The network has lost connections: others that are open may be among them. */
  onLoss(): void;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #pools: Record<Lane, Pool>;
  readonly #probedHosts: HostTurn;
  readonly #silence: SilenceWatch;
  /** Those of work that is done apart. */
  readonly #apart = new Set<Pool>();
  /** By what the server knows the connections that the network has lost. */
  #lostNames: readonly string[] = [];

  constructor(options: ConnectionsOptions) {
    const { engine, logger, meter, countMax } = options;
    const pool = (poolCountMax: number) => new Pool({ engine, meter, countMax: poolCountMax });
    this.#options = options;
    this.#pools = {
      write: pool(limits.writeBatchesUnderWayMax),
      quick: pool(limits.quickConnectionsMax),
      bulk: pool(countMax - limits.writeBatchesUnderWayMax - limits.quickConnectionsMax - 1),
    };
    this.#probedHosts = new HostTurn(engine.hosts);
    this.#silence = new SilenceWatch({
      probe: () => this.#probe(),
      onLoss: () => this.#giveUp(),
      onReturn: () => {
        logger.info('the database answers again');
        void this.#endLost();
      },
    });
  }

  /**
   * Runs work in a transaction. Whatever goes wrong, nothing is left open and nothing half done.
   *
   * @throws CommitInDoubt with the result in it, when the commit of an exclusive transaction may or may not have been made; DriverError for other weather.
   */
  async transaction<Result>(
    lane: Lane,
    transaction: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    if (this.#silence.isSilent) throw new DriverError('lost', 'the database does not answer');
    const wait = this.#silence.waits();
    try {
      const lease = await this.#pools[lane].acquire();
      wait.heard();
      return await this.#over(lease, transaction, (session) => work(heardFrom(session, wait)));
    } finally {
      wait.ended();
    }
  }

  get pools(): readonly PoolStatistics[] {
    return lanes.map((name) => ({ name, ...this.#pools[name].statistics }));
  }

  /** Runs work that takes long over a connection of its own: it keeps nobody waiting, and nobody takes its silence for that of the network. */
  async apart<Result>(transaction: Transaction, work: (session: Session) => Promise<Result>): Promise<Result> {
    const { engine, meter } = this.#options;
    const pool = new Pool({ engine, meter, countMax: 1 });
    this.#apart.add(pool);
    try {
      return await this.#over(await pool.acquire(), transaction, work);
    } finally {
      this.#apart.delete(pool);
      void pool.close();
    }
  }

  async close(): Promise<void> {
    this.#silence.close();
    for (const pool of this.#apart) pool.renew();
    await Promise.all([...Object.values(this.#pools), ...this.#apart].map((pool) => pool.close()));
  }

  async #over<Result>(
    lease: Lease,
    { kind, first, ...options }: Transaction,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const startMs = performance.now();
    let result: Result;
    try {
      lease.session.begin(kind, first, options);
      result = await work(lease.session);
    } catch (error) {
      const failure = this.#options.engine.weather(error);
      if (isOver(failure)) lease.release('broken');
      else void end(lease, lease.session.rollback());
      throw failure;
    }
    // A reader's answer does not wait for the end of its transaction.
    if (kind === 'exclusive') await this.#commit(lease, result, startMs);
    else void end(lease, lease.session.commit());
    return result;
  }

  async #commit(lease: Lease, result: unknown, startMs: number): Promise<void> {
    const { commits, writeTransactions } = this.#options;
    const commitMs = performance.now();
    try {
      await lease.session.commit();
      const endMs = performance.now();
      commits.observe(endMs - commitMs);
      writeTransactions.observe(endMs - startMs);
      lease.release('good');
    } catch (error) {
      const isInDoubt = error instanceof CommitInDoubt;
      // A commit that a cluster refused leaves the connection as good as it was.
      lease.release(isInDoubt && !isLost(error.cause as Error) ? 'good' : 'broken');
      if (!isInDoubt) throw this.#options.engine.weather(error);
      error.result = result;
      throw error;
    }
  }

  /** Resolves when the database answers, be it that it has no connection left. */
  async #probe(): Promise<void> {
    const { engine, meter } = this.#options;
    const host = this.#probedHosts.current;
    this.#probedHosts.next();
    const connections = new HostConnections({ engine, host, meter, countMax: 1, counts: { opened: 0, closed: 0 } });
    try {
      const { session } = await connections.acquire();
      await engine.now(session);
    } catch (error) {
      const failure = engine.weather(error);
      if (isLost(failure)) throw failure;
    } finally {
      connections.giveUp();
    }
    if (this.#silence.isSilent) for (const pool of Object.values(this.#pools)) pool.renew(host);
  }

  /** What waits for them fails, and is tried again where it was not done. */
  #giveUp(): void {
    this.#options.logger.warn('the database has not answered: its connections are given up');
    this.#lostNames = Object.values(this.#pools).flatMap((pool) => pool.renew());
    this.#options.onLoss();
    if (!this.#silence.isSilent) void this.#endLost();
  }

  /** The server may not have noticed, and what they began holds its locks. */
  async #endLost(): Promise<void> {
    const names = this.#lostNames;
    this.#lostNames = [];
    if (names.length === 0) return;
    const { engine, logger } = this.#options;
    try {
      await this.transaction('quick', { kind: 'none' }, async (session) => engine.endLost?.(names, session));
    } catch (error) {
      logger.debug({ err: error }, 'lost connections cannot be ended: the server will');
    }
  }
}

/** The session, whose answers show that the database is there. */
function heardFrom(session: Session, wait: Wait): Session {
  return {
    begin: (...how) => session.begin(...how),
    run: async (queries) => {
      const rows = await session.run(queries);
      wait.heard();
      return rows;
    },
    commit: () => session.commit(),
    rollback: () => session.rollback(),
  };
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

/** Whether a connection is not kept after a failure. Bounds of the server are those of the time when it connected: after `tooLarge` a new connection finds the raised one. */
function isOver(failure: Error): boolean {
  return isLost(failure) || (failure instanceof DriverError && failure.kind === 'tooLarge');
}

function isLost(failure: Error): boolean {
  return failure instanceof DriverError && failure.kind === 'lost';
}
