import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  EtcdClient,
  type Event,
  RpcError,
  type RpcFailure,
  type Server,
  sleep,
  type WatchStream,
  waitFor,
  withPrefix,
} from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';

const writerCount = 4;
/** Writes before the outage begins. */
const runInCount = 40;
const prefix = 'traffic/';
/** Much longer than a server may take, so that the duration shows a request that hangs. */
const deadlineMs = 20_000;
/** etcd's own request timeout is 7 s; a loaded machine adds some. */
export const answerMsMax = 9_000;

/**
 * The reply to every client during an outage: etcd's error text, whatever the database reported.
 */
export const unavailable: RpcFailure = { code: 'UNAVAILABLE', details: 'etcdserver: request timed out' };

/**
 * Writers with their own keys and values, a reader, and a watch that was created before the outage.
 */
export class Traffic {
  readonly #client: EtcdClient;
  readonly #watchClient: EtcdClient;
  readonly #watch: WatchStream;
  readonly #acknowledged = new Map<string, number>();
  readonly #refused = new Set<string>();
  readonly #failures: RpcFailure[] = [];
  readonly #seen: Event[] = [];
  #loops: Promise<void>[] = [];
  /** The number of the newest write of each writer, and of its newest acknowledged one. */
  readonly #sent = new Array<number>(writerCount).fill(-1);
  readonly #newest = new Array<number>(writerCount).fill(-1);
  #slowestMs = 0;
  #watchEnd: Error | undefined;
  #isOver = false;

  private constructor(tine: Server) {
    this.#client = new EtcdClient(tine.address);
    this.#watchClient = new EtcdClient(tine.address);
    this.#watch = this.#watchClient.watch();
  }

  /** Starts, and waits for the first writes. Stops with the test at the latest. */
  static async start(context: TestContext, tine: Server): Promise<Traffic> {
    const traffic = new Traffic(tine);
    context.after(() => traffic.#end());
    await traffic.#begin();
    await traffic.flows();
    await waitFor('some writes', () => traffic.acknowledgedCount >= runInCount);
    return traffic;
  }

  /** How many writes were answered OK. */
  get acknowledgedCount(): number {
    return this.#acknowledged.size;
  }

  /** How many writes were answered Unavailable. */
  get refusedCount(): number {
    return this.#refused.size;
  }

  /** The duration of the slowest request. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /**
   * Waits until another write is acknowledged and the watch has its event. Returns how many ms each
   * took.
   */
  async flows(timeoutMs = 15_000): Promise<{ writesMs: number; watchMs: number }> {
    const started = performance.now();
    const writersBefore = this.#acknowledged.size;
    await waitFor('writes to be acknowledged', () => this.#acknowledged.size > writersBefore, {
      timeoutMs,
      intervalMs: 5,
    });
    const writesMs = performance.now() - started;
    const [key = ''] = [...this.#acknowledged.keys()].slice(-1);
    await waitFor(`the event of ${key}`, () => this.#seen.some(({ kv }) => kv.key.toString() === key), {
      timeoutMs,
      intervalMs: 5,
    });
    return { writesMs, watchMs: performance.now() - started };
  }

  /**
   * Waits until a write of each writer is acknowledged that was sent after the call. Then no
   * request of the time before is under way.
   */
  async recovered(timeoutMs = 15_000): Promise<void> {
    const sent = [...this.#sent];
    await waitFor('a write of each writer', () => sent.every((count, writer) => (this.#newest[writer] ?? 0) > count), {
      timeoutMs,
      intervalMs: 5,
    });
  }

  /** Waits until `count` more writes were refused. */
  async isRefused(count = writerCount, timeoutMs = 15_000): Promise<void> {
    const before = this.#refused.size;
    await waitFor('writes to be refused', () => this.#refused.size >= before + count, { timeoutMs, intervalMs: 5 });
  }

  /**
   * Ends, and asserts that every acknowledged write exists once and that the watch has all events
   * in order.
   */
  async assertWhole(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops.slice(0, -1));
    const { kvs, header } = await this.#client.range(withPrefix(prefix));
    await waitFor('the watch to tell of everything', () => this.#seen.length >= kvs.length, { timeoutMs: 5_000 }).catch(
      () => {},
    );
    await this.#watchShowsThrough(header.revision);
    await this.#end();

    for (const failure of this.#failures) assert.deepEqual(failure, unavailable);
    assert.ok(this.#slowestMs < onThisMachine(answerMsMax), `a request took ${this.#slowestMs} ms`);
    assert.equal(this.#watchEnd, undefined, 'the watch stays open');
    const stored = new Map(kvs.map(({ key, mod_revision }) => [key.toString(), mod_revision]));
    for (const [key, revision] of this.#acknowledged)
      assert.equal(stored.get(key), revision, `${key} was acknowledged`);
    for (const { key, value, version } of kvs) {
      assert.equal(version, 1, `${key} was written once`);
      assert.equal(value.toString(), `value of ${key}`);
      assert.ok(this.#acknowledged.has(key.toString()) || this.#refused.has(key.toString()), `${key} was asked for`);
    }
    const revisions = this.#seen.map(({ kv }) => kv.mod_revision);
    assert.deepEqual(
      revisions,
      [...new Set(revisions)].sort((a, b) => a - b),
      'events come once and in order',
    );
    assert.deepEqual(
      revisions,
      kvs.map(({ mod_revision }) => mod_revision).sort((a, b) => a - b),
      'the watch tells of what is stored',
    );
  }

  /** Creates the watch before the first write. */
  async #begin(): Promise<void> {
    await this.#watch.create(withPrefix(prefix));
    this.#loops = Array.from({ length: writerCount }, (_, index) => this.#write(index));
    this.#loops.push(this.#read(), this.#listen());
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#watch.close();
    await Promise.allSettled(this.#loops);
    this.#client.close();
    this.#watchClient.close();
  }

  async #watchShowsThrough(revision: number): Promise<void> {
    if (this.#watchEnd !== undefined) return;
    // An answer to a progress request comes after all events before it.
    this.#progress = 0;
    this.#watch.requestProgress();
    await waitFor('the watch to tell how far it is', () => this.#progress >= revision, { timeoutMs: 5_000 });
  }

  #progress = 0;

  async #write(writer: number): Promise<void> {
    for (let count = 0; !this.#isOver; count += 1) {
      const key = `${prefix}${writer}/${count}`;
      this.#sent[writer] = count;
      const reply = await this.#answered(this.#client.put({ key, value: `value of ${key}` }, { deadlineMs }));
      if (reply === undefined) this.#refused.add(key);
      else {
        this.#acknowledged.set(key, reply.header.revision);
        this.#newest[writer] = count;
      }
      await sleep(reply === undefined ? 50 : 5);
    }
  }

  async #read(): Promise<void> {
    while (!this.#isOver) {
      const [last] = [...this.#acknowledged].slice(-1);
      const reply = await this.#answered(this.#client.range({ key: last?.[0] ?? prefix }, { deadlineMs }));
      if (reply !== undefined && last !== undefined)
        assert.equal(reply.kvs[0]?.mod_revision, last[1], 'a read sees what was acknowledged');
      await sleep(20);
    }
  }

  async #listen(): Promise<void> {
    try {
      for (;;) {
        const { events, watch_id, header, canceled, cancel_reason } = await this.#watch.next(120_000);
        if (canceled) throw new Error(`the watch was cancelled: ${cancel_reason}`);
        if (watch_id === -1) this.#progress = header.revision;
        this.#seen.push(...events);
      }
    } catch (error) {
      if (!this.#isOver) this.#watchEnd = error as Error;
    }
  }

  /** The reply; undefined if the request failed. The failure is recorded. */
  async #answered<Reply>(call: Promise<Reply>): Promise<Reply | undefined> {
    const started = performance.now();
    try {
      return await call;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#failures.push({ code: error.code, details: error.details });
      return undefined;
    } finally {
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - started);
    }
  }
}
