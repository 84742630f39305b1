import { setTimeout as sleep } from 'node:timers/promises';
import { Wire, type WireOptions } from './wire.ts';

/** What an attack did to its target. */
export interface Tally {
  connections: number;
  /** Connections that the server ended. */
  hangUps: number;
  bytes: number;
}

/** Who attacks, and until when. */
export interface Attacker {
  readonly host: string;
  readonly port: number;
  /** Aborted when the attack is over: every socket is destroyed then. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

/** A hostile or careless client. */
export interface Attack {
  readonly name: string;
  /** What its client does, for a reader of the results. */
  readonly does: string;
  /** The server must have this. */
  readonly needs?: 'auth' | 'tls';
  /** What is asked of the server meanwhile beside gets and puts. */
  readonly alsoAsks?: 'snapshots';
  /** Bytes of a value that the good client puts, if not a few. */
  readonly putBytes?: number;
  readonly bounds?: Partial<AttackBounds>;
  /** Goes on until the attacker's signal, or returns when it has sent all it wanted and holds what it opened. */
  readonly run: (attacker: Attacker) => Promise<void>;
}

export interface AttackBounds {
  /** Of the good client's gets, puts and first gets of new connections, each. */
  readonly p99MsMax: number;
  readonly newConnectionP99MsMax: number;
  /** Resident memory above that of a server at rest with a good client. */
  readonly memoryMebibytesMax: number;
}

/** How long a client that was hung up on waits before it comes back, so that it is the server that is measured. */
const reconnectPauseMs = 20;

/** Keeps connections open until the attack is over: `use` has each of them, and a new one is opened for each that the server ends. */
export async function keepConnected(
  attacker: Attacker,
  use: (wire: Wire) => Promise<unknown>,
  { count = 4, ...options }: WireOptions & { readonly count?: number } = {},
): Promise<void> {
  await atOnce(count, async () => {
    while (!attacker.signal.aborted) {
      const wire = await Wire.open(attacker, options);
      if (wire !== undefined) {
        await use(wire);
        await wire.closed();
      }
      await pause(attacker, reconnectPauseMs);
    }
  });
}

/** Sends the same bytes again and again. */
export async function flood(
  attacker: Attacker,
  bytes: Buffer,
  options?: Parameters<typeof keepConnected>[2],
): Promise<void> {
  await keepConnected(
    attacker,
    async (wire) => {
      while (await wire.send(bytes));
    },
    options,
  );
}

export async function atOnce(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** Returns early when the attack is over. */
export async function pause({ signal }: Attacker, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
