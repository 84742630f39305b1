/**
 * LISTEN and NOTIFY: instances of one store tell each other of new rows within a millisecond. An announcement costs the server a transaction: an instance that hears of no
 * other makes none.
 */
import { randomBytes } from 'node:crypto';

import pg, { type Client } from 'pg';
import type { Logger } from 'pino';
import type { RemoteDsn } from '../../config/database/database-dsn.ts';
import { limits } from '../../limits.ts';
import type { RowId } from '../../mvcc/operations.ts';
import { withAnswerTimeout } from '../remote/answer-timeout.ts';
import type { CurrentHost, MessageChannel, MessageListener } from '../remote/engine.ts';
import { findMode, modeOf } from './connection-mode.ts';
import { connectionSettings } from './connection-settings.ts';
import { destroy } from './postgres-session.ts';
import { sessionSettings } from './settings.ts';
import { headChannel } from './store-locks.ts';

/** How long an instance waits for its own word to come back before it takes the channel for deaf: a pooler in between swallows notifications. */
const echoMsMax = 1_000;

/** How often an instance says that it is there. */
const greetingMs = 10_000;
/** How long after its last word another instance is taken to be there. */
const presenceMs = 2.5 * greetingMs;

/** No row has this id: an announcement of it only says that its instance is there. */
const noRow: RowId = 0;
/** At the end of an announcement that is to be answered: who hears it says that it is there, too. */
const question = '?';

/** A connection of its own, opened again whenever it is lost. Announcements are sent one at a time; of those that come meanwhile the newest. */
export class Notifications implements MessageChannel {
  readonly #dsn: RemoteDsn;
  readonly #hosts: CurrentHost;
  readonly #logger: Logger;
  readonly #listener: MessageListener;
  /** The connection, from its beginning. */
  #connection: Client | undefined;
  /** The same when it listens. */
  #client: Client | undefined;
  #isSending = false;
  #next: RowId | undefined;
  /** The next announcement is to be answered. */
  #asks = false;
  /** Begins each announcement: an instance knows its own. */
  readonly #instance = randomBytes(8).toString('hex');
  readonly #greeting: NodeJS.Timeout;
  /** When another instance was last heard. */
  #otherHeardMs = Number.NEGATIVE_INFINITY;
  #isReceiving = false;
  #echo: NodeJS.Timeout | undefined;
  /** What this instance said last that has not come back, and when. */
  #said: { readonly payload: string; readonly atMs: number } | undefined;
  #isClosed = false;
  #logged = '';

  constructor(dsn: RemoteDsn, hosts: CurrentHost, logger: Logger, listener: MessageListener) {
    this.#dsn = dsn;
    this.#hosts = hosts;
    this.#logger = logger;
    this.#listener = listener;
    this.#greeting = setInterval(() => this.#say(noRow), greetingMs);
    this.#greeting.unref();
    void this.#keepOpen();
  }

  get isReceiving(): boolean {
    return this.#isReceiving;
  }

  announce(id: RowId): void {
    if (this.#isOtherThere) this.#say(id);
  }

  reopen(): void {
    if (this.#connection !== undefined) destroy(this.#connection);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#greeting);
    this.reopen();
  }

  /** Who does not hear its own word does not hear others. */
  get #isOtherThere(): boolean {
    return !this.#isReceiving || performance.now() - this.#otherHeardMs < presenceMs;
  }

  #say(id: RowId): void {
    // A row that is not announced yet is a greeting as well.
    if (this.#next === undefined || id !== noRow) this.#next = id;
    if (!this.#isSending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    try {
      while (this.#next !== undefined && this.#client !== undefined) {
        const payload = `${this.#instance} ${this.#next}${this.#asks ? ` ${question}` : ''}`;
        this.#next = undefined;
        this.#asks = false;
        this.#expectEcho();
        this.#said ??= { payload, atMs: performance.now() };
        const client = this.#client;
        const name = modeOf(client).keepsStatements ? { name: 'announce' } : {};
        const text = `SELECT pg_notify(${headChannel}, $1)`;
        await withAnswerTimeout(client.query({ ...name, text, values: [payload] }), () => destroy(client));
      }
    } catch {
      // The connection is gone: the others' poll finds what was not said.
    } finally {
      this.#isSending = false;
    }
  }

  /** Its own words come back at once. Where they did and no longer do, the connection is dead, and nobody says so. */
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
    if (this.#said?.payload !== payload) return;
    this.#listener.onEcho(performance.now() - this.#said.atMs);
    this.#said = undefined;
  }

  async #keepOpen(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#listen();
      } catch (error) {
        this.#logger.debug({ err: error }, 'the connection for notifications was lost');
      }
      this.#client = undefined;
      this.#isReceiving = false;
      this.#said = undefined;
      this.#endEcho();
      if (!this.#isClosed) await new Promise((resolve) => setTimeout(resolve, limits.reconnectPauseMs));
    }
  }

  /** Resolves or rejects when the connection ends. */
  async #listen(): Promise<void> {
    const client = new pg.Client(await connectionSettings(this.#dsn, this.#hosts.current));
    this.#connection = client;
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('error', () => {});
    client.on('notification', ({ payload }) => this.#hear(payload ?? ''));
    try {
      await client.connect();
      await this.#beginToHear(client);
      await ended;
    } finally {
      destroy(client);
    }
  }

  /** Behind a pooler a LISTEN would stay in a session that other programs are given: there this instance only announces, and polls for the others' writes. */
  async #beginToHear(client: Client): Promise<void> {
    const { isPooled, keepsStatements } = await findMode(client, this.#dsn);
    if (isPooled) {
      this.#client = client;
      const found = `the database is behind a pooler that ${keepsStatements ? 'keeps' : 'does not keep'} prepared statements`;
      const reason = this.#dsn.preparesStatements === 'never' ? 'default_query_exec_mode names a pooler' : found;
      this.#logOnce(`${reason}: settings go with each transaction, and the database is polled for others' writes`);
      return;
    }
    await client.query(sessionSettings);
    const { rows } = await client.query<{ channel: string }>(`SELECT ${headChannel} AS channel`);
    await client.query(`LISTEN ${rows[0]?.channel}`);
    this.#client = client;
    this.#asks = true;
    this.#say(noRow);
    const deaf = setTimeout(() => {
      if (this.#isReceiving || this.#isClosed || this.#client !== client) return;
      this.#logOnce('the database passes no notifications on: it is polled instead');
    }, echoMsMax);
    deaf.unref();
  }

  #logOnce(message: string): void {
    if (this.#logged !== message) this.#logger.info(message);
    this.#logged = message;
  }

  #hear(payload: string): void {
    this.#isReceiving = true;
    this.#endEcho();
    this.#measureEcho(payload);
    const [instance, id, end] = payload.split(' ');
    if (instance === this.#instance) return;
    this.#otherHeardMs = performance.now();
    if (end === question) this.#say(noRow);
    if (Number.isSafeInteger(Number(id))) this.#listener.onHint(Number(id));
  }
}
