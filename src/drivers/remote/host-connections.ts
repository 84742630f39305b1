/**
 * Connections to one address of the database: opened when they are needed, kept, and given up together when the address has gone silent. `Lanes` bounds how many are used
 * at once; there is none idle when one is opened, so there are never more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { StatementMeter } from '../statement-meter.ts';
import type { Engine } from './engine.ts';
import { type Lane, laneNames } from './lanes.ts';
import { remoteLimits } from './remote-limits.ts';
import type { Session } from './session.ts';
import { succeedsWithin } from './succeeds-within.ts';

/** A session and the way to give it back. */
export interface BorrowedConnection {
  readonly session: Session;
  /** `broken`: it is closed instead of kept. */
  release(state: 'good' | 'broken'): void;
}

/** Connections opened and closed since the start, by the lane that had them last. */
export type ConnectionCounts = Record<Lane, { opened: number; closed: number }>;

export interface HostConnectionsOptions {
  readonly engine: Engine;
  readonly host: DatabaseHost;
  readonly meter: StatementMeter;
  /** Written to whenever a connection is opened or closed. */
  readonly counts: ConnectionCounts;
}

/** One connection, from its opening to its end. */
interface Entry {
  readonly connection: unknown;
  /** Who has it, or had it last. */
  lane: Lane;
  /** `doubted`: in use, and closed afterwards. */
  state: 'idle' | 'in use' | 'suspect' | 'closed';
  idleSinceMs: number;
}

export class HostConnections {
  readonly host: DatabaseHost;
  readonly #engine: Engine;
  readonly #meter: StatementMeter;
  readonly #counts: ConnectionCounts;
  readonly #open = new Set<Entry>();
  /** The last one used is the last one here. */
  #idle: Entry[] = [];
  /** What waits for a connection that is being opened: how to end the wait. */
  readonly #opening = new Set<(error: Error) => void>();
  /** Connections that are being closed in good form. */
  readonly #ending = new Set<Promise<void>>();
  readonly #idleTimer: NodeJS.Timeout;
  #state: 'used' | 'retired' | 'given up' = 'used';

  constructor({ engine, host, meter, counts }: HostConnectionsOptions) {
    this.host = host;
    this.#engine = engine;
    this.#meter = meter;
    this.#counts = counts;
    this.#idleTimer = setInterval(
      () => this.#closeIdleFor(limits.connectionIdleMsMax),
      remoteLimits.idleCheckIntervalMs,
    );
    this.#idleTimer.unref();
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Connections that are open or being opened. */
  get count(): number {
    return this.#open.size + this.#opening.size;
  }

  get isGivenUp(): boolean {
    return this.#state === 'given up';
  }

  idleCount(lane: Lane): number {
    return this.#idle.filter((entry) => entry.lane === lane).length;
  }

  /** A connection that is open, if one is not in use: that which the lane had last, for it has the lane's statements prepared. */
  takeIdle(lane: Lane): BorrowedConnection | undefined {
    let index = this.#idle.findLastIndex((entry) => entry.lane === lane);
    if (index < 0) index = this.#idle.length - 1;
    const [entry] = index < 0 ? [] : this.#idle.splice(index, 1);
    return entry === undefined ? undefined : this.#borrow(entry, lane);
  }

  /** Opens a connection. @throws DriverError when the address does not answer or refuses, or all connections are given up meanwhile. */
  async open(lane: Lane): Promise<BorrowedConnection> {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#opening.add(reject);
    try {
      const entry = await Promise.race([this.#connect(lane), promise]);
      if (entry.state === 'closed') throw new DriverError('lost', 'the connection was given up');
      return this.#borrow(entry, lane);
    } catch (error) {
      throw this.#engine.classifyError(error);
    } finally {
      this.#opening.delete(reject);
    }
  }

  /** Closes all connections without a word: whatever waits for them fails. Returns by what the server knows them. */
  giveUp(): readonly string[] {
    this.#state = 'given up';
    clearInterval(this.#idleTimer);
    for (const reject of this.#opening) reject(new DriverError('lost', 'the database does not answer'));
    const names = [...this.#open].flatMap(({ connection }) => this.#engine.serverNameOf?.(connection) ?? []);
    for (const entry of [...this.#open]) this.#abandon(entry);
    return names;
  }

  /** Closes each connection once nobody uses it. Resolves when the last one is closed. */
  async retire(): Promise<void> {
    if (this.#state === 'used') this.#state = 'retired';
    clearInterval(this.#idleTimer);
    this.#closeIdleFor(0);
    while (this.#open.size + this.#ending.size > 0) await pause(closeCheckMs);
  }

  /** Closes connections that are not in use until so many are left, or all that are. Resolves when the server has let go of them. */
  async trimTo(countMax: number): Promise<void> {
    while (this.count > countMax && this.#idle.length > 0) void this.#end(this.#idle.shift() as Entry);
    await Promise.all(this.#ending);
  }

  /** Ends the connections that are not in use, and waits a little for those that are. */
  async close(): Promise<void> {
    await succeedsWithin(remoteLimits.closeMsMax, this.retire());
    this.giveUp();
  }

  async #connect(lane: Lane): Promise<Entry> {
    let isClosed = false;
    let entry: Entry | undefined;
    const connection = await this.#engine.connect(this.host, () => {
      isClosed = true;
      if (entry !== undefined) this.#lost(entry);
    });
    entry = { connection, lane, state: 'in use', idleSinceMs: 0 };
    this.#open.add(entry);
    this.#counts[lane].opened += 1;
    if (this.#state === 'used' && !isClosed) return entry;
    this.#abandon(entry);
    throw new DriverError('lost', 'the connection was given up');
  }

  #borrow(entry: Entry, lane: Lane): BorrowedConnection {
    entry.lane = lane;
    entry.state = 'in use';
    return {
      session: this.#engine.session(entry.connection, this.#meter),
      release: (state) => this.#release(entry, state),
    };
  }

  #release(entry: Entry, state: 'good' | 'broken'): void {
    if (state === 'broken') {
      this.#abandon(entry);
      this.#suspectOthers();
    } else if (entry.state === 'suspect') this.#abandon(entry);
    else if (entry.state === 'in use' && this.#state === 'retired') void this.#end(entry);
    else if (entry.state === 'in use') {
      entry.state = 'idle';
      entry.idleSinceMs = performance.now();
      this.#idle.push(entry);
    }
  }

  /** The server or the network ended it. One that is in use fails there. */
  #lost(entry: Entry): void {
    if (entry.state === 'idle') this.#abandon(entry);
    else if (entry.state === 'in use') entry.state = 'suspect';
  }

  /** What broke one, a server that restarted or a firewall that forgot, has mostly broken the others too: whoever tries again shall not come upon one of them. */
  #suspectOthers(): void {
    for (const entry of [...this.#open]) {
      if (entry.state === 'idle') this.#abandon(entry);
      else if (entry.state === 'in use') entry.state = 'suspect';
    }
  }

  /** What is left of its transaction, the server undoes when it notices. */
  #abandon(entry: Entry): void {
    if (!this.#forget(entry)) return;
    this.#engine.abandon(entry.connection);
  }

  async #end(entry: Entry): Promise<void> {
    if (!this.#forget(entry)) return;
    const ending = succeedsWithin(remoteLimits.closeMsMax, this.#engine.end(entry.connection)).then((isEnded) => {
      // It did not hang up.
      if (!isEnded) this.#engine.abandon(entry.connection);
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
    await ending;
  }

  #forget(entry: Entry): boolean {
    if (!this.#open.delete(entry)) return false;
    if (entry.state === 'idle') this.#idle = this.#idle.filter((other) => other !== entry);
    entry.state = 'closed';
    this.#counts[entry.lane].closed += 1;
    return true;
  }

  #closeIdleFor(ms: number): void {
    const lastMs = performance.now() - ms;
    for (const entry of this.#idle.filter(({ idleSinceMs }) => idleSinceMs <= lastMs)) void this.#end(entry);
  }
}

export function noCounts(): ConnectionCounts {
  const [write, quick, bulk] = laneNames.map(() => ({ opened: 0, closed: 0 }));
  return { write, quick, bulk } as ConnectionCounts;
}

const closeCheckMs = 10;
