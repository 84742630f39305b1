import assert from 'node:assert/strict';
import { test } from 'node:test';
import { processUsage } from '../../bench/load/process-usage.ts';
import { postgresAt, TINE_DRIVERS } from '../support/drivers.ts';
import { ownServer, sleep } from '../support/index.ts';
import { PostgresServer } from '../support/postgres-server.ts';

const watchCount = 1_000;
const measuredMs = 10_000;
const queriesPerSecondMax = 3;
/** Half as much on a machine that does nothing else. */
const coreShareMax = 0.02;

const runsOnPostgres = TINE_DRIVERS.some(({ name }) => name === 'postgres');

if (runsOnPostgres)
  test('postgres: an instance with a thousand quiet watches runs at most three statements a second', async (context) => {
    const database = await PostgresServer.start({ settings: { log_statement: 'all' } });
    context.after(() => database.remove());
    const { client, server } = await ownServer(context, { driver: postgresAt(() => database.url) });
    const watch = client.watch();
    for (let index = 0; index < watchCount; index += 1) await watch.create({ key: `quiet/${index}` });
    // The work that the start left is done by then.
    await sleep(3_000);
    const cpuBefore = processUsage(server.pid)?.cpuSeconds ?? Number.NaN;
    const before = statementsOf(database.log());
    await sleep(measuredMs);
    const cpuSeconds = (processUsage(server.pid)?.cpuSeconds ?? Number.NaN) - cpuBefore;
    const asked = statementsOf(database.log()).slice(before.length);
    watch.close();
    const perSecond = asked.length / (measuredMs / 1_000);
    assert.ok(asked.length > 0, 'the log tells of statements');
    assert.ok(perSecond <= queriesPerSecondMax, `${perSecond} statements a second: ${asked.slice(0, 20).join('\n')}`);
    const share = cpuSeconds / (measuredMs / 1_000);
    assert.ok(share < coreShareMax, `${(share * 100).toFixed(2)} % of a core`);
    context.diagnostic(`${perSecond} statements a second, ${(share * 100).toFixed(2)} % of a core`);
  });

/** One for each statement that was run, BEGIN and COMMIT among them. */
function statementsOf(log: string): readonly string[] {
  return log.split('\n').filter((line) => /(execute|statement)[^:]*: /.test(line) && !/DETAIL/.test(line));
}
