import type { Attack } from './attacker.ts';
import { callAttacks } from './call-attacks.ts';
import { connectionAttacks } from './connection-attacks.ts';
import { frameAttacks } from './frame-attacks.ts';
import { gatewayAttacks } from './gateway-attacks.ts';
import { headerAttacks } from './header-attacks.ts';

/** Every attack that is known. */
export const attacks: readonly Attack[] = [
  ...frameAttacks,
  ...headerAttacks,
  ...callAttacks,
  ...gatewayAttacks,
  ...connectionAttacks,
];

export function attackNamed(name: string): Attack {
  const found = attacks.find((attack) => attack.name === name);
  if (found === undefined) throw new Error(`there is no attack ${name}`);
  return found;
}
