/**
 * Many watchers in a separate thread: opens them on a few streams, counts the events they receive,
 * closes them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Watch, type WatchRequest } from '../../src/wire/generated/etcdserverpb/watch.ts';
import { Connection, type Stream } from '../load/connection.ts';
import { prefixEnd } from '../load/requests.ts';
import { answerOrders } from './answer-orders.ts';

export type WatchOrder =
  | {
      readonly kind: 'open';
      readonly address: string;
      /** Each key gets a watcher. */
      readonly keys: readonly string[];
      readonly prefix: string;
      readonly prefixWatcherCount: number;
      readonly connectionCount: number;
      readonly streamsPerConnection: number;
    }
  /**
   * Answered when this number of events came since `open`, or when it is clear that they will not
   * come.
   */
  | { readonly kind: 'close'; readonly eventCount: number };

export interface WatchCount {
  readonly watcherCount: number;
  readonly eventCount: number;
}

const waitMsMax = 10_000;
/** A surplus event would come soon after the last. */
const settleMs = 100;

let connections: Connection[] = [];
let failure: Error | undefined;
let watcherCount = 0;
let eventCount = 0;

answerOrders(async (order: WatchOrder): Promise<WatchCount> => {
  if (order.kind === 'open') await open(order);
  else await close(order.eventCount);
  return { watcherCount, eventCount };
});

async function open(order: WatchOrder & { kind: 'open' }): Promise<void> {
  failure = undefined;
  watcherCount = 0;
  eventCount = 0;
  connections = await Promise.all(Array.from({ length: order.connectionCount }, () => Connection.open(order.address)));
  const streams = connections.flatMap((connection) =>
    Array.from({ length: order.streamsPerConnection }, () => openStream(connection)),
  );
  const next = (index: number) => streams[index % streams.length] as Stream<WatchRequest>;
  order.keys.forEach((key, index) => {
    watch(next(index), { key: Buffer.from(key) });
  });
  for (let index = 0; index < order.prefixWatcherCount; index += 1) {
    watch(next(index), { key: Buffer.from(order.prefix), rangeEnd: prefixEnd(order.prefix) });
  }
  const wanted = order.keys.length + order.prefixWatcherCount;
  await until(() => watcherCount === wanted);
}

async function close(wanted: number): Promise<void> {
  await until(() => eventCount >= wanted);
  await sleep(settleMs);
  for (const connection of connections) connection.close();
}

function openStream(connection: Connection): Stream<WatchRequest> {
  return connection.stream(Watch.methods.watch, {
    onMessage: ({ created, events }) => {
      if (created) watcherCount += 1;
      eventCount += events.length;
    },
    onEnd: (error) => {
      failure = error;
    },
  });
}

function watch(stream: Stream<WatchRequest>, value: { key: Buffer; rangeEnd?: Buffer }): void {
  stream.send({ requestUnion: { case: 'createRequest', value } });
}

async function until(isReached: () => boolean): Promise<void> {
  const end = performance.now() + waitMsMax;
  while (!isReached() && performance.now() < end) {
    if (failure !== undefined) throw failure;
    await sleep(5);
  }
}
