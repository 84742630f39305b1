import { test } from 'node:test';
import { etcdProgramVersion } from '../support/etcd-version.ts';
import { type Driver, etcd, FILE_DRIVERS, freePort, onePerDialect, Server, TINE_DRIVERS } from '../support/index.ts';
import { differencesBetween } from './compare.ts';
import { Lane, type Outcome } from './lane.ts';
import type { Format } from './readable.ts';
import { authScript } from './scripts/auth.ts';
import { clusterScript, membershipScript } from './scripts/cluster.ts';
import { concurrencyScript } from './scripts/concurrency.ts';
import { hashScript } from './scripts/hash.ts';
import { kvScript } from './scripts/kv.ts';
import { leaseScript } from './scripts/lease.ts';
import { maintenanceScript } from './scripts/maintenance.ts';
import { txnScript } from './scripts/txn.ts';
import { utilityScript } from './scripts/utility.ts';
import { watchScript } from './scripts/watch.ts';
import { type Variant, variants } from './variants.ts';

/**
 * The parts run on one server, in this order: a part finds the state that earlier parts left, with
 * etcd and with tine.
 */
const script = [
  ...kvScript,
  ...txnScript,
  // A hash covers the ids of leases too, which servers choose, so this script runs before any lease
  // is granted.
  ...hashScript,
  ...leaseScript,
  ...watchScript,
  ...clusterScript,
  ...maintenanceScript,
  ...concurrencyScript,
  ...utilityScript,
  ...authScript,
  ...membershipScript,
];

const allFormats: readonly Format[] = ['simple', 'json', 'fields', 'protobuf'];

/** Passwords are checked with every command, and none needs protection. */
const settings = ['--bcrypt-cost', '4', '--quota-backend-bytes', '1073741824'];
/** Output about etcd's own binaries. */
const tineSettings = ['--emulated-etcd-version', etcdProgramVersion()];

/**
 * TINE_TEST_ETCDCTL_FORMATS=all: every variant in every format on every database, which takes a
 * quarter of an hour.
 */
const everything = process.env.TINE_TEST_ETCDCTL_FORMATS === 'all';

for (const variant of variants) {
  const formats = everything ? allFormats : [...variant.formats, ...variant.moreFormats];
  for (const format of formats) {
    test(`etcdctl prints the same with tine as with etcd, ${variant.name}, format ${format}`, async (context) => {
      const drivers = everything || variant.formats.includes(format) ? onePerDialect(TINE_DRIVERS) : FILE_DRIVERS;
      const runs = [etcd, ...drivers].map((driver) => transcript(driver, variant, format));
      const [expected = [], ...actual] = await Promise.all(runs);
      for (const [index, driver] of drivers.entries()) {
        await context.test(driver.name, () => {
          const differences = differencesBetween(expected, actual[index] ?? []);
          if (differences.length > 0) throw new Error(differences.join('\n'));
        });
      }
    });
  }
}

async function transcript(driver: Driver, variant: Variant, format: Format): Promise<Outcome[]> {
  const port = await freePort();
  const server = await Server.start({
    driver,
    port,
    arguments: [...settings, ...(driver === etcd ? [] : tineSettings), ...variant.serverArguments(port)],
  });
  const { address } = server;
  const place = {
    address,
    flags: variant.flags(address),
    anonymousFlags: variant.anonymousFlags(address),
    destinationFlags: variant.destinationFlags,
  };
  try {
    return await new Lane(place, format).run([...variant.prelude, ...script]);
  } finally {
    await server.remove();
  }
}
