/** What is in a database that may be kine's, tine's, or nobody's. */
import { kinesColumns, migrations, migrationsTable } from '../../migrations/migrations.ts';
import type { OfflineDatabase } from '../drivers/offline.ts';
import { StartError } from '../errors.ts';
import { compactMarkName } from '../sql/key-text.ts';

/** Columns that tine adds. */
const tinesColumns = ['version', 'lease_id', 'revision'] as const;

export interface TableFacts {
  readonly tables: ReadonlySet<string>;
  readonly indexes: ReadonlySet<string>;
  /** Columns of kine's that table `kine` lacks; all of them when there is no such table. */
  readonly missingColumns: readonly string[];
  /** Whether tine's columns and tables are there too. */
  readonly isTines: boolean;
  /** Migrations in the database that this version does not know. */
  readonly unknownMigrations: readonly string[];
  /** Migrations of this version that the database lacks. */
  readonly missingMigrations: readonly string[];
}

/** Reads which tables, columns and indexes there are. */
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

/** @throws StartError when the database is nobody's, or a newer tine's, which `doing` must be left to. */
export function requireKnown(
  database: OfflineDatabase,
  { missingColumns, unknownMigrations }: TableFacts,
  doing: string,
) {
  if (missingColumns.length > 0) {
    throw new StartError(
      `${database.name}: table kine lacks ${missingColumns.join(', ')}; neither tine nor kine wrote this`,
    );
  }
  if (unknownMigrations.length > 0) {
    throw new StartError(
      `${database.name} was written by a newer tine (it has ${unknownMigrations[0]}); ${doing} it with that version`,
    );
  }
}

/** The id up to which history is compacted; 0 before the first time. Where the mark is lost: up to which tine knows that it is. */
export async function compactedId(database: OfflineDatabase): Promise<number> {
  const mark = await database.value(`SELECT MAX(prev_revision) FROM kine WHERE name = '${compactMarkName}'`);
  if (typeof mark === 'number') return mark;
  const { tables } = await tableFacts(database);
  return tables.has('tine_state') ? ((await stateOf(database, 'compacted_id')) ?? 0) : 0;
}

/** A number that tine remembers by a name; undefined: it remembers none. */
export async function stateOf(database: OfflineDatabase, name: string): Promise<number | undefined> {
  const found = await database.value(`SELECT value FROM tine_state WHERE name = '${name}'`);
  return found === undefined ? undefined : numberOf(found);
}

/** A count or an id; NULL, the greatest of nothing, is 0. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

async function names(database: OfflineDatabase, query: string): Promise<ReadonlySet<string>> {
  return new Set((await database.values(query)).map(String));
}
