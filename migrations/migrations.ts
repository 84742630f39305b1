/**
 * All migrations in order. A new change is a new file and a line here, and its result in
 * sqlite-schema.ts. The steps of a released file are never changed.
 */
import type { Knex } from 'knex';
import * as table from './001-table.ts';
import * as auth from './002-auth.ts';
import * as tokenSecret from './003-token-secret.ts';
import * as subRevision from './004-sub-revision.ts';
import type { SchemaWords } from './words.ts';

export interface Migration {
  readonly name: string;
  up(knex: Knex, words: SchemaWords): Promise<void>;
}

export const migrations: readonly Migration[] = [table, auth, tokenSecret, subRevision];

/** The table in which knex records the applied migrations. */
export const migrationsTable = 'tine_migrations';

/** The migrations in the form that knex needs. */
export function migrationSource(words: SchemaWords): Knex.MigrationSource<Migration> {
  return {
    getMigrations: async () => [...migrations],
    getMigrationName: (migration) => migration.name,
    getMigration: async (migration) => ({ up: (knex) => migration.up(knex, words), down: async () => {} }),
  };
}

/**
 * The first applied migration that this version does not have; a newer tine applied it. Undefined:
 * this version has all of them.
 */
export function unknownMigration(applied: readonly string[]): string | undefined {
  return applied.find((name) => !migrations.some((migration) => migration.name === name));
}

/** The columns that every version of kine has in its table. */
export const kinesColumns = [
  'id',
  'name',
  'created',
  'deleted',
  'create_revision',
  'prev_revision',
  'lease',
  'value',
  'old_value',
] as const;
