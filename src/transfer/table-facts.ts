/** What is in a file that may be kine's, tine's, or nobody's. */
import { kinesColumns, migrations, migrationsTable } from '../../migrations/migrations.ts';
import type { OfflineFile } from '../drivers/sqlite/offline-file.ts';
import { compactMarkName } from '../sql/key-text.ts';

/** Columns that tine adds. */
const tinesColumns = ['version', 'lease_id', 'revision'] as const;

export interface TableFacts {
  /** Columns of kine's that table `kine` lacks; all of them when there is no such table. */
  readonly missingColumns: readonly string[];
  /** Whether tine's columns and tables are there too. */
  readonly isTines: boolean;
  /** Migrations in the file that this version does not know. */
  readonly unknownMigrations: readonly string[];
}

/** Reads which tables and columns there are. */
export function tableFacts(file: OfflineFile): TableFacts {
  const columns = new Set(file.rows("SELECT name FROM pragma_table_info('kine')").map(([name]) => name));
  const applied = hasTable(file, migrationsTable)
    ? file.rows(`SELECT name FROM ${migrationsTable} ORDER BY id`).map(([name]) => String(name))
    : [];
  return {
    missingColumns: kinesColumns.filter((column) => !columns.has(column)),
    isTines: tinesColumns.every((column) => columns.has(column)) && hasTable(file, 'kine_current'),
    unknownMigrations: applied.filter((name) => !migrations.some((migration) => migration.name === name)),
  };
}

/** The id up to which history is compacted; 0 before the first time. */
export function compactedId(file: OfflineFile): number {
  const mark = file.rows('SELECT MAX(prev_revision) FROM kine WHERE name = ?', compactMarkName);
  return numberOf(mark[0]?.[0]);
}

export function hasTable(file: OfflineFile, name: string): boolean {
  return file.rows("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", name).length > 0;
}

/** A count or an id; NULL, the greatest of nothing, is 0. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
