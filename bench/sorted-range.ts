/**
 * Measures a sorted Range with a limit on each database beside etcd: `npm exec -- node
 * bench/sorted-range.ts [--keys N] [--value-bytes N] [--limit N] [--runs N] [--on
 * sqlite,postgres,mariadb,mysql]`. Starts etcd (the first on PATH) and its own Postgres, MariaDB
 * and MySQL. Results: sorted-range.md.
 */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import {
  type Driver,
  EtcdClient,
  etcd,
  mariadbAt,
  mysqlAt,
  postgresAt,
  type RangeRequest,
  Server,
  sqlite,
  withPrefix,
} from '../test/support/index.ts';
import { MariadbServer } from '../test/support/mariadb-server.ts';
import { provideMysql } from '../test/support/mysql-package.ts';
import { MysqlServer } from '../test/support/mysql-server.ts';
import { PostgresServer } from '../test/support/postgres-server.ts';
import { median } from './scale/median.ts';
import { peakDuring, residentMebibytes } from './scale/resident-memory.ts';

const { values } = parseArgs({
  options: {
    keys: { type: 'string', default: '10000' },
    'value-bytes': { type: 'string', default: '1024' },
    limit: { type: 'string', default: '10' },
    runs: { type: 'string', default: '9' },
    on: { type: 'string', default: 'sqlite,postgres,mariadb,mysql' },
  },
});
const keyCount = Number(values.keys);
const valueBytes = Number(values['value-bytes']);
const limit = Number(values.limit);
const runs = Number(values.runs);

/** The number of puts that fit into a request. */
const putsAtOnce = Math.max(1, Math.min(100, Math.floor(1_000_000 / valueBytes)));
const callsAtOnce = 4;
/** MySQL's server is downloaded once, which takes up to some minutes. */
const unpackMsMax = 10 * 60_000;
const prefix = 'sorted/';
const fields = {
  KEY: 'key',
  VERSION: 'version',
  CREATE: 'create_revision',
  MOD: 'mod_revision',
  VALUE: 'value',
} as const;
const targets = Object.keys(fields) as (keyof typeof fields)[];
const orders = ['ASCEND', 'DESCEND'] as const;

const databases: Readonly<Record<string, (use: (driver: Driver) => Promise<void>) => Promise<void>>> = {
  sqlite: (use) => use(sqlite),
  postgres: async (use) => {
    const server = await PostgresServer.start();
    await use(postgresAt(() => server.url)).finally(() => server.remove());
  },
  mariadb: async (use) => {
    const server = await MariadbServer.start();
    await use(mariadbAt(() => server.url)).finally(() => server.remove());
  },
  mysql: async (use) => {
    await provideMysql(AbortSignal.timeout(unpackMsMax));
    const server = await MysqlServer.start();
    await use(mysqlAt(() => server.url)).finally(() => server.remove());
  },
};

const reference = await Server.start({ driver: etcd, arguments: ['--quota-backend-bytes', String(8 * 2 ** 30)] });
const client = new EtcdClient(reference.address);
try {
  await fill(client);
  console.log(
    `${keyCount} keys of ${valueBytes} bytes, limit ${limit}: milliseconds of etcd and of tine (median of ${runs}), and their ratio\n`,
  );
  for (const name of values.on.split(',')) await databases[name]?.((driver) => measure(name, driver));
} finally {
  client.close();
  await reference.remove();
}

async function measure(name: string, driver: Driver): Promise<void> {
  const server = await Server.start({ driver });
  const tine = new EtcdClient(server.address);
  try {
    await fill(tine);
    console.log(`| ${name} | etcd | tine | ratio |\n|---|---|---|---|`);
    const restMebibytes = residentMebibytes(server.pid);
    const peakMebibytes = await peakDuring(server.pid, () => compare(tine));
    console.log(`\nMemory of tine: ${restMebibytes.toFixed(0)} MiB before, ${peakMebibytes.toFixed(0)} MiB at most`);
    console.log();
  } finally {
    tine.close();
    await server.remove();
  }
}

/** Prints a row for each order. */
async function compare(tine: EtcdClient): Promise<void> {
  for (const sort_target of targets) {
    for (const sort_order of orders) {
      const request = { ...withPrefix(prefix), sort_target, sort_order, limit };
      await checkEqual(tine, request);
      const times: [number[], number[]] = [[], []];
      // The two servers alternate, because the speed of a machine changes from minute to minute.
      for (let run = 0; run < runs; run += 1) {
        for (const [index, each] of [client, tine].entries()) {
          const startMs = performance.now();
          await each
            .range(request, { deadlineMs: 60_000 })
            .catch((error: Error) => console.log(`${sort_target} ${sort_order}: ${error.message}`));
          times[index]?.push(performance.now() - startMs);
        }
      }
      const [etcds, own] = times.map(median) as [number, number];
      const cells = [`${sort_target} ${sort_order}`, etcds.toFixed(1), own.toFixed(1), (own / etcds).toFixed(1)];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}

/**
 * Checks the reply before it is measured: a wrong reply is not measured. The order of equal keys is
 * not compared. Revisions are not compared either, because concurrent transactions have different
 * revisions on the two servers.
 */
async function checkEqual(tine: EtcdClient, request: RangeRequest & { readonly sort_target: keyof typeof fields }) {
  const [etcds, own] = await Promise.all([client, tine].map((each) => each.range(request, { deadlineMs: 60_000 })));
  const field = fields[request.sort_target];
  assert.equal(own?.kvs.length, etcds?.kvs.length);
  if (field === 'create_revision' || field === 'mod_revision') return;
  const of = (reply: typeof own) => reply?.kvs.map((each) => each[field]);
  assert.deepEqual(of(own), of(etcds));
}

/** Writes the keys. Their versions differ, and their values are in no order. */
async function fill(target: EtcdClient): Promise<void> {
  const txns = Array.from({ length: Math.ceil(keyCount / putsAtOnce) }, (_, index) => index);
  const worker = async () => {
    for (let index = txns.shift(); index !== undefined; index = txns.shift()) {
      const first = index * putsAtOnce;
      const count = Math.min(putsAtOnce, keyCount - first);
      const success = Array.from({ length: count }, (_, offset) => put(first + offset));
      await target.txn({ success });
      await target.txn({ success: success.filter((_, offset) => offset % 3 === 0) });
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, worker));
}

function put(index: number) {
  const scattered = (index * 7_919) % keyCount;
  const value = `${scattered}`.padStart(8, '0').padEnd(valueBytes, 'v');
  return { request_put: { key: `${prefix}${String(index).padStart(8, '0')}`, value } };
}
