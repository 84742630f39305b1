/**
 * The settings of the server that tine's statements depend on. The defaults of a role or a database
 * may differ, so tine sets each of them.
 */

import { limits } from '../../limits.ts';
import { remoteLimits } from '../remote/remote-limits.ts';

type Settings = readonly Setting[];

/**
 * Name, value, and the first version (`server_version_num`) with this setting if Postgres 12 does
 * not have it.
 */
type Setting = readonly [name: string, value: string, since?: number];

/** Settings that decide the meaning of a statement and the durability of a commit. */
const meaning: Settings = [
  ['array_nulls', 'on'],
  ['standard_conforming_strings', 'on'],
  ['transform_null_equals', 'off'],
  ['bytea_output', 'hex'],
  // Rows that a policy hides cause an error; they are not silently missing.
  ['row_security', 'off'],
  ['default_transaction_isolation', 'read committed'],
  ['default_transaction_deferrable', 'off'],
  ['synchronous_commit', 'on'],
  // A warning at a commit shows that no standby has it.
  ['client_min_messages', 'warning'],
  ['statement_timeout', '0'],
  ['transaction_timeout', '0', 170_000],
  ['idle_session_timeout', '0', 140_000],
];

/**
 * Settings that fix the plans. Plans must stay good while an empty table grows. The statements are
 * written for one plan, by the indexes, and a plan made for ten rows must not scan ten million. JIT
 * compilation of a query takes longer than the query.
 */
const plans: Settings = [
  ['jit', 'off'],
  ['enable_seqscan', 'off'],
  ['enable_bitmapscan', 'off'],
  ['enable_hashjoin', 'off'],
  ['enable_mergejoin', 'off'],
  ['enable_material', 'off'],
  ['enable_indexscan', 'on'],
  ['enable_indexonlyscan', 'on'],
  ['enable_nestloop', 'on'],
  ['enable_sort', 'on'],
  ['enable_hashagg', 'on'],
  ['enable_tidscan', 'on'],
  ['enable_incremental_sort', 'on', 130_000],
  ['enable_memoize', 'on', 140_000],
  ['enable_presorted_aggregate', 'on', 160_000],
  ['max_parallel_workers_per_gather', '0'],
  ['geqo', 'off'],
  ['from_collapse_limit', '8'],
  ['join_collapse_limit', '8'],
  ['random_page_cost', '4'],
  ['seq_page_cost', '1'],
  ['cpu_tuple_cost', '0.01'],
  ['cpu_index_tuple_cost', '0.005'],
  ['cpu_operator_cost', '0.0025'],
  ['plan_cache_mode', 'force_generic_plan'],
];

/**
 * How long a statement waits for a lock, for example for a table that an administrator rebuilds. It
 * is shorter than the reply timeout, so that a wait is not reported as an outage, and no session
 * keeps waiting at the server.
 */
const lockMs = limits.databaseAnswerMsMax - 1_000;

/**
 * Settings of serving connections. A connection that is lost within a transaction must not hold the
 * revision lock, because other instances wait for it. A working connection sends something every
 * few ms.
 */
const serving: Settings = [
  ...meaning,
  ...plans,
  ['lock_timeout', `${lockMs}ms`],
  ['idle_in_transaction_session_timeout', '2s'],
];

/**
 * Settings that keep a lost connection from staying open at the server, also while it waits for a
 * lock. Transactions that serve do without: behind a pooler the connection is the pooler's.
 */
const keepalives: Settings = [
  ['client_connection_check_interval', '1s', 140_000],
  ['tcp_keepalives_idle', '10'],
  ['tcp_keepalives_interval', '5'],
  ['tcp_keepalives_count', '3'],
];

/**
 * Settings of commands, which read whole tables with plans of the planner. A lock of a serving
 * instance elsewhere may delay them, and is reported after 10 s.
 */
const offline: Settings = [
  ...meaning,
  ['jit', 'off'],
  ['lock_timeout', '10s'],
  ['work_mem', '64MB'],
  ['idle_in_transaction_session_timeout', `${remoteLimits.offlineIdleMsMax}ms`],
];

/** Settings of a change of the schema, which waits for the locks of its tables. */
const migration: Settings = [
  ...meaning,
  ['lock_timeout', '0'],
  ['idle_in_transaction_session_timeout', `${remoteLimits.prepareIdleMsMax}ms`],
];

/** For a connection that serves, until it is closed. */
export const sessionSettings = setting([...serving, ...keepalives], 'session');
/** Lets a serving connection wait for locks as long as needed, until it is closed. */
export const longLockWait = "SELECT num_nulls(set_config('lock_timeout', '0', false))";
/** For a transaction that serves, until it ends. */
export const transactionSettings = setting(serving, 'transaction');
/** For a transaction that changes the schema. */
export const migrationSettings = setting([...migration, ...keepalives], 'transaction');
/** For a transaction of a command. */
export const offlineSettings = setting([...offline, ...keepalives], 'transaction');

/**
 * One statement with one small reply, however many settings it sets. It skips settings that the
 * server does not have.
 */
function setting(settings: Settings, scope: 'session' | 'transaction'): string {
  const calls = settings.map(([name, value, since]) => {
    const call = `set_config('${name}', '${value}', ${scope === 'transaction'})`;
    if (since === undefined) return call;
    return `CASE WHEN CAST(current_setting('server_version_num') AS integer) >= ${since} THEN ${call} END`;
  });
  return `SELECT num_nulls(${calls.join(', ')})`;
}
