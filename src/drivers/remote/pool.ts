/** Connections to a database server for one purpose, at whichever of its addresses answers. */
import type { DatabaseHost } from '../../config/dsn.ts';
import type { PoolStatistics } from '../driver-statistics.ts';
import type { StatementMeter } from '../statement-meter.ts';
import type { Engine } from './engine.ts';
import { HostConnections, type Lease } from './host-connections.ts';
import { HostTurn } from './host-turn.ts';

export type { Lease } from './host-connections.ts';

export interface PoolOptions {
  readonly engine: Engine;
  readonly countMax: number;
  readonly meter: StatementMeter;
}

export class Pool {
  readonly #options: PoolOptions;
  /** Connections opened and closed since the start, to whichever host. */
  readonly #counts = { opened: 0, closed: 0 };
  readonly #hosts: HostTurn;
  /** To the host that answered last. */
  #connections: HostConnections;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#hosts = new HostTurn(options.engine.hosts);
    this.#connections = this.#open();
  }

  /** @throws DriverError when no host answers, or all connections are taken for too long. */
  async acquire(): Promise<Lease> {
    let failure: unknown;
    for (let tries = 0; tries < this.#hosts.count; tries += 1) {
      const connections = this.#connections;
      try {
        return await connections.acquire();
      } catch (error) {
        if (connections.isGivenUp) throw error;
        failure = error;
        if (connections === this.#connections && this.#hosts.count > 1) this.#tryNextHost();
      }
    }
    throw failure;
  }

  /** Gives all connections up, and opens new ones to the host, when one is named. Returns by what the server knows the old ones. */
  renew(host?: DatabaseHost): readonly string[] {
    const left = this.#connections;
    if (host !== undefined) this.#hosts.turnTo(host);
    this.#connections = this.#open();
    return left.giveUp();
  }

  get statistics(): Omit<PoolStatistics, 'name'> {
    return { countMax: this.#options.countMax, ...this.#connections.usage, ...this.#counts };
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  #tryNextHost(): void {
    this.#hosts.next();
    const left = this.#connections;
    this.#connections = this.#open();
    left.retire();
  }

  #open(): HostConnections {
    return new HostConnections({ ...this.#options, host: this.#hosts.current, counts: this.#counts });
  }
}
