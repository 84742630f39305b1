/** A new connection, made ready for work. */
import type { Connection } from 'mysql2';
import { DriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { withAnswerTimeout } from '../remote/answer-timeout.ts';
import { sendStatements } from './send-statements.ts';

/** What a session must know of the server. */
export interface ServerFacts {
  readonly isMariadb: boolean;
  /** A node of a Galera cluster. */
  readonly isCluster: boolean;
  /** Bytes of one request at most. */
  readonly packetBytesMax: number;
}

const facts = new WeakMap<Connection, ServerFacts>();

/** Of a connection that `makeReady` was given. */
export function factsOf(connection: Connection): ServerFacts {
  const found = facts.get(connection);
  if (found === undefined) throw new DriverError('other', 'the connection was not made ready');
  return found;
}

const asked = ['version', 'max_allowed_packet', 'read_only', 'super_read_only', 'wsrep_on'];

/** @throws DriverError when the server takes no writes: what a replica reads is stale, whatever this user may write there. */
export async function makeReady(connection: Connection): Promise<void> {
  const variables = await answered(connection, showVariables);
  const isMariadb = /mariadb/i.test(variables.get('version') ?? '');
  if (isOn(variables.get('read_only')) || isOn(variables.get('super_read_only')))
    throw new DriverError('lost', 'the database takes no writes: it is a replica, or set to read only');
  const isCluster = isOn(variables.get('wsrep_on'));
  facts.set(connection, { isMariadb, isCluster, packetBytesMax: Number(variables.get('max_allowed_packet')) });
  const settings = [
    ...commonSettings,
    ...(isMariadb ? mariadbSettings : mysqlSettings),
    ...(isCluster ? clusterSettings : []),
  ];
  await answered(connection, (own) => sendStatements(own, settings.join(';')));
}

/** Settings of the server, by name. */
export async function showVariables(connection: Connection, names = asked): Promise<ReadonlyMap<string, string>> {
  const [found] = await sendStatements(
    connection,
    `SHOW VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join()})`,
  );
  return new Map((found?.answer ?? []) as [string, string][]);
}

function answered<Result>(connection: Connection, work: (connection: Connection) => Promise<Result>): Promise<Result> {
  return withAnswerTimeout(work(connection), () => destroy(connection));
}

/** Ends a connection without a word to the server: everything that waits for it fails. */
export function destroy(connection: Connection): void {
  const { stream } = connection as unknown as { stream: { destroy(error: Error): void } };
  stream.destroy(
    Object.assign(new Error('the connection was closed'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true }),
  );
}

export function isOn(value: string | undefined): boolean {
  return value === 'ON' || value === '1';
}

/** An idle connection is closed by tine, not by the server. */
export const idleSeconds = Math.ceil((limits.connectionIdleMsMax * 2) / 1_000);
/** How long a transaction may wait for its instance before the server ends it: the instance may be gone, and the revision lock would stay. */
export const idleTransactionSeconds = 2;
/** A lock that takes longer is told as what it is, not as a database that does not answer. */
const lockSeconds = Math.floor(limits.databaseAnswerMsMax / 1_000) - 1;

const commonSettings = [
  // A backslash has its usual meaning; nothing is cut off or bent in silence; ids less ids may be below 0.
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_UNSIGNED_SUBTRACTION,NO_ENGINE_SUBSTITUTION'",
  // What stands in quotes is ASCII, compared byte by byte.
  'SET SESSION collation_connection = ascii_bin',
  "SET SESSION time_zone = '+00:00'",
  'SET SESSION autocommit = 1',
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  'SET SESSION TRANSACTION READ WRITE',
  `SET SESSION wait_timeout = ${idleSeconds}`,
  `SET SESSION innodb_lock_wait_timeout = ${lockSeconds}`,
  `SET SESSION lock_wait_timeout = ${lockSeconds}`,
  // Names are compared whole: they have 3,000 bytes. Values are not sorted by the server: it would reserve the length of the longest for each.
  'SET SESSION max_sort_length = 4096',
  'SET SESSION sort_buffer_size = 4194304',
  'SET SESSION group_concat_max_len = 1073741824',
  // Without a look at the index for each of a list: the way is the same whatever it finds.
  'SET SESSION eq_range_index_dive_limit = 1',
];

const mariadbSettings = [
  `SET SESSION idle_transaction_timeout = ${idleTransactionSeconds}`,
  'SET SESSION max_statement_time = 0',
  "SET SESSION optimizer_switch = 'index_merge=off,rowid_filter=off,mrr=off'",
];

const mysqlSettings = [
  'SET SESSION max_execution_time = 0',
  // Sizes of tables are not those of yesterday.
  'SET SESSION information_schema_stats_expiry = 0',
  // A count of names would skip through the index of leases, by a guess at how few they are.
  "SET SESSION optimizer_switch = 'index_merge=off,mrr=off,skip_scan=off'",
  // A list of any length is looked up in the index; beyond 8 MB of memory the table would be walked.
  'SET SESSION range_optimizer_max_mem_size = 0',
];

/** For a connection to a node of a Galera cluster. */
export const clusterSettings = [
  // A statement, a transaction of reads included, waits until the node has applied what the others have committed.
  'SET SESSION wsrep_sync_wait = 7',
  'SET SESSION wsrep_dirty_reads = OFF',
  // A transaction is replicated whole, at its commit.
  'SET SESSION wsrep_trx_fragment_size = 0',
  // All nodes change the schema at the same place in the order of writes.
  "SET SESSION wsrep_OSU_method = 'TOI'",
];
