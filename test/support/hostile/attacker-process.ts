/** `node attacker-process.ts ORDER`: makes one attack, in a process of its own so that it takes no time of the good client's, and prints what it did. */
import { setMaxListeners } from 'node:events';
import { setPriority } from 'node:os';
import type { Attacker, Tally } from './attacker.ts';
import { attackNamed } from './attacks.ts';

export interface AttackOrder {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly seconds: number;
}

/** On a small machine the attacker must not win by taking the processors from what it attacks: a real one has its own. */
const niceness = 10;

const order: AttackOrder = JSON.parse(process.argv[2] ?? '');
setPriority(niceness);
const abort = new AbortController();
const tally: Tally = { connections: 0, hangUps: 0, bytes: 0 };
const attacker: Attacker = { host: order.host, port: order.port, signal: abort.signal, tally };
// Each socket waits for it.
setMaxListeners(0, abort.signal);
const over = new Promise<void>((resolve) => {
  setTimeout(() => {
    abort.abort();
    resolve();
  }, order.seconds * 1_000);
});
await Promise.all([attackNamed(order.name).run(attacker), over]);
process.stdout.write(JSON.stringify(tally), () => process.exit());
