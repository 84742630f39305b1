import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Random } from '../../parity/random.ts';
import { EtcdClient, ownServer, type Server, sleep, waitFor } from '../index.ts';
import type { Place } from './place.ts';
import { RecordedWatch } from './recorded-watch.ts';
import { Recorder } from './recorder.ts';
import type { Recording, WatchRecord } from './recording.ts';
import { Workload } from './workload.ts';

/** A disturbance of the servers during a run. It ends with all of them running. */
export type Disturbance = (options: {
  servers: readonly Server[];
  place: Place;
  random: Random;
  isOver: () => boolean;
}) => Promise<void>;

export interface LiveRunOptions {
  readonly place: Place;
  readonly seed: number;
  /** The minimum; on a slow machine a run continues until it has enough operations. */
  readonly durationMs: number;
  readonly disturb?: Disturbance;
}

const clientsPerInstance = 4;
/**
 * Keys change at this interval, but only after a number of operations: reads must find written
 * keys.
 */
const epochMs = 700;
const epochOperationsMin = 40;
/**
 * The number of operations that a useful run needs, and how many times `durationMs` it may take.
 */
const operationsMin = 400;
const durationFactorMax = 8;
const thinkMsMax = 6;
/** Longer than any request to a healthy server, shorter than the time limit of a test. */
const deadlineMsDefault = 3_000;
/**
 * Of 100 requests this many are cancelled while they run; most take effect. Few enough for the
 * search.
 */
const impatientPercent = 2;
const impatientDeadlineMsMax = 8;
/**
 * A client doubles its pause after each failed server, because operations in doubt make the search
 * slow.
 */
const awayMsMin = 5;
const awayMsMax = 320;
const catchUpTimeoutMs = 10_000;

/**
 * Mixed operations of many clients. Each client uses one server and switches to the next when that
 * one fails.
 */
export async function liveRun(context: TestContext, options: LiveRunOptions): Promise<Recording> {
  const { place, seed, durationMs, disturb } = options;
  const servers = await startServers(context, place);
  const firstRevision = await revisionOf(servers);
  const watches = servers.map(
    ({ address }, index) =>
      new RecordedWatch({
        instance: nameOf(index),
        address,
        afterRevision: firstRevision,
      }),
  );
  const recorder = new Recorder();
  let isEnding = false;
  const isOver = () => isEnding || isEnough(recorder, durationMs);
  const epochs = new Epochs(recorder);
  const clients = Array.from({ length: servers.length * clientsPerInstance }, (_, index) =>
    runClient({ index, random: new Random(seed + index), servers, recorder, epochs, isOver }),
  );
  const disturbed = disturb?.({ servers, place, random: new Random(seed - 1), isOver });
  try {
    await Promise.all([...clients, disturbed]);
    const lastRevision = await writeLast(servers, recorder);
    await waitFor('the watches to show it all', () => watches.every((watch) => watch.lastRevision >= lastRevision), {
      timeoutMs: catchUpTimeoutMs,
    });
    const records = await Promise.all(watches.map((watch) => watch.close()));
    const upTo = records.map((record) => endingAt(record, lastRevision));
    return { firstRevision, lastRevision, operations: recorder.operations, watches: upTo };
  } finally {
    isEnding = true;
    await Promise.allSettled([...clients, disturbed, ...watches.map((watch) => watch.close())]);
  }
}

function isEnough({ elapsedMs, operations }: Recorder, durationMs: number): boolean {
  return elapsedMs > durationMs && (operations.length >= operationsMin || elapsedMs > durationMs * durationFactorMax);
}

/** Counts the times that the keys have changed. */
class Epochs {
  readonly #recorder: Recorder;
  #current = 0;
  #beganMs = 0;
  #beganOperations = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  get current(): number {
    const { elapsedMs, operations } = this.#recorder;
    const isDue =
      elapsedMs - this.#beganMs >= epochMs && operations.length - this.#beganOperations >= epochOperationsMin;
    if (isDue) {
      this.#current += 1;
      this.#beganMs = elapsedMs;
      this.#beganOperations = operations.length;
    }
    return this.#current;
  }
}

async function startServers(context: TestContext, place: Place): Promise<Server[]> {
  const { driver, instanceCount, driverOf = () => driver } = place;
  const { server: first } = await ownServer(context, { driver: driverOf(0) });
  const others = Array.from({ length: instanceCount - 1 }, (_, index) =>
    ownServer(context, { driver: driverOf(index + 1), dataDirectory: first.dataDirectory }),
  );
  return [first, ...(await Promise.all(others)).map(({ server }) => server)];
}

async function revisionOf([server]: readonly Server[]): Promise<number> {
  const client = new EtcdClient(server?.address ?? '');
  const { header } = await client.range({ key: 'k' });
  client.close();
  return header.revision;
}

async function runClient(options: {
  index: number;
  random: Random;
  servers: readonly Server[];
  recorder: Recorder;
  epochs: Epochs;
  isOver: () => boolean;
}): Promise<void> {
  const { index, random, servers, recorder, epochs, isOver } = options;
  const name = String(index + 1);
  const workload = new Workload(name, random);
  const clients = servers.map(({ address }) => new EtcdClient(address));
  for (let turn = index, failureCount = 0; !isOver(); ) {
    const place = turn % clients.length;
    const client = clients[place];
    assert.ok(client);
    const request = workload.next(epochs.current);
    const deadlineMs = random.chance(impatientPercent) ? random.below(impatientDeadlineMsMax) : deadlineMsDefault;
    const reply = await recorder.ask({ name, client, instance: nameOf(place), deadlineMs }, request);
    if (reply === undefined) {
      await sleep(Math.min(awayMsMax, awayMsMin * 2 ** failureCount));
      failureCount += 1;
      turn += 1;
    } else {
      workload.learn({ request }, reply);
      failureCount = 0;
      await sleep(random.below(thinkMsMax));
    }
  }
  for (const client of clients) client.close();
}

/** A write after all others: its revision is where the recording ends. */
async function writeLast(servers: readonly Server[], recorder: Recorder): Promise<number> {
  const client = new EtcdClient(servers[0]?.address ?? '');
  const request = { kind: 'put', keys: ['r/end'], value: 'end' } as const;
  const reply = await waitFor('the last write', () =>
    recorder.ask({ name: 'the last', client, instance: nameOf(0), deadlineMs: deadlineMsDefault }, request),
  );
  client.close();
  return reply.revision;
}

/** Operations in doubt may still take effect afterwards. */
function endingAt({ instance, messages }: WatchRecord, lastRevision: number): WatchRecord {
  const kept = messages.map((message) => ({
    ...message,
    events: message.events.filter(({ pair }) => pair.modRevision <= lastRevision),
  }));
  return { instance, messages: kept.filter(({ events }, index) => events.length > 0 || isProgress(messages[index])) };
}

function isProgress(message: WatchRecord['messages'][number] | undefined): boolean {
  return message?.events.length === 0;
}

function nameOf(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + index);
}
