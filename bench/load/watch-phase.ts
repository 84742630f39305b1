import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '../../src/kit/within.ts';
import { Watch, type WatchRequest } from '../../src/wire/generated/etcdserverpb/watch.ts';
import type { Connection, Stream } from './connection.ts';
import type { PhaseContext } from './phase.ts';
import { create, prefixEnd } from './requests.ts';
import { type Sample, SampleRecorder } from './sample.ts';

const eventTimeoutMs = 10_000;

/** Writes keys one by one. Times each write from sending it until every watch has reported it. */
export async function watchPhase(
  context: PhaseContext,
  { watchCount, paceMs }: { watchCount: number; paceMs: number },
): Promise<Sample> {
  const { options, connection, watchConnection, value } = context;
  const prefix = `${options.prefix}watch${watchCount}/`;
  const watchers = await Watchers.start(watchConnection, prefix, watchCount);
  const recorder = new SampleRecorder();
  const end = performance.now() + options.phaseSeconds * 1000;
  for (let index = 0; performance.now() < end; index++) {
    const key = `${prefix}${String(index).padStart(6, '0')}`;
    await recorder.time(async () => {
      const seen = watchers.allSee(key);
      await create(connection(0), Buffer.from(key), value());
      await seen;
    });
    await sleep(paceMs);
  }
  watchers.stop();
  return recorder.finish();
}

/** Watches of one prefix on one stream. */
class Watchers {
  private readonly watchCount: number;
  private readonly stream: Stream<WatchRequest>;
  private createdCount = 0;
  private onAllCreated = () => {};
  private awaited: { key: string; seenCount: number; resolve: () => void } | undefined;
  private failure: Error | undefined;

  static async start(connection: Connection, prefix: string, watchCount: number): Promise<Watchers> {
    const watchers = new Watchers(connection, watchCount);
    const created = new Promise<void>((resolve) => {
      watchers.onAllCreated = resolve;
    });
    const value = { key: Buffer.from(prefix), rangeEnd: prefixEnd(prefix) };
    for (let watch = 0; watch < watchCount; watch++) {
      watchers.stream.send({ requestUnion: { case: 'createRequest', value } });
    }
    await inTime(created, () => `${watchers.createdCount} of ${watchCount} watches were created`);
    return watchers;
  }

  private constructor(connection: Connection, watchCount: number) {
    this.watchCount = watchCount;
    this.stream = connection.stream(Watch.methods.watch, {
      onMessage: (response) => {
        if (response.created && ++this.createdCount === watchCount) this.onAllCreated();
        for (const event of response.events) this.saw(event.kv?.key);
      },
      onEnd: (error) => {
        this.failure = error ?? new Error('the server ended the stream');
      },
    });
  }

  /** Resolves when each watch has reported the key. Call it before the key is written. */
  async allSee(key: string): Promise<void> {
    if (this.failure) throw this.failure;
    const awaited = { key, seenCount: 0, resolve: () => {} };
    const seen = new Promise<void>((resolve) => {
      awaited.resolve = resolve;
    });
    this.awaited = awaited;
    await inTime(seen, () => `${awaited.seenCount} of ${this.watchCount} watches told of a write`);
  }

  stop(): void {
    this.stream.close();
  }

  private saw(key: Uint8Array | undefined): void {
    const { awaited } = this;
    if (awaited === undefined || key === undefined || Buffer.from(key).toString() !== awaited.key) return;
    if (++awaited.seenCount === this.watchCount) awaited.resolve();
  }
}

function inTime(done: Promise<void>, problem: () => string): Promise<void> {
  return within(eventTimeoutMs, done, () => {
    throw new Error(problem());
  });
}
