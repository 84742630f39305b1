import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../parity/random.ts';

/** What an attack did to its target. */
export interface Tally {
  connections: number;
  /** Connections that the server ended. */
  hangUps: number;
  bytes: number;
  /** What a fuzzer counts: frames, messages, bodies, records. */
  items: number;
}

/** Who attacks, and until when. */
export interface Attacker {
  readonly host: string;
  readonly port: number;
  /** Aborted when the attack is over: every socket is destroyed then. */
  readonly signal: AbortSignal;
  readonly tally: Tally;
  /** Repeats itself for a seed. */
  readonly random: Random;
  /** How many items a fuzzer sends; without end for others. */
  readonly itemCount: number;
}

/** A hostile or careless client. */
export interface Attack {
  readonly name: string;
  /** What its client does, for a reader of the results. */
  readonly does: string;
  /** The server must have this. */
  readonly needs?: 'auth' | 'tls';
  /** What the good client requests beside gets and puts. */
  readonly alsoAsks?: 'snapshots';
  /** Bytes of a value that the good client puts, if not a few. */
  readonly putBytes?: number;
  readonly bounds?: Partial<AttackBounds>;
  /**
   * Runs until the attacker's signal is aborted, or returns when it has sent everything and holds
   * its connections open.
   */
  readonly run: (attacker: Attacker) => Promise<void>;
}

export interface AttackBounds {
  /** Of the good client's gets, puts and first gets of new connections, each. */
  readonly p99MsMax: number;
  readonly newConnectionP99MsMax: number;
  /** Resident memory above that of a server at rest with a good client. */
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
