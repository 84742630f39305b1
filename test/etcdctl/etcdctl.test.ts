import { test } from 'node:test';
import { type Driver, etcd, FILE_DRIVERS, freePort, Server, TINE_DRIVERS } from '../support/index.ts';
import { differencesBetween, isAtLeast } from './compare.ts';
import { etcdProgramVersion } from './etcd-version.ts';
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
import { since } from './step.ts';
import { type Variant, variants } from './variants.ts';

/** On one server, in this order: what a part leaves behind, the next ones find, with etcd and with tine. */
const script = [
  ...kvScript,
  ...txnScript,
  // A hash is over the ids of leases, too, which servers choose: before there were any.
  ...since('3.7', hashScript),
  ...leaseScript,
  ...watchScript,
  ...clusterScript,
  ...since('3.7', maintenanceScript),
  ...concurrencyScript,
  ...utilityScript,
  // Many rights were not asked for in 3.4.
  ...since('3.7', authScript),
  ...since('3.7', membershipScript),
];

const allFormats: readonly Format[] = ['simple', 'json', 'fields', 'protobuf'];

const version = etcdProgramVersion();

/** Passwords are checked all the time, and none is worth much. */
const settings = ['--bcrypt-cost', '4', '--quota-backend-bytes', '1073741824'];
/** What only etcd's binaries say of themselves. */
const tineSettings = isAtLeast(version, '3.7') ? ['--emulated-etcd-version', version] : [];

/** With an etcd before 3.7 the first: what auth asks for is not compared with it. */
const chosenVariants = isAtLeast(version, '3.7') ? variants : variants.slice(0, 1);

/** TINE_TEST_ETCDCTL_FORMATS=all: every variant in every format on every database, which takes a quarter of an hour. */
const everything = process.env.TINE_TEST_ETCDCTL_FORMATS === 'all';

for (const variant of chosenVariants) {
  const formats = everything ? allFormats : [...variant.formats, ...variant.moreFormats];
  for (const format of formats) {
    test(`etcdctl prints what it prints of etcd, ${variant.name}, as ${format}`, async (context) => {
      const drivers = everything || variant.formats.includes(format) ? TINE_DRIVERS : FILE_DRIVERS;
      const runs = [etcd, ...drivers].map((driver) => transcript(driver, variant, format));
      const [expected = [], ...actual] = await Promise.all(runs);
      for (const [index, driver] of drivers.entries()) {
        await context.test(driver.name, () => {
          const differences = differencesBetween(expected, actual[index] ?? [], {
            counts: ({ since: oldest }) => isAtLeast(version, oldest),
          });
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
