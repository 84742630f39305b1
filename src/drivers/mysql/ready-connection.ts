/** Sets up a new connection for work. */
import type { Connection } from 'mysql2';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { withReplyTimeout } from '../remote/reply-timeout.ts';
import { WriteRefused } from './read-only-check.ts';
import { sendStatements } from './send-statements.ts';

/** The facts about the server that a session needs. */
export interface ServerFacts {
  readonly isMariadb: boolean;
  /** A node of a Galera cluster. */
  readonly isCluster: boolean;
  /** The limit of bytes of one request. */
  readonly packetBytesMax: number;
  /** The limit of bytes of a transaction in a replication group. 0: none. */
  readonly groupBytesMax: number;
  /** Whether the server chose the id of the connection. A proxy may choose another one. */
  readonly hasServerId: boolean;
}

const facts = new WeakMap<Connection, ServerFacts>();

/** The facts of a connection that `makeReady` has set up. */
export function factsOf(connection: Connection): ServerFacts {
  const found = facts.get(connection);
  if (found === undefined) throw new DriverError('other', 'the connection was not set up');
  return found;
}

const variableNames = [
  'version',
  'max_allowed_packet',
  'read_only',
  'super_read_only',
  'wsrep_on',
  'group_replication_transaction_size_limit',
  'pseudo_thread_id',
];

/**
 * Sets up a connection.
 *
 * @throws DriverError if the server accepts no writes: the reads of a replica are stale, whatever
 * its user may write.
 */
export async function makeReady(connection: Connection): Promise<void> {
  const variables = await withTimeout(connection, showVariables);
  const isMariadb = /mariadb/i.test(variables.get('version') ?? '');
  if (isReadOnly(variables.get('read_only')) || isReadOnly(variables.get('super_read_only'))) throw new WriteRefused();
  const isCluster = isOn(variables.get('wsrep_on'));
  facts.set(connection, {
    isMariadb,
    isCluster,
    packetBytesMax: Number(variables.get('max_allowed_packet')),
    groupBytesMax: Number(variables.get('group_replication_transaction_size_limit') ?? 0),
    hasServerId: variables.get('pseudo_thread_id') === connection.threadId?.toString(),
  });
  const settings = [
    ...commonSettings,
    ...(isMariadb ? mariadbSettings : mysqlSettings),
    ...(isCluster ? clusterSettings : []),
  ];
  await withTimeout(connection, (ready) => sendStatements(ready, settings.join(';')));
}

/** Reads settings of the server by name. */
export async function showVariables(
  connection: Connection,
  names = variableNames,
): Promise<ReadonlyMap<string, string>> {
  const show = `SHOW VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join()})`;
  const replies = await sendStatements(connection, `${ownDefaults};${show}`);
  return new Map((replies.at(-1)?.reply ?? []) as [string, string][]);
}

function withTimeout<Result>(
  connection: Connection,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  return withReplyTimeout(work(connection), () => destroy(connection));
}

/** Closes a connection without notice to the server. Everything that waits on it fails. */
export function destroy(connection: Connection): void {
  const { stream } = connection as unknown as { stream: { destroy(error: Error): void } };
  stream.destroy(
    Object.assign(new Error('the connection was closed'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
  );
}

export function isOn(value: string | undefined): boolean {
  return value === 'ON' || value === '1';
}

/** MariaDB 12 has `NO_LOCK` and `NO_LOCK_NO_ADMIN` beside `ON`. */
export function isReadOnly(value: string | undefined): boolean {
  return value !== undefined && value !== 'OFF' && value !== '0';
}

/**
 * The server's timeout of idle connections. tine closes idle connections before the server does.
 */
export const idleSeconds = Math.ceil((limits.connectionIdleMsMax * 2) / 1_000);
/**
 * How long a transaction may be idle before the server ends it. Its instance may be gone, and the
 * revision lock would stay.
 */
export const idleTransactionSeconds = 2;
/**
 * The server's lock timeout. It is shorter than the reply timeout, so that a lock wait is not
 * reported as an outage.
 */
const lockSeconds = Math.floor(limits.databaseAnswerMsMax / 1_000) - 1;

/**
 * Settings whose global value may make a server refuse statements, cut their rows, or end
 * transactions in another way. The server may refuse SHOW as well, so they come first on every
 * connection. MariaDB runs the first comment, MySQL the second one.
 */
export const ownDefaults = [
  // No bound of the rows that a statement may examine (max_join_size) or return.
  'SET SESSION sql_big_selects = 1',
  'SESSION sql_select_limit = 18446744073709551615',
  // Changes without a key in their condition are allowed. No condition has a second meaning.
  'SESSION sql_safe_updates = 0',
  'SESSION sql_auto_is_null = 0',
  'SESSION unique_checks = 1',
  // COMMIT begins no other transaction and does not close the connection.
  "SESSION completion_type = 'NO_CHAIN'",
  'SESSION autocommit = 1',
  "SESSION default_storage_engine = 'InnoDB' /*M!100500 , SESSION max_statement_time = 0 */ /*!80000 , SESSION max_execution_time = 0 */;SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE",
].join();

const commonSettings = [
  // A backslash escapes. Values are never truncated or converted silently. Differences of ids may
  // be negative.
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_UNSIGNED_SUBTRACTION,NO_ENGINE_SUBSTITUTION'",
  // Quoted text is ASCII, compared byte by byte.
  'SET SESSION collation_connection = ascii_bin',
  "SET SESSION time_zone = '+00:00'",
  `SET SESSION wait_timeout = ${idleSeconds}`,
  `SET SESSION innodb_lock_wait_timeout = ${lockSeconds}`,
  `SET SESSION lock_wait_timeout = ${lockSeconds}`,
  // Names are compared whole: they have up to 3,000 bytes. The server does not sort values: it
  // would reserve the longest length for each.
  'SET SESSION max_sort_length = 4096',
  'SET SESSION sort_buffer_size = 4194304',
  'SET SESSION group_concat_max_len = 1073741824',
  // Plan a list without an index look-up for each item: the plan is the same whatever is found.
  'SET SESSION eq_range_index_dive_limit = 1',
];

const mariadbSettings = [
  `SET SESSION idle_transaction_timeout = ${idleTransactionSeconds}`,
  "SET SESSION optimizer_switch = 'index_merge=off,rowid_filter=off,mrr=off'",
];

const mysqlSettings = [
  // Report current sizes of tables, not cached ones.
  'SET SESSION information_schema_stats_expiry = 0',
  // Without this, a count of names would use a skip scan of the index of leases, based on a wrong
  // estimate.
  "SET SESSION optimizer_switch = 'index_merge=off,mrr=off,skip_scan=off'",
  // Look up a list of any length in the index. Beyond the default of 8 MB of memory, MySQL would
  // scan the table.
  'SET SESSION range_optimizer_max_mem_size = 0',
];

/** Settings of a connection to a node of a Galera cluster. */
export const clusterSettings = [
  // A statement, also one of a read transaction, waits until the node has applied the commits of
  // the others.
  'SET SESSION wsrep_sync_wait = 7',
  'SET SESSION wsrep_dirty_reads = OFF',
  // A transaction is replicated as a whole, at its commit.
  'SET SESSION wsrep_trx_fragment_size = 0',
  // All nodes change the schema at the same position in the order of writes.
  "SET SESSION wsrep_OSU_method = 'TOI'",
];
