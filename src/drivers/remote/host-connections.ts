/** Connections to one address of the database: opened when they are needed, kept, bounded in number, and given up together when the address has gone silent. */
import knex, { type Knex } from 'knex';
import type { DatabaseHost } from '../../config/dsn.ts';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { PoolStatistics } from '../driver-statistics.ts';
import { silence } from '../knex-log.ts';
import type { StatementMeter } from '../statement-meter.ts';
import type { Engine } from './engine.ts';
import { remoteLimits } from './remote-limits.ts';
import type { Session } from './session.ts';

/** A session and the way to give it back. */
export interface Lease {
  readonly session: Session;
  /** `broken`: it is closed instead of kept. */
  release(state: 'good' | 'broken'): void;
}

interface Disposable {
  __knex__disposed?: unknown;
}

type AfterCreate = (connection: unknown, done: (error: unknown, connection: unknown) => void) => void;

export interface HostConnectionsOptions {
  readonly engine: Engine;
  readonly host: DatabaseHost;
  readonly countMax: number;
  readonly meter: StatementMeter;
  /** Written to whenever a connection is opened or closed. */
  readonly counts: { opened: number; closed: number };
}

export class HostConnections {
  readonly #options: HostConnectionsOptions;
  readonly #engine: Engine;
  readonly #countMax: number;
  readonly #knex: Knex;
  /** Those that were made ready and not closed by this side. */
  readonly #open = new Set<unknown>();
  /** Of those the ones in use, and whether they are kept afterwards. */
  readonly #lent = new Map<unknown, 'kept' | 'doubted'>();
  /** What waits for a connection: how to end the wait. */
  readonly #waiting = new Set<(error: Error) => void>();
  #isGivenUp = false;

  constructor(options: HostConnectionsOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#countMax = options.countMax;
    this.#knex = this.#pool(options.host);
    this.#knex.client.pool.on('destroySuccess', (_id: number, connection: unknown) => this.#forget(connection));
    // It did not hang up.
    this.#knex.client.pool.on('destroyFail', (_id: number, connection: unknown) => this.#abandon(connection));
  }

  get usage(): Pick<PoolStatistics, 'used' | 'idle' | 'waiting'> {
    const { pool } = this.#knex.client;
    return { used: pool.numUsed(), idle: pool.numFree(), waiting: pool.numPendingAcquires() };
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** @throws DriverError when the address does not answer, all connections are taken for too long, or they are given up. */
  acquire(): Promise<Lease> {
    const { promise, resolve, reject } = Promise.withResolvers<Lease>();
    this.#waiting.add(reject);
    const acquired: Promise<unknown> = this.#knex.client.acquireConnection();
    acquired.then(
      (connection) => {
        if (!this.#waiting.delete(reject)) this.#release(connection, 'broken');
        else resolve(this.#open.has(connection) ? this.#lease(connection) : this.#another(connection));
      },
      (error: unknown) => {
        this.#waiting.delete(reject);
        reject(this.#weather(error));
      },
    );
    return promise;
  }

  /** Closes all connections without a word: whatever waits for them fails. Returns by what the server knows them. */
  giveUp(): readonly string[] {
    this.#isGivenUp = true;
    for (const reject of this.#waiting) reject(new DriverError('lost', 'the database does not answer'));
    this.#waiting.clear();
    const names = [...this.#open].flatMap((connection) => this.#engine.serverNameOf?.(connection) ?? []);
    for (const connection of [...this.#open]) this.#abandon(connection);
    this.retire();
    return names;
  }

  /** Closes each connection once nobody uses it. */
  retire(): void {
    this.#knex.destroy().catch(() => {});
  }

  /** Ends the connections that are not in use, and waits a little for those that are. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, remoteLimits.closeMsMax);
    });
    await Promise.race([this.#knex.destroy().catch(() => {}), late]);
    clearTimeout(timer);
    this.giveUp();
  }

  /** In the place of one that was given up on its way here. */
  #another(connection: unknown): Promise<Lease> {
    void this.#knex.client.releaseConnection(connection);
    return this.acquire();
  }

  #lease(connection: unknown): Lease {
    this.#lent.set(connection, 'kept');
    return {
      session: this.#engine.session(connection, this.#options.meter),
      release: (state) => this.#release(connection, state),
    };
  }

  #release(connection: unknown, state: 'good' | 'broken'): void {
    const isDoubted = this.#lent.get(connection) === 'doubted';
    this.#lent.delete(connection);
    if (state === 'broken' || isDoubted) this.#abandon(connection);
    if (state === 'broken') this.#doubtOthers();
    void this.#knex.client.releaseConnection(connection);
  }

  /** What broke one, a server that restarted or a firewall that forgot, has mostly broken the others too: whoever tries again shall not come upon one of them. */
  #doubtOthers(): void {
    for (const each of [...this.#open]) {
      if (this.#lent.has(each)) this.#lent.set(each, 'doubted');
      else this.#abandon(each);
    }
  }

  /** What is left of its transaction, the server undoes when it notices. */
  #abandon(connection: unknown): void {
    this.#forget(connection);
    // knex closes a connection with this mark instead of lending it again.
    (connection as Disposable).__knex__disposed = 'broken';
    this.#engine.abandon?.(connection);
  }

  #weather(error: unknown): Error {
    if (!(error instanceof Error) || error.name !== 'KnexTimeoutError') return this.#engine.weather(error);
    if (this.#knex.client.pool.numUsed() < this.#countMax)
      return new DriverError('lost', 'the database takes too long to connect to');
    return new DriverError('busy', `all ${this.#countMax} connections are in use`);
  }

  #pool(host: DatabaseHost): Knex {
    const settings = this.#engine.poolSettings(host);
    const makeReady = settings.pool?.afterCreate as AfterCreate | undefined;
    return knex({
      ...settings,
      log: silence,
      acquireConnectionTimeout: limits.connectionWaitMsMax,
      pool: {
        ...settings.pool,
        min: 0,
        max: this.#countMax,
        idleTimeoutMillis: limits.connectionIdleMsMax,
        createTimeoutMillis: limits.databaseAnswerMsMax,
        afterCreate: (connection: unknown, done: Parameters<AfterCreate>[1]) =>
          makeReady?.(connection, (error) => done(this.#made(connection, error), connection)),
      },
    });
  }

  /** A connection that is not taken must not stay open. Returns why it is not. */
  #made(connection: unknown, error: unknown): unknown {
    if (error) this.#abandon(connection);
    else if (this.#isGivenUp) this.#abandon(connection);
    else this.#opened(connection);
    return error;
  }

  #forget(connection: unknown): void {
    if (this.#open.delete(connection)) this.#options.counts.closed += 1;
  }

  #opened(connection: unknown): void {
    this.#open.add(connection);
    this.#options.counts.opened += 1;
  }
}
