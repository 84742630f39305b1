import type { Attack } from './attacker.ts';
import { callAttacks } from './call-attacks.ts';
import { connectionAttacks } from './connection-attacks.ts';
import { frameAttacks } from './frame-attacks.ts';
import { fuzzers } from './fuzzers.ts';
import { gatewayAttacks } from './gateway-attacks.ts';
import { headerAttacks } from './header-attacks.ts';

/** Every attack but the random ones. */
export const attacks: readonly Attack[] = [
  ...frameAttacks,
  ...headerAttacks,
  ...callAttacks,
  ...gatewayAttacks,
  ...connectionAttacks,
];

export function attackNamed(name: string): Attack {
  const all = [...attacks, ...fuzzers.map(({ fuzzer }) => fuzzer)];
  const found = all.find((attack) => attack.name === name);
  if (found === undefined) throw new Error(`there is no attack ${name}`);
  return found;
}
