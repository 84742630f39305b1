import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import type { Keys } from '../../../src/mvcc/ids.ts';
import { endOfKeys, type KeyText } from '../../../src/sql/key-text.ts';
import { WatchHub, type WatchHubOptions } from '../../../src/watch/hub.ts';
import { WatchSession } from '../../../src/watch/watch-session.ts';
import type { WatchParameters } from '../../../src/watch/watcher.ts';
import type { WatchResponse } from '../../../src/wire/generated/etcdserverpb/watch.ts';
import { CheckedCache } from './checked-cache.ts';
import { FakeEventSource } from './fake-event-source.ts';
import { FakeStream } from './fake-stream.ts';

export interface Watching {
  readonly source: FakeEventSource;
  readonly hub: WatchHub;
  readonly cache: CheckedCache;
  open(): { stream: FakeStream; session: WatchSession };
}

/** A hub over a log in memory, for one test. */
export function watching(context: { after(work: () => void): void }, options: Partial<WatchHubOptions> = {}): Watching {
  const source = new FakeEventSource();
  const cache = new CheckedCache(source);
  source.cache = cache;
  const hub = new WatchHub({
    source,
    identity: { clusterId: 7n, memberId: 8n, raftTerm: 2 },
    logger: pino({ level: 'silent' }),
    pageRowsMax: 50,
    progressIntervalMs: 60_000,
    fragmentBytesMax: 1_000_000,
    ...options,
  });
  context.after(() => hub.close());
  return {
    source,
    hub,
    cache,
    open() {
      const stream = new FakeStream();
      return { stream, session: new WatchSession(hub, stream) };
    },
  };
}

/** A watch on the keys for all events from now on, by default. */
export function requested(keys: Keys, wanted: Partial<WatchParameters> = {}): WatchParameters {
  return {
    keys,
    startRevision: 0,
    selection: { puts: true, deletes: true, previous: false },
    progressNotify: false,
    fragment: false,
    ...wanted,
  };
}

export function one(key: string): Keys {
  return { one: key as KeyText };
}

export function prefix(text: string): Keys {
  const last = text.charCodeAt(text.length - 1);
  return { start: text as KeyText, end: `${text.slice(0, -1)}${String.fromCharCode(last + 1)}` as KeyText };
}

export const allKeys: Keys = { start: '\x010' as KeyText, end: endOfKeys };

/** Waits until a condition holds. Fails after five seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await nextTurn();
  }
}

/** Runs everything that can run at once. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
}

/** `key@revision` of every event of a watch, a bar between responses. */
export function eventsOf(responses: readonly WatchResponse[], watchId = 0n): string {
  return responses
    .filter((response) => response.watchId === watchId && response.events.length > 0)
    .map(({ events }) =>
      events.map(({ kv, type }) => `${type === 1 ? '-' : ''}${kv?.key}@${kv?.modRevision}`).join(' '),
    )
    .join(' | ');
}
