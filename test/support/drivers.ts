import { join } from 'node:path';

export type ServerKind = 'tine' | 'etcd' | 'kine';

/** What a suite loops over: a server kind together with the database under it. */
export interface Driver {
  readonly name: string;
  readonly kind: ServerKind;
  /** The arguments that make a server use the database in this directory. */
  readonly storageArguments: (directory: string) => string[];
}

export const sqlite: Driver = {
  name: 'sqlite',
  kind: 'tine',
  storageArguments: (directory) => ['--endpoint', `sqlite://${join(directory, 'state.db')}`],
};

/** The original, for validating the suites themselves: TINE_TEST_TARGET=etcd runs them against it. */
export const etcd: Driver = {
  name: 'etcd',
  kind: 'etcd',
  storageArguments: (directory) => ['--data-dir', directory],
};

/** kine on a file that tine opens too, for take-over and hand-back. Only where `kineProgram` finds one. */
export const kine: Driver = { ...sqlite, name: 'kine', kind: 'kine' };

const targets: Readonly<Record<string, readonly Driver[]>> = { tine: [sqlite], etcd: [etcd] };

function chosenDrivers(): readonly Driver[] {
  const target = process.env.TINE_TEST_TARGET ?? 'tine';
  const drivers = targets[target];
  if (drivers === undefined)
    throw new Error(`TINE_TEST_TARGET is ${target}; it can be ${Object.keys(targets).join(' or ')}`);
  return drivers;
}

/** Every database tine runs on; with TINE_TEST_TARGET=etcd, etcd itself. */
export const DRIVERS: readonly Driver[] = chosenDrivers();

/** For tests of what tine does otherwise than etcd, or what etcd has not: empty when the target is etcd. */
export const TINE_DRIVERS: readonly Driver[] = DRIVERS.filter((driver) => driver.kind === 'tine');
