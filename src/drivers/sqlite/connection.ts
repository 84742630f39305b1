/** One connection to a SQLite file, with its settings and prepared statements. */
import Database from 'better-sqlite3';
import { limits } from '../../limits.ts';
import type { Query } from '../../mvcc/program.ts';
import { sqliteDialect } from '../../sql/dialects/sqlite-dialect.ts';
import { blobBytes, changeRows, type Parameter, type Row, type Statement } from '../../sql/statement.ts';
import { type RunningTotals, rowCount, type StatementMeter } from '../statement-meter.ts';

export type SqliteDatabase = Database.Database;

/** The role of a connection decides its cache size and whether it may write. */
export type ConnectionRole = 'eventLoop' | 'writer' | 'quick' | 'bulk';

/**
 * The page cache of a connection, in KiB. The operating system caches the file as well, but a list
 * of 10 MiB through a smaller cache spends a quarter of its time on copying pages from there.
 */
const cacheKib: Record<ConnectionRole, number> = { eventLoop: 8_192, writer: 8_192, quick: 4_096, bulk: 16_384 };

/** Opens an existing file. The caller closes the connection. */
export function openConnection(path: string, role: ConnectionRole): SqliteDatabase {
  // The event loop does not wait for locks.
  const timeout = role === 'eventLoop' ? 0 : limits.sqliteBusyTimeoutMs;
  const database = new Database(path, { fileMustExist: true, timeout });
  try {
    // Readers and the writer do not wait for each other.
    database.pragma('journal_mode = WAL');
    // A commit is on disk before it is acknowledged: SQLite syncs the log, or `LogSync` does with
    // NORMAL.
    database.pragma(`synchronous = ${role === 'eventLoop' ? 'NORMAL' : 'FULL'}`);
    database.pragma(`cache_size = ${-cacheKib[role]}`);
    database.pragma('temp_store = MEMORY');
    database.pragma(`wal_autocheckpoint = ${role === 'writer' ? limits.sqliteCheckpointPages : 0}`);
    if (role === 'quick' || role === 'bulk') database.pragma('query_only = ON');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Runs the queries of programs. Each statement is prepared once. */
export class StatementRunner {
  readonly #database: SqliteDatabase;
  readonly #meter: StatementMeter | undefined;
  readonly #prepared = new Map<Statement, Prepared>();

  /** `meter`: counts the times of statements. */
  constructor(database: SqliteDatabase, meter?: StatementMeter) {
    this.#database = database;
    this.#meter = meter;
  }

  run(query: Query): readonly Row[] {
    const { prepared, totals } = this.#prepare(query.statement);
    if (this.#meter === undefined || totals === undefined) return runPrepared(prepared, query);
    const startMs = performance.now();
    const rows = runPrepared(prepared, query);
    this.#meter.record(totals, performance.now() - startMs, rowCount(query.statement, rows));
    return rows;
  }

  #prepare(statement: Statement): Prepared {
    let known = this.#prepared.get(statement);
    if (known === undefined) {
      const prepared = this.#database.prepare(statement.text(sqliteDialect));
      if (statement.returns !== 'change') prepared.raw(true);
      known = { prepared, totals: this.#meter?.totalsOf(statement.name) };
      this.#prepared.set(statement, known);
    }
    return known;
  }
}

interface Prepared {
  readonly prepared: Database.Statement;
  readonly totals: RunningTotals | undefined;
}

const noRows: readonly Row[] = [];

function runPrepared(prepared: Database.Statement, { statement, parameters, list, bytesMax }: Query): readonly Row[] {
  if (list !== undefined) return runForEach(prepared, statement, parameters, list);
  switch (statement.returns) {
    case 'change':
      return changeRows(prepared.run(parameters).changes);
    case 'row': {
      const found = prepared.get(parameters);
      return found === undefined ? noRows : [found as Row];
    }
    default:
      return bytesMax === undefined
        ? (prepared.all(parameters) as Row[])
        : untilBytes(bytesMax, prepared.iterate(parameters) as Iterable<Row>);
  }
}

/** Runs a list item by item, which is fastest within one process. */
function runForEach(
  prepared: Database.Statement,
  { returns }: Statement,
  parameters: readonly Parameter[],
  list: readonly (readonly Parameter[])[],
): readonly Row[] {
  if (returns === 'change') {
    let changes = 0;
    for (const each of list) changes += prepared.run(...parameters, ...each).changes;
    return changeRows(changes);
  }
  const found: Row[] = [];
  for (const each of list) found.push(...(prepared.all(...parameters, ...each) as Row[]));
  return found;
}

/** Takes rows until their blobs reach `bytesMax` bytes. */
function untilBytes(bytesMax: number, found: Iterable<Row>): readonly Row[] {
  const taken: Row[] = [];
  let bytes = 0;
  for (const each of found) {
    taken.push(each);
    bytes += blobBytes(each);
    if (bytes >= bytesMax) break;
  }
  return taken;
}
