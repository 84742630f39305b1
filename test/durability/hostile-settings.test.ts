/** A role or a database may have settings for other programs. tine works with any of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEverythingWorks } from '../outages/everything-works.ts';
import {
  type EtcdClient,
  mariadbAt,
  mysqlAt,
  ownServer,
  runTine,
  sleep,
  TINE_DRIVERS,
  withPrefix,
} from '../support/index.ts';
import { MariadbServer } from '../support/mariadb-server.ts';
import { mysqlQuery } from '../support/mysql-query.ts';
import { MysqlServer } from '../support/mysql-server.ts';
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

/** Many rows in one statement. Some of their columns have no value. */
async function assertManyRowsWork(client: EtcdClient): Promise<void> {
  await Promise.all(Array.from({ length: 300 }, (_, index) => client.put({ key: `p/${index}`, value: `${index}` })));
  const { kvs } = await client.range({ ...withPrefix('p/'), sort_target: 'VALUE', sort_order: 'DESCEND', limit: 3 });
  assert.deepEqual(
    kvs.map(({ value }) => value.toString()),
    ['99', '98', '97'],
  );
}

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
    await assertManyRowsWork(client);
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

/** Global settings, which each session takes over. */
const hostileToMysql: Readonly<Record<string, string>> = {
  auto_increment_increment: '7',
  autocommit: '0',
  character_set_connection: 'ucs2',
  character_set_results: 'utf16',
  collation_connection: 'utf16_general_ci',
  completion_type: 'CHAIN',
  default_storage_engine: 'MyISAM',
  div_precision_increment: '0',
  foreign_key_checks: '0',
  group_concat_max_len: '4',
  innodb_default_row_format: 'redundant',
  innodb_strict_mode: '0',
  join_buffer_size: '128',
  lock_wait_timeout: '1',
  low_priority_updates: '1',
  max_error_count: '0',
  max_heap_table_size: '16384',
  max_join_size: '1',
  max_seeks_for_key: '1',
  optimizer_search_depth: '1',
  read_buffer_size: '8192',
  sql_auto_is_null: '1',
  sql_big_selects: '0',
  sql_buffer_result: '1',
  sql_mode: 'ANSI,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,NO_AUTO_VALUE_ON_ZERO',
  sql_notes: '0',
  sql_safe_updates: '1',
  sql_select_limit: '2',
  time_zone: '+13:00',
  tmp_table_size: '1024',
  unique_checks: '0',
};

const mysqlPlaces = {
  mariadb: {
    start: () => MariadbServer.start(),
    driverAt: mariadbAt,
    own: {
      idle_transaction_timeout: '1',
      in_predicate_conversion_threshold: '2',
      max_recursive_iterations: '1',
      max_statement_time: '0.1',
      tx_isolation: 'READ-UNCOMMITTED',
      tx_read_only: '1',
    },
  },
  mysql: {
    start: () => MysqlServer.start(),
    driverAt: mysqlAt,
    own: {
      cte_max_recursion_depth: '1',
      max_execution_time: '1',
      sql_generate_invisible_primary_key: '1',
      sql_require_primary_key: '1',
      transaction_isolation: 'READ-UNCOMMITTED',
      transaction_read_only: '1',
    },
  },
} as const;

for (const [name, { start, driverAt, own }] of Object.entries(mysqlPlaces)) {
  if (!TINE_DRIVERS.some((driver) => driver.name === name)) continue;

  test(`${name}: tine works with a server whose settings are all unfavourable`, async (context) => {
    const database = await start();
    context.after(() => database.remove());
    const settings = Object.entries({ ...hostileToMysql, ...own }).map(
      ([setting, value]) => `GLOBAL ${setting} = ${/^[0-9.]+$/.test(value) ? value : `'${value}'`}`,
    );
    await mysqlQuery(database, `SET ${settings.join()}`);
    const driver = { ...driverAt(() => database.url), dropStorage: async () => {} };
    const { server, client } = await ownServer(context, { driver });
    await assertEverythingWorks(client);
    await assertManyRowsWork(client);
    await client.defragment({});
    await server.stop();
    const [, endpoint = ''] = driver.storageArguments(server.dataDirectory);
    for (const command of [['check'], ['release']]) {
      const { status, stdout, stderr } = await runTine([...command, endpoint]);
      assert.equal(status, 0, stdout + stderr);
    }
  });
}
