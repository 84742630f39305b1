/** A role or a database may have settings for other programs. tine works with any of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEverythingWorks } from '../outages/everything-works.ts';
import { ownServer, runTine, sleep, TINE_DRIVERS, withPrefix } from '../support/index.ts';
import { rolesDatabase } from '../support/postgres-roles.ts';

/**
 * Each setting alone breaks, or once broke, programs that rely on its default. Postgres 12 has all
 * of them. The timeouts leave a slow machine time to connect.
 */
const hostile: Readonly<Record<string, string>> = {
  array_nulls: 'off',
  backslash_quote: 'off',
  bytea_output: 'escape',
  client_encoding: 'latin1',
  client_min_messages: 'error',
  cpu_index_tuple_cost: '1000',
  cpu_operator_cost: '0',
  cpu_tuple_cost: '0',
  cursor_tuple_fraction: '0.01',
  datestyle: "'German, DMY'",
  default_transaction_deferrable: 'on',
  default_transaction_isolation: "'serializable'",
  effective_cache_size: '1',
  enable_hashagg: 'off',
  enable_indexonlyscan: 'off',
  enable_indexscan: 'off',
  enable_nestloop: 'off',
  enable_sort: 'off',
  enable_tidscan: 'off',
  extra_float_digits: '-15',
  from_collapse_limit: '1',
  geqo_threshold: '2',
  idle_in_transaction_session_timeout: '1500',
  intervalstyle: "'sql_standard'",
  jit: 'on',
  jit_above_cost: '0',
  join_collapse_limit: '1',
  lock_timeout: '1',
  max_parallel_workers_per_gather: '8',
  min_parallel_index_scan_size: '0',
  min_parallel_table_scan_size: '0',
  parallel_setup_cost: '0',
  parallel_tuple_cost: '0',
  plan_cache_mode: 'force_custom_plan',
  quote_all_identifiers: 'on',
  random_page_cost: '1000',
  row_security: 'on',
  seq_page_cost: '0',
  standard_conforming_strings: 'off',
  statement_timeout: '1500',
  synchronous_commit: 'off',
  timezone: "'Asia/Kathmandu'",
  transform_null_equals: 'on',
  work_mem: "'64kB'",
  xmlbinary: 'hex',
};

/** Settings of later versions, by `server_version_num`. */
const later: readonly (readonly [since: number, name: string, value: string])[] = [
  [130_000, 'enable_incremental_sort', 'off'],
  [140_000, 'enable_memoize', 'off'],
  [140_000, 'idle_session_timeout', '1500'],
  [170_000, 'transaction_timeout', '1500'],
];

if (TINE_DRIVERS.some(({ name }) => name === 'postgres'))
  test('postgres: tine works with a role whose settings are all unfavourable', async (context) => {
    const database = await rolesDatabase(context, process.env.TINE_TEST_POSTGRES_URL ?? '');
    const { rows } = await database.administrator.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    const known = later.filter(([since]) => Number(rows[0]?.version) >= since).map(([, name, value]) => [name, value]);
    const role = await database.role({ ...hostile, ...Object.fromEntries(known) });
    const { server, client } = await ownServer(context, { driver: role });
    await assertEverythingWorks(client);
    // Many rows in one statement. Some of their columns have no value.
    await Promise.all(Array.from({ length: 300 }, (_, index) => client.put({ key: `p/${index}`, value: `${index}` })));
    const { kvs } = await client.range({ ...withPrefix('p/'), sort_target: 'VALUE', sort_order: 'DESCEND', limit: 3 });
    assert.deepEqual(
      kvs.map(({ value }) => value.toString()),
      ['99', '98', '97'],
    );
    // Longer than any of the timeouts, with a transaction that waits for a lock.
    await database.administrator.query('BEGIN');
    await database.administrator.query('LOCK TABLE kine IN EXCLUSIVE MODE');
    const put = client.put({ key: 'waits' });
    await sleep(2_500);
    await database.administrator.query('COMMIT');
    await put;
    await client.defragment({});
    await server.stop();
    for (const command of [['check'], ['release']]) {
      const { status, stdout, stderr } = await runTine([...command, role.url()]);
      assert.equal(status, 0, stdout + stderr);
    }
  });
