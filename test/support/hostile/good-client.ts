import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { Connection } from '../../../bench/load/connection.ts';
import { within } from '../../../src/kit/within.ts';
import { KV } from '../../../src/wire/generated/etcdserverpb/kv.ts';
import { Maintenance } from '../../../src/wire/generated/etcdserverpb/maintenance.ts';

/** The load of a well-behaved client. */
export interface GoodClientOptions {
  readonly address: string;
  readonly secure?: ConnectionOptions;
  /** `NAME:PASSWORD`, if auth is enabled. */
  readonly user?: string;
  readonly putBytes: number;
  readonly takesSnapshots: boolean;
}

export type GoodOperation = 'get' | 'put' | 'newConnection' | 'snapshot';

export interface Latencies {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface GoodFigures {
  readonly latencies: Readonly<Record<GoodOperation, Latencies>>;
  readonly errorCount: number;
  readonly firstError: string | undefined;
}

/**
 * How long after a reply the next request follows. This load leaves the server idle most of the
 * time.
 */
const pauseMs: Readonly<Record<GoodOperation, number>> = { get: 5, put: 10, newConnection: 50, snapshot: 200 };

/** The minimum number of replies of each kind for figures. */
const someCount = 3;

/** The operations over the connection that stays open. */
const lastingOperations: readonly GoodOperation[] = ['get', 'put'];

/** A reply that takes longer counts as an error. */
const answerMsMax = 10_000;

/**
 * Gets and puts, one after the other, over a connection that stays open, and gets over new
 * connections. Never retries.
 */
export class GoodClient {
  readonly #options: GoodClientOptions;
  readonly #token: string | undefined;
  #connection: Connection;
  #phase = new Phase();
  #isStopped = false;
  readonly #loops: readonly Promise<void>[];

  private constructor(options: GoodClientOptions, connection: Connection, token: string | undefined) {
    this.#options = options;
    this.#token = token;
    this.#connection = connection;
    const loops = [
      this.#repeat('get', () => this.#get(this.#connection)),
      this.#repeat('put', () => this.#put()),
      this.#repeat('newConnection', () => this.#getOverNewConnection()),
    ];
    this.#loops = options.takesSnapshots ? [...loops, this.#repeat('snapshot', () => this.#beginSnapshot())] : loops;
  }

  static async start(options: GoodClientOptions): Promise<GoodClient> {
    const connection = await Connection.open(options.address, options.secure);
    const token = options.user === undefined ? undefined : await connection.signIn(options.user);
    return new GoodClient(options, connection, token);
  }

  /** The requests since the last call, when all of them are answered. */
  async take(): Promise<GoodFigures> {
    const phase = this.#phase;
    this.#phase = new Phase();
    return phase.finish();
  }

  /**
   * Resolves when gets, puts and new connections were answered a few times since `take`, or after a
   * timeout.
   */
  async someAnswers(): Promise<void> {
    const end = performance.now() + answerMsMax;
    while (!this.#phase.hasSome && performance.now() < end) await sleep(10);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#connection.close();
    await Promise.all(this.#loops);
  }

  async #repeat(operation: GoodOperation, run: () => Promise<unknown>): Promise<void> {
    while (!this.#isStopped) {
      const failure = await this.#phase.time(operation, run);
      if (failure !== undefined && lastingOperations.includes(operation) && !this.#isStopped) await this.#reconnect();
      await sleep(pauseMs[operation]);
    }
  }

  /** A connection that failed cannot serve the next request. Its failure was counted already. */
  async #reconnect(): Promise<void> {
    try {
      const connection = await this.#connect();
      this.#connection.close();
      this.#connection = connection;
    } catch {
      await sleep(100);
    }
  }

  async #connect(): Promise<Connection> {
    const connection = await Connection.open(this.#options.address, this.#options.secure);
    connection.useToken(this.#token);
    return connection;
  }

  #get(connection: Connection): Promise<unknown> {
    return connection.call(KV.methods.range, { key: Buffer.from('good') });
  }

  #put(): Promise<unknown> {
    return this.#connection.call(KV.methods.put, {
      key: Buffer.from('good'),
      value: Buffer.alloc(this.#options.putBytes),
    });
  }

  async #getOverNewConnection(): Promise<void> {
    const connection = await this.#connect();
    try {
      await this.#get(connection);
    } finally {
      connection.close();
    }
  }

  /** Resolves when the first part of the snapshot has arrived. */
  async #beginSnapshot(): Promise<void> {
    const connection = await this.#connect();
    try {
      await new Promise<void>((resolve, reject) => {
        const stream = connection.stream(Maintenance.methods.snapshot, {
          onMessage: () => resolve(),
          onEnd: (error) => reject(error ?? new Error('a snapshot without a part')),
        });
        stream.send({});
        stream.end();
      });
    } finally {
      connection.close();
    }
  }
}

/** The replies to the requests of one interval. */
class Phase {
  readonly #latencies: Record<GoodOperation, number[]> = { get: [], put: [], newConnection: [], snapshot: [] };
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #errors: string[] = [];

  get hasSome(): boolean {
    const { get, put, newConnection } = this.#latencies;
    return [get, put, newConnection].every(({ length }) => length >= someCount);
  }

  async time(operation: GoodOperation, run: () => Promise<unknown>): Promise<Error | undefined> {
    const started = performance.now();
    const answer = answered(run());
    this.#underWay.add(answer);
    const failure = await answer;
    this.#underWay.delete(answer);
    this.#latencies[operation].push(performance.now() - started);
    if (failure !== undefined) this.#errors.push(`${operation}: ${failure.message}`);
    return failure;
  }

  async finish(): Promise<GoodFigures> {
    await Promise.all(this.#underWay);
    const { get, put, newConnection, snapshot } = this.#latencies;
    return {
      latencies: {
        get: latenciesOf(get),
        put: latenciesOf(put),
        newConnection: latenciesOf(newConnection),
        snapshot: latenciesOf(snapshot),
      },
      errorCount: this.#errors.length,
      firstError: this.#errors[0],
    };
  }
}

/** The error of a failed request. A request without a reply in time has failed too. */
function answered(answer: Promise<unknown>): Promise<Error | undefined> {
  const failure = answer.then(
    () => undefined,
    (error: Error) => error,
  );
  return within(answerMsMax, failure, () => new Error(`no answer within ${answerMsMax} ms`));
}

function latenciesOf(milliseconds: readonly number[]): Latencies {
  const sorted = Float64Array.from(milliseconds).sort();
  const quantile = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
  return {
    count: sorted.length,
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    p99Ms: quantile(0.99),
    maxMs: sorted.at(-1) ?? 0,
  };
}
