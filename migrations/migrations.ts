/** All migrations in order. A new change is a new file and a line here; a file that was released is never edited. */
import type { Knex } from 'knex';
import * as table from './001-table.ts';

export interface Migration {
  readonly name: string;
  up(knex: Knex): Promise<void>;
}

export const migrations: readonly Migration[] = [table];
