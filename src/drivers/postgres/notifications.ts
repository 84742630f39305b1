/**
 * LISTEN and NOTIFY: instances of one store announce new rows to each other within 1 ms. An
 * announcement costs the server a transaction, so an instance that receives nothing from others
 * sends none.
 */

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg, { type Client } from 'pg';
import type { Logger } from 'pino';
import type { RemoteDsn } from '../../config/database/database-dsn.ts';
import { limits } from '../../limits.ts';
import type { RowId } from '../../mvcc/ids.ts';
import type { CurrentHost, MessageChannel, MessageListener } from '../remote/engine.ts';
import { withReplyTimeout } from '../remote/reply-timeout.ts';
import { findMode, modeOf } from './connection-mode.ts';
import { connectionSettings } from './connection-settings.ts';
import { destroy } from './postgres-session.ts';
import { sessionSettings } from './settings.ts';
import { headChannel } from './store-locks.ts';

/**
 * How long an instance waits for its own announcement before it reports that the channel does not
 * work: a pooler may drop notifications.
 */
const echoMsMax = 1_000;

/** How often an instance announces that it is running. */
const presenceIntervalMs = 10_000;
/** How long after its last message another instance counts as running. */
const presenceMs = 2.5 * presenceIntervalMs;

/** No row has this id. An announcement of it only shows that its instance is running. */
const noRow: RowId = 0;
/** The end of an announcement that requests a reply: each receiver announces that it is running. */
const replyRequest = '?';

/**
 * A separate connection, opened again whenever it is lost. One announcement is sent at a time. Of
 * later ones only the newest is kept.
 */
export class Notifications implements MessageChannel {
  readonly #dsn: RemoteDsn;
  readonly #hosts: CurrentHost;
  readonly #logger: Logger;
  readonly #listener: MessageListener;
  /** The connection, from its start. */
  #connection: Client | undefined;
  /** The same connection once it listens. */
  #client: Client | undefined;
  #isSending = false;
  #next: RowId | undefined;
  /** The next announcement requests a reply. */
  #requestsReply = false;
  /** The start of each announcement, by which an instance recognizes its own. */
  readonly #instance = randomBytes(8).toString('hex');
  readonly #presenceTimer: NodeJS.Timeout;
  /** When the last announcement of another instance was received. */
  #otherReceivedMs = Number.NEGATIVE_INFINITY;
  #isReceiving = false;
  #echo: NodeJS.Timeout | undefined;
  /** The last announcement of this instance that was not received back, and its time. */
  #pendingEcho: { readonly payload: string; readonly atMs: number } | undefined;
  #isClosed = false;
  #logged = '';

  constructor(dsn: RemoteDsn, hosts: CurrentHost, logger: Logger, listener: MessageListener) {
    this.#dsn = dsn;
    this.#hosts = hosts;
    this.#logger = logger;
    this.#listener = listener;
    this.#presenceTimer = setInterval(() => this.#queue(noRow), presenceIntervalMs);
    this.#presenceTimer.unref();
    void this.#keepOpen();
  }

  get isReceiving(): boolean {
    return this.#isReceiving;
  }

  announce(id: RowId): void {
    if (this.#isOtherRunning) this.#queue(id);
  }

  reopen(): void {
    if (this.#connection !== undefined) destroy(this.#connection);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#presenceTimer);
    this.reopen();
  }

  /**
   * Whether another instance may be running. An instance that does not receive its own
   * announcements does not receive other announcements either, and then assumes that one runs.
   */
  get #isOtherRunning(): boolean {
    return !this.#isReceiving || performance.now() - this.#otherReceivedMs < presenceMs;
  }

  #queue(id: RowId): void {
    // A waiting announcement of a row shows as well that the instance is running.
    if (this.#next === undefined || id !== noRow) this.#next = id;
    if (!this.#isSending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    try {
      while (this.#next !== undefined && this.#client !== undefined) {
        const payload = `${this.#instance} ${this.#next}${this.#requestsReply ? ` ${replyRequest}` : ''}`;
        this.#next = undefined;
        this.#requestsReply = false;
        this.#expectEcho();
        this.#pendingEcho ??= { payload, atMs: performance.now() };
        const client = this.#client;
        const name = modeOf(client).keepsStatements ? { name: 'announce' } : {};
        const text = `SELECT pg_notify(${headChannel}, $1)`;
        await withReplyTimeout(client.query({ ...name, text, values: [payload] }), () => destroy(client));
      }
    } catch {
      // The connection is lost. The polls of the other instances find the row.
    } finally {
      this.#isSending = false;
    }
  }

  /**
   * Expects the own announcement back at once. If it came back before and no longer does, the
   * connection is dead, and no error reports it.
   */
  #expectEcho(): void {
    if (!this.#isReceiving || this.#echo !== undefined) return;
    this.#echo = setTimeout(() => this.reopen(), limits.databaseAnswerMsMax);
    this.#echo.unref();
  }

  #endEcho(): void {
    clearTimeout(this.#echo);
    this.#echo = undefined;
  }

  #measureEcho(payload: string): void {
    if (this.#pendingEcho?.payload !== payload) return;
    this.#listener.onEcho(performance.now() - this.#pendingEcho.atMs);
    this.#pendingEcho = undefined;
  }

  async #keepOpen(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#listen();
      } catch (error) {
        this.#logger.debug({ err: error }, 'connection for notifications was lost');
      }
      this.#client = undefined;
      this.#isReceiving = false;
      this.#pendingEcho = undefined;
      this.#endEcho();
      if (!this.#isClosed) await pause(limits.reconnectPauseMs);
    }
  }

  /** Resolves or rejects when the connection ends. */
  async #listen(): Promise<void> {
    const client = new pg.Client(await connectionSettings(this.#dsn, this.#hosts.current));
    this.#connection = client;
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', () => {});
    client.on('notification', ({ payload }) => this.#receive(payload ?? ''));
    try {
      await client.connect();
      await withReplyTimeout(this.#beginListening(client), () => destroy(client));
      await ended;
    } finally {
      destroy(client);
    }
  }

  /**
   * Begins to listen. Behind a pooler, LISTEN would stay in a session that other programs receive.
   * There this instance only announces, and polls for the writes of others.
   */
  async #beginListening(client: Client): Promise<void> {
    const { isPooled, keepsStatements } = await findMode(client, this.#dsn);
    if (isPooled) {
      this.#client = client;
      const found = `the database is behind a pooler that ${keepsStatements ? 'keeps' : 'does not keep'} prepared statements`;
      const reason = this.#dsn.preparesStatements === 'never' ? 'default_query_exec_mode names a pooler' : found;
      this.#logOnce(
        `${reason}: settings are sent with each transaction, and the database is polled for writes of other instances`,
      );
      return;
    }
    await client.query(sessionSettings);
    const { rows } = await client.query<{ channel: string }>(`SELECT ${headChannel} AS channel`);
    await client.query(`LISTEN ${rows[0]?.channel}`);
    this.#client = client;
    this.#requestsReply = true;
    this.#queue(noRow);
    const timer = setTimeout(() => {
      if (this.#isReceiving || this.#isClosed || this.#client !== client) return;
      this.#logOnce('the database does not deliver notifications: it is polled instead');
    }, echoMsMax);
    timer.unref();
  }

  #logOnce(message: string): void {
    if (this.#logged !== message) this.#logger.info(message);
    this.#logged = message;
  }

  #receive(payload: string): void {
    this.#isReceiving = true;
    this.#endEcho();
    this.#measureEcho(payload);
    const [instance, id, end] = payload.split(' ');
    if (instance === this.#instance) return;
    this.#otherReceivedMs = performance.now();
    if (end === replyRequest) this.#queue(noRow);
    if (Number.isSafeInteger(Number(id))) this.#listener.onHint(Number(id));
  }
}
