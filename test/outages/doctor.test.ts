/** `tine doctor` on servers whose settings or state put acknowledged writes at risk. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DatabaseServerOptions } from '../support/database-server.ts';
import { type Driver, mariadbAt, mysqlAt, ownServer, postgresAt, runTine, TINE_DRIVERS } from '../support/index.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { MysqlServer } from '../support/mysql-server.ts';
import { PostgresPair } from '../support/postgres-pair.ts';
import { PostgresServer } from '../support/postgres-server.ts';

interface Case {
  readonly start: (options: DatabaseServerOptions) => Promise<{ readonly url: string; remove(): Promise<void> }>;
  readonly driverAt: (url: () => string) => Driver;
  readonly settings: Readonly<Record<string, string>>;
  readonly findings: readonly RegExp[];
}

const mysqlSettings = {
  innodb_flush_log_at_trx_commit: '2',
  log_bin: 'binary-log',
  sync_binlog: '0',
  max_allowed_packet: '1M',
};
const mysqlFindings = [
  /^problem {2}settings: innodb_flush_log_at_trx_commit = 2: /m,
  /^problem {2}settings: sync_binlog = 0 with a binary log: /m,
  /^problem {2}settings: max_allowed_packet = 1048576: the largest requests fail; set it to 3211264 or more, /m,
];

const cases: Readonly<Record<string, Case>> = {
  postgres: {
    start: (options) => PostgresServer.start(options),
    driverAt: postgresAt,
    settings: { fsync: 'off', full_page_writes: 'off', max_connections: '12' },
    findings: [
      /^problem {2}settings: fsync = off: /m,
      /^problem {2}settings: full_page_writes = off: /m,
      /^advice {3}connections: \d of 9 are free; an instance uses up to 10; /m,
    ],
  },
  mariadb: {
    start: (options) => MariadbServer.start(options),
    driverAt: mariadbAt,
    settings: mysqlSettings,
    findings: mysqlFindings,
  },
  mysql: {
    start: (options) => MysqlServer.start(options),
    driverAt: mysqlAt,
    settings: mysqlSettings,
    findings: mysqlFindings,
  },
};

async function endpointOf(context: TestContext, driver: Driver): Promise<string> {
  const { server } = await ownServer(context, { driver });
  return driver.storageArguments(server.dataDirectory)[1] ?? '';
}

for (const { name } of TINE_DRIVERS) {
  const planted = cases[name];
  if (planted === undefined) continue;
  test(`${name}: doctor reports each setting of the server that puts acknowledged writes at risk`, async (context) => {
    const server = await planted.start({ settings: planted.settings });
    context.after(() => server.remove());
    const endpoint = await endpointOf(
      context,
      planted.driverAt(() => server.url),
    );
    const { status, stdout, stderr } = runTine(['doctor', endpoint]);
    assert.equal(stderr, '');
    for (const finding of planted.findings) assert.match(stdout, finding);
    const expectedCount = planted.findings.filter(({ source }) => source.startsWith('^problem')).length;
    assert.equal(stdout.match(/^problem/gm)?.length, expectedCount, stdout);
    assert.equal(status, 1);
  });
}

if (TINE_DRIVERS.some(({ name }) => name === 'postgres'))
  test('postgres: doctor reports a standby as a reserve, and as a problem if no other host accepts writes', async (context) => {
    const pair = await PostgresPair.start();
    context.after(() => pair.remove());
    const endpoint = await endpointOf(context, pair.driver);
    const both = runTine(['doctor', endpoint]);
    assert.match(both.stdout, /^ok {7}host: 127\.0\.0\.1:\d+ accepts writes$/m);
    assert.match(both.stdout, /^ok {7}host: 127\.0\.0\.1:\d+ is not used now: it is a standby$/m);
    assert.equal(both.status, 0, both.stdout + both.stderr);
    const standby = runTine(['doctor', `${pair.standbyUrl}/pair`]);
    assert.match(standby.stdout, /^problem {2}host: 127\.0\.0\.1:\d+ accepts no writes: it is a standby; /m);
    assert.equal(standby.status, 1);
    await pair.killStandby();
    const lonely = runTine(['doctor', endpoint]);
    assert.match(lonely.stdout, /^problem {2}host: 127\.0\.0\.1:\d+ cannot be reached: /m);
    assert.equal(lonely.status, 1);
  });
