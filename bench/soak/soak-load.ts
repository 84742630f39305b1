import { setTimeout as sleep } from 'node:timers/promises';
import { KV } from '../../src/wire/generated/etcdserverpb/kv.ts';
import { Watch } from '../../src/wire/generated/etcdserverpb/watch.ts';
import { Connection } from '../load/connection.ts';
import { figureOf } from '../load/figure.ts';
import { count, get, list, prefixEnd } from '../load/requests.ts';
import { SampleRecorder } from '../load/sample.ts';

const prefix = 'soak/';
const clientCount = 16;
const pageKeyCount = 100;
const valueBytes = 1_024;
const watchCount = 1_000;
const streamCount = 10;
/** Each watch sees one of this number of parts of the keys. */
const watchedParts = 100;

/** A busy API server: ten writes and ten reads to each page and each count, and many watches. */
export class SoakLoad {
  readonly #keyCount: number;
  #connection: Connection;
  #watching: Connection;
  #recorder = new SampleRecorder();
  #operationCount = 0;
  #eventCount = 0;
  #isPaused = false;
  #isStopped = false;
  #revision = 0;
  /** Keys written so far: all of them after the first round. */
  #written = 0;

  private constructor(connection: Connection, watching: Connection, keyCount: number) {
    this.#connection = connection;
    this.#watching = watching;
    this.#keyCount = keyCount;
  }

  static async start(address: string, keyCount: number): Promise<SoakLoad> {
    const load = new SoakLoad(await Connection.open(address), await Connection.open(address), keyCount);
    const fill = async () => {
      while (load.#written < keyCount) await load.#update();
    };
    await Promise.all(Array.from({ length: clientCount }, fill));
    load.#watch();
    return load;
  }

  /** Operations a second, one after the other without a pause. */
  async measureFullSpeed(seconds: number): Promise<number> {
    const end = performance.now() + seconds * 1_000;
    const before = this.#operationCount;
    await this.#eachClient(async () => {
      while (performance.now() < end) await this.#operate();
    });
    this.take();
    return (this.#operationCount - before) / seconds;
  }

  /** Operations a second, until `stop`. */
  async run(perSecond: number): Promise<void> {
    const intervalMs = (1_000 * clientCount) / perSecond;
    await this.#eachClient(async () => {
      let dueMs = performance.now();
      while (!this.#isStopped) {
        if (!this.#isPaused) await this.#operate();
        // After a delay, at most one operation is made up for.
        dueMs = Math.max(dueMs + intervalMs, performance.now() - intervalMs);
        await sleep(Math.max(0, dueMs - performance.now()));
      }
    });
  }

  /** Compacts up to the newest revision, except the last thousand. */
  async compact(): Promise<void> {
    await this.#connection.call(KV.methods.compact, { revision: Math.max(1, this.#revision - 1_000) });
  }

  /** Pauses the load while the server is down. */
  pause(): void {
    this.#isPaused = true;
  }

  async resume(address: string): Promise<void> {
    this.#connection.close();
    this.#watching.close();
    this.#connection = await Connection.open(address);
    this.#watching = await Connection.open(address);
    this.#watch();
    this.#isPaused = false;
  }

  stop(): void {
    this.#isStopped = true;
    this.#connection.close();
    this.#watching.close();
  }

  /** The operations since the last call. */
  take() {
    const { operationCount, errorCount, firstError, p99 } = figureOf([this.#recorder.finish()]);
    const eventCount = this.#eventCount;
    this.#recorder = new SampleRecorder();
    this.#eventCount = 0;
    return { operationCount, errorCount, firstError, p99Ms: p99, eventCount };
  }

  async #eachClient(work: () => Promise<void>): Promise<void> {
    await Promise.all(Array.from({ length: clientCount }, work));
  }

  async #operate(): Promise<void> {
    this.#operationCount += 1;
    const kind = Math.floor(Math.random() * 22);
    await this.#recorder.time((): Promise<unknown> => {
      if (kind < 10) return this.#update();
      if (kind < 20) return get(this.#connection, this.#anyKey());
      if (kind < 21) return list(this.#connection, prefix, this.#anyKey(), pageKeyCount);
      return count(this.#connection, prefix);
    });
  }

  async #update(): Promise<void> {
    const key = keyOf(this.#written++ % this.#keyCount);
    const { header } = await this.#connection.call(KV.methods.put, { key, value: Buffer.alloc(valueBytes, 'v') });
    this.#revision = Math.max(this.#revision, header?.revision ?? 0);
  }

  #anyKey(): Buffer {
    return keyOf(Math.floor(Math.random() * this.#keyCount));
  }

  #watch(): void {
    const onMessage = ({ events }: { readonly events: readonly unknown[] }) => {
      this.#eventCount += events.length;
    };
    const streams = Array.from({ length: streamCount }, () =>
      this.#watching.stream(Watch.methods.watch, { onMessage, onEnd: () => undefined }),
    );
    for (let watch = 0; watch < watchCount; watch += 1) {
      const part = partOf(watch);
      const value = { key: Buffer.from(part), rangeEnd: prefixEnd(part) };
      streams[watch % streamCount]?.send({ requestUnion: { case: 'createRequest', value } });
    }
  }
}

const partOf = (index: number): string => `${prefix}${String(index % watchedParts).padStart(2, '0')}/`;

const keyOf = (index: number): Buffer => Buffer.from(`${partOf(index)}${index}`);
