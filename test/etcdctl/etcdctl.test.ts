import { test } from 'node:test';
import { etcdVersion } from '../parity/reference.ts';
import { type Driver, etcd, Server, TINE_DRIVERS } from '../support/index.ts';
import { differencesBetween, isAtLeast } from './compare.ts';
import { Lane, type Outcome } from './lane.ts';
import type { Format } from './readable.ts';
import { clusterScript } from './scripts/cluster.ts';
import { concurrencyScript } from './scripts/concurrency.ts';
import { kvScript } from './scripts/kv.ts';
import { leaseScript } from './scripts/lease.ts';
import { maintenanceScript } from './scripts/maintenance.ts';
import { txnScript } from './scripts/txn.ts';
import { utilityScript } from './scripts/utility.ts';
import { watchScript } from './scripts/watch.ts';

/** `table` is for a few commands, which name it. */
const formats: readonly Format[] = ['simple', 'json', 'fields', 'protobuf'];

/** On one server, in this order: what a part leaves behind, the next ones find, with etcd and with tine. */
const script = [
  ...kvScript,
  ...txnScript,
  ...leaseScript,
  ...watchScript,
  ...clusterScript,
  ...maintenanceScript,
  ...concurrencyScript,
  ...utilityScript,
];

for (const format of formats) {
  test(`etcdctl prints what it prints of etcd, as ${format}`, async (context) => {
    const [expected, ...actual] = await Promise.all(
      [etcd, ...TINE_DRIVERS].map((driver) => transcript(driver, format)),
    );
    for (const [index, driver] of TINE_DRIVERS.entries()) {
      await context.test(driver.name, () => {
        const differences = differencesBetween(expected?.outcomes ?? [], actual[index]?.outcomes ?? [], {
          counts: ({ since }) => isAtLeast(expected?.version ?? '', since),
        });
        if (differences.length > 0) throw new Error(differences.join('\n'));
      });
    }
  });
}

async function transcript(driver: Driver, format: Format): Promise<{ version: string; outcomes: Outcome[] }> {
  const server = await Server.start({ driver });
  try {
    const flags = ['--endpoints', server.address];
    const place = { address: server.address, flags, anonymousFlags: flags, destinationFlags: [] };
    return { version: await etcdVersion(server), outcomes: await new Lane(place, format).run(script) };
  } finally {
    await server.remove();
  }
}
