import { Random } from '../../parity/random.ts';
import { groupsOf } from './check-watches.ts';
import type { Operation, Recording, Reply, Request, WatchedEvent, WatchMessage, WatchRecord } from './recording.ts';
import { SimulatedStore } from './simulated-store.ts';
import { Workload } from './workload.ts';

export interface SimulationOptions {
  readonly seed: number;
  readonly operationCount: number;
  readonly clientCount?: number;
  /**
   * The number of operations in 100 that end in doubt. Half of the operations in doubt take effect,
   * some of them much later.
   */
  readonly doubtPercent?: number;
}

interface Call {
  readonly request: Request;
  readonly called: number;
  readonly isLost: boolean;
  reply?: Reply;
}

interface Client {
  readonly name: string;
  readonly workload: Workload;
  call: Call | undefined;
}

const instances = ['a', 'b', 'c'] as const;
const operationsPerEpoch = 120;

/**
 * A simulated correct run: clients call, take effect and return in random order. A seed gives one
 * run.
 */
export function simulatedRun(options: SimulationOptions): Recording {
  return new Simulation(options).run();
}

class Simulation {
  readonly #random: Random;
  readonly #operationCount: number;
  readonly #doubtPercent: number;
  readonly #store = new SimulatedStore();
  readonly #clients: Client[];
  readonly #operations: Operation[] = [];
  /** Effects of calls in doubt that the store may still apply. */
  readonly #strays: Request[] = [];
  #time = 0;

  constructor({ seed, operationCount, clientCount = 6, doubtPercent = 2 }: SimulationOptions) {
    this.#random = new Random(seed);
    this.#operationCount = operationCount;
    this.#doubtPercent = doubtPercent;
    this.#clients = Array.from({ length: clientCount }, (_, index) => {
      const name = String(index + 1);
      return { name, workload: new Workload(name, new Random(seed * 100 + index)), call: undefined };
    });
  }

  run(): Recording {
    while (this.#operations.length < this.#operationCount) this.#turn();
    for (const client of this.#clients) while (client.call !== undefined) this.#advance(client);
    const { firstRevision, revision: lastRevision, events } = this.#store;
    const watches = instances.map((instance) => this.#watch(instance, events));
    return { firstRevision, lastRevision, operations: this.#operations, watches };
  }

  #turn(): void {
    if (this.#strays.length > 0 && this.#random.chance(3)) this.#applyStray();
    this.#advance(this.#random.pick(this.#clients));
  }

  #applyStray(): void {
    const [stray] = this.#strays.splice(this.#random.below(this.#strays.length), 1);
    if (stray !== undefined && this.#random.chance(50)) this.#store.answer(stray);
  }

  /** A client's next step: its call, its effect, or its return. */
  #advance(client: Client): void {
    this.#time += 1;
    const { call } = client;
    if (call === undefined) {
      const request = client.workload.next(Math.floor(this.#operations.length / operationsPerEpoch));
      client.call = { request, called: this.#time, isLost: this.#random.chance(this.#doubtPercent) };
    } else if (call.isLost) {
      this.#strays.push(call.request);
      this.#end(client, call, undefined);
    } else if (call.reply === undefined) {
      call.reply = this.#store.answer(call.request);
    } else {
      client.workload.learn(call, call.reply);
      this.#end(client, call, call.reply);
    }
  }

  #end(client: Client, { request, called }: Call, reply: Reply | undefined): void {
    client.call = undefined;
    const returned = reply === undefined ? Number.POSITIVE_INFINITY : this.#time;
    const times = { called, returned, calledMs: called, returnedMs: returned };
    this.#operations.push({ client: client.name, instance: this.#random.pick(instances), request, reply, ...times });
  }

  /** The events in responses of random lengths, with progress between them and some new streams. */
  #watch(instance: string, events: readonly WatchedEvent[]): WatchRecord {
    const messages: WatchMessage[] = [];
    let stream = 0;
    for (const group of groupsOf(events)) {
      const last = messages.at(-1);
      const revision = group[0]?.pair.modRevision ?? 0;
      const isJoined = last !== undefined && last.events.length > 0 && this.#random.chance(40);
      if (isJoined) messages.pop();
      messages.push({ stream, revision, events: isJoined ? [...last.events, ...group] : group });
      if (this.#random.chance(5)) messages.push({ stream, revision, events: [] });
      else if (this.#random.chance(2)) stream += 1;
    }
    return { instance, messages };
  }
}
