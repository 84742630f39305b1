/** Connections to a database server: opened when they are needed, kept, bounded in number. */
import knex, { type Knex } from 'knex';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Engine } from './engine.ts';
import { HostTurn } from './host-turn.ts';
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

export class Pool {
  readonly #engine: Engine;
  readonly #connectionCountMax: number;
  /** The pool to the host that answered last. */
  #knex: Knex;
  readonly #hosts: HostTurn;

  constructor(engine: Engine, connectionCountMax: number) {
    this.#engine = engine;
    this.#connectionCountMax = connectionCountMax;
    this.#hosts = new HostTurn(engine.hosts);
    this.#knex = this.#open();
  }

  /** @throws DriverError when no host answers, or all connections are taken for too long. */
  async acquire(): Promise<Lease> {
    let failure: unknown;
    for (let tries = 0; tries < this.#hosts.count; tries += 1) {
      const pool = this.#knex;
      try {
        const connection: unknown = await pool.client.acquireConnection();
        return {
          session: this.#engine.session(connection),
          release: (state) => {
            if (state === 'broken') dispose(connection as Disposable);
            void pool.client.releaseConnection(connection);
          },
        };
      } catch (error) {
        failure = error;
        if (pool === this.#knex && this.#hosts.count > 1) this.#tryNextHost();
      }
    }
    throw this.#weather(failure);
  }

  async close(): Promise<void> {
    await this.#knex.destroy();
  }

  #weather(error: unknown): Error {
    if (error instanceof Error && error.name === 'KnexTimeoutError')
      return new DriverError('busy', `all ${this.#connectionCountMax} connections are in use`);
    return this.#engine.weather(error);
  }

  #tryNextHost(): void {
    this.#hosts.next();
    const left = this.#knex;
    this.#knex = this.#open();
    left.destroy().catch(() => {});
  }

  #open(): Knex {
    const settings = this.#engine.poolSettings(this.#hosts.current);
    return knex({
      ...settings,
      log: silence,
      acquireConnectionTimeout: limits.connectionWaitMsMax,
      pool: { ...settings.pool, min: 0, max: this.#connectionCountMax, idleTimeoutMillis: limits.connectionIdleMsMax },
    });
  }
}

/** What knex would print goes to the caller as an error anyway. */
export const silence = { debug() {}, deprecate() {}, error() {}, warn() {} };

/** knex closes a connection with this mark instead of lending it again. */
function dispose(connection: Disposable): void {
  connection.__knex__disposed = 'broken';
}
