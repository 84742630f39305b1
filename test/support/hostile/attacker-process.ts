/**
 * Makes one attack and prints its result: `node attacker-process.ts ORDER`. It is a separate
 * process, so that it takes no time from the good client.
 */
import { once, setMaxListeners } from 'node:events';
import { setPriority } from 'node:os';
import { Random } from '../../parity/random.ts';
import type { Attacker } from './attacker.ts';
import { attackNamed } from './attacks.ts';

export interface AttackOrder {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The duration of the attack, or its maximum. */
  readonly seconds: number;
  /** For a fuzzer, which ends when it has sent all its items. */
  readonly fuzz?: { readonly seed: number; readonly itemCount: number };
}

/**
 * On a small machine the attacker must not win by taking the processors from the attacked server: a
 * real attacker has its own processors.
 */
const niceness = 10;

const order: AttackOrder = JSON.parse(process.argv[2] ?? '');
if (order.fuzz === undefined) setPriority(niceness);
const abort = new AbortController();
const attacker: Attacker = {
  host: order.host,
  port: order.port,
  signal: abort.signal,
  tally: { connections: 0, hangUps: 0, bytes: 0, items: 0 },
  random: new Random(order.fuzz?.seed ?? 1),
  itemCount: order.fuzz?.itemCount ?? Number.POSITIVE_INFINITY,
};
// Each socket adds a listener.
setMaxListeners(0, abort.signal);
const timer = setTimeout(() => abort.abort(), order.seconds * 1_000);
const run = attackNamed(order.name).run(attacker);
if (order.fuzz === undefined) await once(abort.signal, 'abort');
await run;
clearTimeout(timer);
abort.abort();
process.stdout.write(JSON.stringify(attacker.tally), () => process.exit());
