/**
 * Attacks tine and etcd with hostile clients: `npm run bench:hostile -- --help`. Results:
 * hostile.md.
 */
import { startAttacked } from '../test/support/hostile/attacked-server.ts';
import type { Attack } from '../test/support/hostile/attacker.ts';
import { attacks } from '../test/support/hostile/attacks.ts';
import { underAttack } from '../test/support/hostile/under-attack.ts';
import type { Driver } from '../test/support/index.ts';
import { type HostileOptions, help, parseHostileOptions } from './hostile/options.ts';
import { faultOf, type Result, rowHeader, rowOf } from './hostile/row.ts';
import { UsageError } from './load/usage-error.ts';

try {
  const options = parseHostileOptions(process.argv.slice(2));
  if (options === 'help') console.log(help);
  else if (options === 'list') for (const { name, does } of attacks) console.log(`${name}: a client that ${does}`);
  else process.exitCode = (await run(options)) > 0 ? 1 : 0;
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** Returns the number of attacks under which tine exceeded its bars. */
async function run({ attacks: chosen, drivers, seconds }: HostileOptions): Promise<number> {
  console.log(`${drivers.map(({ name }) => name).join(' / ')}, ${seconds} s each\n\n${rowHeader}`);
  let faultCount = 0;
  for (const attack of chosen) {
    const results: Result[] = [];
    for (const driver of drivers) results.push(await attackOne(driver, attack, seconds));
    console.log(rowOf(attack, results));
    const [tine, etcd] = results;
    if (tine !== undefined && faultOf(attack, tine, etcd instanceof Error ? undefined : etcd)) faultCount += 1;
  }
  return faultCount;
}

/**
 * Attacks a server that is started for the attack. If a server cannot be attacked, that is reported
 * and the run continues.
 */
async function attackOne(driver: Driver, attack: Attack, seconds: number): Promise<Result> {
  try {
    const server = await startAttacked(driver, attack);
    try {
      const outcome = await underAttack(server, attack, { seconds });
      const { firstError } = outcome.during;
      if (firstError !== undefined) console.error(`bench: ${driver.name}: ${attack.name}: ${firstError}`);
      return outcome;
    } finally {
      await server.remove();
    }
  } catch (error) {
    console.error(`bench: ${driver.name}: ${attack.name}: ${error}`);
    return error as Error;
  }
}
