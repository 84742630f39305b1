/**
 * The connections to one address of the database. They are opened on demand, kept, and abandoned
 * together when the address no longer answers. `Lanes` bounds how many are in use. A connection is
 * opened only when none is idle, so there are never more than this bound.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseHost } from '../../../config/database/database-dsn.ts';
import { DriverError, isDriverError } from '../../../errors.ts';
import { succeedsWithin } from '../../../kit/within.ts';
import { limits } from '../../../limits.ts';
import type { StatementMeter } from '../../statement-meter.ts';
import type { Engine } from '../engine.ts';
import { remoteLimits } from '../remote-limits.ts';
import type { Session } from '../session.ts';
import { ConnectionRefused } from './connection-refused.ts';
import { type Lane, laneNames } from './lanes.ts';
import type { UsedConnection } from './outage-detector.ts';

/** A session, and the function that returns its connection. */
export interface BorrowedConnection {
  readonly session: Session;
  readonly used: UsedConnection;
  /** `broken`: the connection is closed instead of kept. */
  release(state: 'good' | 'broken'): void;
}

/** Connections opened and closed since the start, by the lane that used each last. */
export type ConnectionCounts = Record<Lane, { opened: number; closed: number }>;

export interface HostConnectionsOptions {
  readonly engine: Engine;
  readonly host: DatabaseHost;
  readonly meter: StatementMeter;
  /** Incremented when a connection is opened or closed. */
  readonly counts: ConnectionCounts;
}

/** One connection, from its opening to its end. */
interface Entry {
  readonly connection: unknown;
  readonly used: UsedConnection;
  /** The lane that uses it, or used it last. */
  lane: Lane;
  /** `suspect`: in use, and closed afterwards. */
  state: 'idle' | 'in use' | 'suspect' | 'closed';
  idleSinceMs: number;
}

export class HostConnections {
  readonly host: DatabaseHost;
  readonly #engine: Engine;
  readonly #meter: StatementMeter;
  readonly #counts: ConnectionCounts;
  readonly #open = new Set<Entry>();
  /** Idle connections, the most recently used last. */
  #idle: Entry[] = [];
  /** Connections that are being opened. */
  #openingCount = 0;
  /** Aborted when no more connections are needed: what is being opened is closed. */
  readonly #stopOpening = new AbortController();
  /** Connections whose close message was sent. */
  readonly #ending = new Set<Promise<void>>();
  readonly #idleTimer: NodeJS.Timeout;
  #state: 'used' | 'retired' | 'abandoned' = 'used';

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

  /** Open connections, and connections that are being opened. */
  get count(): number {
    return this.#open.size + this.#openingCount;
  }

  idleCount(lane: Lane): number {
    return this.#idle.filter((entry) => entry.lane === lane).length;
  }

  /**
   * An idle connection, if there is one. It prefers the lane's last one, which has the lane's
   * statements prepared.
   */
  takeIdle(lane: Lane): BorrowedConnection | undefined {
    let index = this.#idle.findLastIndex((entry) => entry.lane === lane);
    if (index < 0) index = this.#idle.length - 1;
    const [entry] = index < 0 ? [] : this.#idle.splice(index, 1);
    return entry === undefined ? undefined : this.#borrow(entry, lane);
  }

  /**
   * Opens a connection.
   *
   * @throws DriverError if the address does not answer or refuses, or if all connections are
   * abandoned meanwhile.
   */
  async open(lane: Lane): Promise<BorrowedConnection> {
    this.#openingCount += 1;
    try {
      const entry = await this.#connect(lane);
      if (entry.state === 'closed') throw new DriverError('lost', 'the connection was closed');
      return this.#borrow(entry, lane);
    } catch (error) {
      const failure = this.#engine.classifyError(error);
      throw isDriverError(failure, 'other') ? new ConnectionRefused(textOf(failure), failure) : failure;
    } finally {
      this.#openingCount -= 1;
    }
  }

  /**
   * Closes all connections without notice; work on them fails. Returns the server's names of the
   * connections.
   */
  abandonAll(): readonly string[] {
    this.#state = 'abandoned';
    clearInterval(this.#idleTimer);
    this.#stopOpening.abort(new DriverError('lost', 'the database does not answer'));
    const names = [...this.#open].flatMap(({ used }) => used.serverName ?? []);
    for (const entry of [...this.#open]) this.#abandon(entry);
    return names;
  }

  /** Closes each connection when it is no longer in use. Resolves when the last one is closed. */
  async retire(): Promise<void> {
    if (this.#state === 'used') this.#state = 'retired';
    clearInterval(this.#idleTimer);
    this.#closeIdleFor(0);
    while (this.#open.size + this.#ending.size > 0) await pause(closeCheckMs);
  }

  /**
   * Closes idle connections until at most `countMax` are left. Resolves when the server has
   * released them.
   */
  async trimTo(countMax: number): Promise<void> {
    while (this.count > countMax && this.#idle.length > 0) void this.#end(this.#idle.shift() as Entry);
    await Promise.all(this.#ending);
  }

  /** Closes the idle connections, and waits up to `closeMsMax` for the others. */
  async close(): Promise<void> {
    await succeedsWithin(remoteLimits.closeMsMax, this.retire());
    this.abandonAll();
  }

  async #connect(lane: Lane): Promise<Entry> {
    let isClosed = false;
    let entry: Entry | undefined;
    const connection = await this.#engine.connect(this.host, {
      onClose: () => {
        isClosed = true;
        if (entry !== undefined) this.#lost(entry);
      },
      signal: this.#stopOpening.signal,
    });
    const engine = this.#engine;
    const used = {
      serverName: engine.serverNameOf?.(connection),
      get receivedBytes() {
        return engine.receivedBytesOf?.(connection) ?? 0;
      },
      get requestedBytes() {
        return engine.requestedBytesOf?.(connection) ?? 0;
      },
    };
    entry = { connection, used, lane, state: 'in use', idleSinceMs: 0 };
    this.#open.add(entry);
    this.#counts[lane].opened += 1;
    if (this.#state === 'used' && !isClosed) return entry;
    this.#abandon(entry);
    throw new DriverError('lost', 'the connection was closed');
  }

  #borrow(entry: Entry, lane: Lane): BorrowedConnection {
    entry.lane = lane;
    entry.state = 'in use';
    return {
      session: this.#engine.session(entry.connection, this.#meter),
      used: entry.used,
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

  /** The server or the network closed the connection. If it is in use, its query fails. */
  #lost(entry: Entry): void {
    if (entry.state === 'idle') this.#abandon(entry);
    else if (entry.state === 'in use') entry.state = 'suspect';
  }

  /**
   * Marks all other connections as suspect. A server that restarted, or a firewall that dropped its
   * state, has probably broken them too, and a retry must not use one of them.
   */
  #suspectOthers(): void {
    for (const entry of [...this.#open]) {
      if (entry.state === 'idle') this.#abandon(entry);
      else if (entry.state === 'in use') entry.state = 'suspect';
    }
  }

  /** Abandons a connection. The server rolls its transaction back when it detects the loss. */
  #abandon(entry: Entry): void {
    if (!this.#forget(entry)) return;
    this.#engine.abandon(entry.connection);
  }

  async #end(entry: Entry): Promise<void> {
    if (!this.#forget(entry)) return;
    const ending = succeedsWithin(remoteLimits.closeMsMax, this.#engine.end(entry.connection)).then((isEnded) => {
      // The server did not close the connection in time.
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

/** The text of the server. It names no statement: none was sent. */
function textOf({ cause, message }: DriverError): string {
  return cause instanceof Error ? cause.message : message;
}

export function zeroCounts(): ConnectionCounts {
  const [write, quick, bulk] = laneNames.map(() => ({ opened: 0, closed: 0 }));
  return { write, quick, bulk } as ConnectionCounts;
}

const closeCheckMs = 10;
