/**
 * The tables, columns and indexes of a database that may be kine's, tine's, or another program's.
 */
import { kinesColumns, migrations, migrationsTable } from '../../migrations/migrations.ts';
import type { OfflineDatabase } from '../drivers/offline.ts';
import { StartError } from '../errors.ts';
import { compactMarkName } from '../sql/key-text.ts';

/** Columns that tine adds. */
const tinesColumns = ['version', 'lease_id', 'revision'] as const;

export interface TableFacts {
  readonly tables: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
  /** Columns of kine that table `kine` lacks. All of them if the table does not exist. */
  readonly missingColumns: readonly string[];
  /** Whether tine's columns and tables exist too. */
  readonly isTines: boolean;
  /** Migrations in the database that this version does not have. */
  readonly unknownMigrations: readonly string[];
  /** Migrations of this version that the database lacks. */
  readonly missingMigrations: readonly string[];
}

/** Reads which tables, columns and indexes exist. */
export async function tableFacts(database: OfflineDatabase): Promise<TableFacts> {
  const columns = await names(database, database.sql.kineColumnNames);
  const tables = await names(database, database.sql.tableNames);
  const applied = tables.has(migrationsTable)
    ? (
        await database.values(`SELECT ${database.sql.expression.asText('name')} FROM ${migrationsTable} ORDER BY id`)
      ).map(String)
    : [];
  return {
    tables,
    indexes: await names(database, database.sql.indexNames),
    missingColumns: kinesColumns.filter((column) => !columns.has(column)),
    isTines: tinesColumns.every((column) => columns.has(column)) && tables.has('kine_current'),
    unknownMigrations: applied.filter((name) => !migrations.some((migration) => migration.name === name)),
    missingMigrations: migrations.map(({ name }) => name).filter((name) => !applied.includes(name)),
  };
}

/**
 * @throws StartError if neither kine nor tine wrote the database, or if a newer tine wrote it,
 * whose version must do the work. `doing`: the verb for the advice.
 */
export function requireKnown(
  database: OfflineDatabase,
  { missingColumns, unknownMigrations }: TableFacts,
  doing: string,
) {
  if (missingColumns.length > 0) {
    throw new StartError(
      `${database.name}: table kine lacks ${missingColumns.join(', ')}; neither tine nor kine wrote it`,
    );
  }
  if (unknownMigrations.length > 0) {
    throw new StartError(
      `${database.name} was written by a newer tine (it has ${unknownMigrations[0]}); ${doing} it with that version`,
    );
  }
}

/**
 * The id up to which history is compacted. 0 before the first compaction. If the mark is lost, the
 * id that tine has recorded.
 */
export async function compactedId(database: OfflineDatabase): Promise<number> {
  const mark = await database.value(`SELECT MAX(prev_revision) FROM kine WHERE name = '${compactMarkName}'`);
  if (typeof mark === 'number') return mark;
  const { tables } = await tableFacts(database);
  return tables.has('tine_state') ? ((await stateOf(database, 'compacted_id')) ?? 0) : 0;
}

/** A number that tine has stored under a name. Undefined: it was never stored. */
export async function stateOf(database: OfflineDatabase, name: string): Promise<number | undefined> {
  const found = await database.value(`SELECT value FROM tine_state WHERE name = '${name}'`);
  return found === undefined ? undefined : numberOf(found);
}

/** A count or an id. NULL, the maximum of no rows, is 0. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

async function names(database: OfflineDatabase, query: string): Promise<ReadonlySet<string>> {
  return new Set((await database.values(query)).map(String));
}
