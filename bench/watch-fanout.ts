/**
 * Measures the cost of the watch code alone, without a database and a network:
 * `node bench/watch-fanout.ts`. Results: bench/watch.md.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { pino } from 'pino';
import type { Keys } from '../src/mvcc/ids.ts';
import type { Head, LogEvent } from '../src/mvcc/results.ts';
import type { KeyText } from '../src/sql/key-text.ts';
import type { EventPage, EventSource } from '../src/watch/events/event-source.ts';
import { WatchHub } from '../src/watch/hub.ts';
import { WatchSession } from '../src/watch/watch-session.ts';
import type { WatchStream } from '../src/watch/watch-stream.ts';
import { Event } from '../src/wire/generated/mvccpb/kv.ts';

const valueBytes = 1024;
const value = Buffer.alloc(valueBytes, 'v');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Frees all garbage, including objects that are garbage only after the rest of a turn has run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await nextTurn();
    collectGarbage();
  }
}

/** A log with one page of events for each call of `commit`, and nothing else. */
class PacedSource implements EventSource {
  readonly isWriting = false;
  readonly pollMs = { min: 1_000_000, max: 1_000_000 };
  latestHead: Head = { id: 0, revision: 1, compactRevision: 0, authState: 2 };
  #page: readonly LogEvent[] = [];
  #listener: (head: Head) => void = () => undefined;

  /** Puts the keys, each in its own transaction. */
  commit(keys: readonly string[]): void {
    const { id, revision } = this.latestHead;
    this.#page = keys.map((key, index) => put(key, id + index + 1, revision + index + 1));
    this.latestHead = { id: id + keys.length, revision: revision + keys.length, compactRevision: 0, authState: 2 };
    this.#listener(this.latestHead);
  }

  async eventsAfter(): Promise<EventPage> {
    return { events: this.#page, throughId: this.latestHead.id, head: this.latestHead };
  }

  async eventsOfKeys(): Promise<EventPage> {
    throw new Error('nobody is behind');
  }

  async idBefore(): Promise<{ id: number; head: Head }> {
    throw new Error('nobody starts in the past');
  }

  readHead(): Promise<Head> {
    return Promise.resolve(this.latestHead);
  }

  follow(): void {}

  onHint(): () => void {
    return () => undefined;
  }

  onRewind(): () => void {
    return () => undefined;
  }

  onHead(listener: (head: Head) => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }
}

/**
 * Copies each message into one buffer with gRPC's prefixes, as a transport does before it writes.
 */
class CopyingStream implements WatchStream {
  readonly pendingBytes = 0;
  messageCount = 0;
  byteCount = 0;

  send(messages: readonly (readonly Uint8Array[])[]): boolean {
    let size = 0;
    for (const pieces of messages) size += 5 + lengthOf(pieces);
    const frame = Buffer.allocUnsafe(size);
    let position = 0;
    for (const pieces of messages) {
      frame[position] = 0;
      frame.writeUInt32BE(lengthOf(pieces), position + 1);
      position += 5;
      for (const piece of pieces) {
        frame.set(piece, position);
        position += piece.length;
      }
    }
    this.messageCount += messages.length;
    this.byteCount += size;
    return true;
  }

  async drained(): Promise<void> {}

  keep(): void {}
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

function put(key: string, id: number, revision: number): LogEvent {
  const kv = { key: Buffer.from(key), createRevision: revision, modRevision: revision, version: 1, value };
  return { id, revision, type: 'put', key, body: Event.encode({ kv }), previous: new Uint8Array(0) };
}

function openHub(): { source: PacedSource; hub: WatchHub } {
  const source = new PacedSource();
  const options = {
    identity: { clusterId: 2n ** 62n, memberId: 2n ** 61n, raftTerm: 2 },
    logger: pino({ level: 'silent' }),
  };
  const hub = new WatchHub({ source, ...options, progressIntervalMs: 60_000, fragmentBytesMax: 2 ** 21 });
  return { source, hub };
}

function watch(session: WatchSession, keys: Keys): void {
  const selection = { puts: true, deletes: true, previous: false };
  session.create({ keys, startRevision: 0, selection, progressNotify: false, fragment: false }, 0n);
}

function prefixOf(text: string): Keys {
  return { start: text as KeyText, end: `${text.slice(0, -1)}0` as KeyText };
}

/** Microseconds of CPU per commit, from the commit to the bytes: the median of many. */
async function measure(source: PacedSource, keysOf: (turn: number) => readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 3_000; turn += 1) {
    const keys = keysOf(turn);
    source.commit([]);
    await nextTurn();
    const start = performance.now();
    source.commit(keys);
    // The page is read, delivered and sent within microtasks.
    await nextTurn();
    times.push((performance.now() - start) * 1_000);
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

function report(what: string, figure: number, unit: string): void {
  console.log(`${what.padEnd(76)} ${figure.toFixed(figure < 100 ? 1 : 0).padStart(8)} ${unit}`);
}

async function fanOut(watcherCount: number, streamCount: number): Promise<void> {
  const { source, hub } = openHub();
  const sessions = Array.from({ length: streamCount }, () => new WatchSession(hub, new CopyingStream()));
  for (let count = 0; count < watcherCount; count += 1) {
    watch(sessions[count % streamCount] as WatchSession, prefixOf('/registry/pods/'));
  }
  const microseconds = await measure(source, (turn) => [`/registry/pods/default/pod-${turn}`]);
  report(`one event to ${watcherCount} watchers of one prefix, ${streamCount} stream(s)`, microseconds, 'us');
  hub.close();
}

async function distinctKeys(watcherCount: number): Promise<void> {
  const { source, hub } = openHub();
  const session = new WatchSession(hub, new CopyingStream());
  const keys = Array.from({ length: watcherCount }, (_, index) => `/registry/leases/node-${index}`);
  for (const key of keys) watch(session, { one: key as KeyText });
  for (let count = 0; count < 100; count += 1) watch(session, prefixOf('/registry/pods/'));
  const unrelated = await measure(source, (turn) => [`/registry/events/${turn}`]);
  const related = await measure(source, (turn) => [keys[turn % watcherCount] as string]);
  report(`${watcherCount} watchers of one key each and 100 of a prefix: an event for none`, unrelated, 'us');
  report('the same: an event for one', related, 'us');
  hub.close();
}

async function throughput(): Promise<void> {
  const { source, hub } = openHub();
  watch(new WatchSession(hub, new CopyingStream()), prefixOf('/registry/pods/'));
  const page = Array.from({ length: 500 }, (_, index) => `/registry/pods/default/pod-${index}`);
  const start = process.cpuUsage();
  let events = 0;
  for (const pages = 200; events < pages * page.length; events += page.length) {
    source.commit(page);
    await nextTurn();
  }
  const { user, system } = process.cpuUsage(start);
  report(
    'one prefix watcher, pages of 500 events of 1 KiB (encoding by the benchmark included)',
    (user + system) / events,
    'us/event',
  );
  hub.close();
}

async function memory(watcherCount: number): Promise<void> {
  const { hub } = openHub();
  const session = new WatchSession(hub, new CopyingStream());
  const keys = Array.from({ length: watcherCount }, (_, index) =>
    Buffer.from(`/registry/leases/node-${index}`).toString('latin1'),
  );
  await settle();
  const before = process.memoryUsage();
  for (const key of keys) watch(session, { one: key as KeyText });
  await settle();
  const after = process.memoryUsage();
  const bytes = after.heapUsed - before.heapUsed + after.external - before.external;
  report(`memory of a watcher of one key (${watcherCount} of them)`, bytes / watcherCount, 'bytes');
  hub.close();
}

await fanOut(1, 1);
await fanOut(100, 1);
await fanOut(100, 100);
await fanOut(1_000, 1);
await distinctKeys(5_000);
await throughput();
await memory(20_000);
