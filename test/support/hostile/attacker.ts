import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../parity/random.ts';

/** The amounts that an attack sent, and the connections it lost. */
export interface Tally {
  connections: number;
  /** Connections that the server ended. */
  hangUps: number;
  bytes: number;
  /** What a fuzzer counts: frames, messages, bodies, records. */
  items: number;
}

/** The attacker, and when it ends. */
export interface Attacker {
  readonly host: string;
  readonly port: number;
  /** Aborted when the attack is over: every socket is destroyed then. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
  /** Returns the same values for the same seed. */
  readonly random: Random;
  /** The number of items that a fuzzer sends. Infinite for other attacks. */
  readonly itemCount: number;
}

/** A hostile or careless client. */
export interface Attack {
  readonly name: string;
  /** A description of the client, for a reader of the results. */
  readonly does: string;
  /** A setting of the server that the attack needs. */
  readonly needs?: 'auth' | 'tls';
  /** Requests of the good client besides gets and puts. */
  readonly alsoAsks?: 'snapshots';
  /** The size of the values that the good client puts, if it is not small. */
  readonly putBytes?: number;
  readonly bounds?: Partial<AttackBounds>;
  /**
   * Runs until the attacker's signal is aborted, or returns when it has sent everything and holds
   * its connections open.
   */
  readonly run: (attacker: Attacker) => Promise<void>;
}

export interface AttackBounds {
  /** For each of the good client's gets, puts and first gets of new connections. */
  readonly p99MsMax: number;
  readonly newConnectionP99MsMax: number;
  /** Resident memory above the memory of a server at rest with a good client. */
  readonly memoryMebibytesMax: number;
}

export async function atOnce(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/**
 * Sends until the attacker has sent its number of items, or the attack is over: `atOnceCount` of
 * `sendSome` at a time.
 */
export async function sendAllItems(
  attacker: Attacker,
  atOnceCount: number,
  sendSome: () => Promise<unknown>,
): Promise<void> {
  await atOnce(atOnceCount, async () => {
    while (attacker.tally.items < attacker.itemCount && !attacker.signal.aborted) await sendSome();
  });
}

/** Returns early when the attack is over. */
export async function pause({ signal }: Attacker, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
