/** The connection of a command to a database server. */
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import { DriverError, isDriverError } from '../../errors.ts';
import { succeedsWithin } from '../../kit/within.ts';
import { type Query, query } from '../../mvcc/program.ts';
import { anyValue } from '../../sql/shape.ts';
import { type Row, selectsRows } from '../../sql/statement.ts';
import { remoteLimits } from './remote-limits.ts';

export interface OfflineConnection {
  run(query: Query): Promise<readonly Row[]>;
  /** Closes the connection with the protocol's close message. */
  close(): Promise<void>;
  /** Closes the connection without notice to the server. */
  abandon(): void;
}

/** What each kind of server provides for this. */
export interface ConnectedServer {
  /** Opens a connection without a limit on the time of a statement. */
  connect(host: DatabaseHost): Promise<OfflineConnection>;
  /** Converts an error of the database to `DriverError`. */
  classifyError(error: unknown): Error;
}

const POLL = query(selectsRows('offline_poll', anyValue, () => 'SELECT 1'));

/**
 * A connection on which a statement may take any time while its host answers. Each long wait is
 * checked by polls over other connections. If the host answers none of them for a time, the
 * connection is abandoned: a frozen server and a network that drops packets report no error.
 */
export class WatchedConnection {
  readonly #server: ConnectedServer;
  readonly #host: DatabaseHost;
  readonly #connection: OfflineConnection;
  /** One for each query that waits for its reply. */
  readonly #waiting = new Set<(reason: DriverError) => void>();
  #timer: NodeJS.Timeout | undefined;
  #failure: DriverError | undefined;

  private constructor(server: ConnectedServer, host: DatabaseHost, connection: OfflineConnection) {
    this.#server = server;
    this.#host = host;
    this.#connection = connection;
  }

  static async open(server: ConnectedServer, host: DatabaseHost): Promise<WatchedConnection> {
    return new WatchedConnection(server, host, await server.connect(host));
  }

  /** @throws DriverError `lost` when the connection is abandoned meanwhile. */
  run(request: Query): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const end = (): void => {
        this.#waiting.delete(reject);
        clearTimeout(this.#timer);
        if (this.#waiting.size > 0) this.#watch();
      };
      // A query that follows another one without a reply does not begin the wait again.
      if (this.#waiting.size === 0) this.#watch();
      this.#waiting.add(reject);
      void this.#connection.run(request).then(resolve, reject).finally(end);
    });
  }

  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    const isClosed = await succeedsWithin(remoteLimits.closeMsMax, this.#connection.close());
    if (!isClosed) this.#connection.abandon();
  }

  /** Closes the connection at once. Queries under way, and later ones, fail with the reason. */
  abandon(reason: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new DriverError('lost', reason);
    clearTimeout(this.#timer);
    for (const fail of this.#waiting) fail(this.#failure);
    this.#connection.abandon();
  }

  /** Begins to poll when no reply has come for a time. */
  #watch(): void {
    clearTimeout(this.#timer);
    const sinceMs = performance.now();
    const timer = setTimeout(() => void this.#poll(sinceMs, () => this.#timer === timer), remoteLimits.offlinePollMs);
    this.#timer = timer;
  }

  /** Polls until a reply comes: then this wait is no longer the current one. */
  async #poll(sinceMs: number, isCurrent: () => boolean): Promise<void> {
    let answeredMs = sinceMs;
    for (let missed = 0; missed < remoteLimits.missedPollsMax; ) {
      if (await this.#isAnswering()) {
        answeredMs = performance.now();
        missed = 0;
        await new Promise((resolve) => setTimeout(resolve, remoteLimits.offlinePollMs));
      } else missed += 1;
      if (!isCurrent() || this.#waiting.size === 0) return;
    }
    this.abandon(`the database has not answered for ${Math.round((performance.now() - answeredMs) / 1000)} s`);
  }

  /** Whether the host answers over a new connection. A refusal is an answer too. */
  async #isAnswering(): Promise<boolean> {
    let opened: OfflineConnection | undefined;
    let isLate = false;
    const poll = async (): Promise<void> => {
      try {
        opened = await this.#server.connect(this.#host);
        if (isLate) return opened.abandon();
        await opened.run(POLL);
        await opened.close();
      } catch (error) {
        if (isDriverError(this.#server.classifyError(error), 'lost')) throw error;
      }
    };
    const isInTime = await succeedsWithin(remoteLimits.probeMsMax, poll());
    isLate = true;
    opened?.abandon();
    return isInTime;
  }
}
