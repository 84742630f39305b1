import type { TestContext } from 'node:test';
import { parseDsn } from '../../src/config/database/database-dsn.ts';
import { lockedTransaction, type OfflineAccess, type OfflineDatabase } from '../../src/drivers/offline.ts';
import { offlineAccess } from '../../src/drivers/open-offline.ts';
import { limits } from '../../src/limits.ts';
import type { LeaseId, Revision } from '../../src/mvcc/ids.ts';
import type { WriteOperation } from '../../src/mvcc/operations.ts';
import { takeOver } from '../../src/mvcc/start-up/take-over.ts';
import { writeBatch } from '../../src/mvcc/writes/write-batch.ts';
import { keyText } from '../../src/sql/key-text.ts';
import type { Shape, Values } from '../../src/sql/statement.ts';
import { releaseToKine } from '../../src/transfer/release-to-kine.ts';
import { type Driver, EtcdClient, runTine, Server, type TineResult, temporaryDirectory } from '../support/index.ts';
import type { KineRow } from '../support/kine-file.ts';

/**
 * A database for one test, on one of the databases that tine supports. It is removed after the
 * test.
 */
export interface TestDatabase {
  readonly driver: Driver;
  readonly dataDirectory: string;
  /** The value for `--endpoint`. */
  readonly endpoint: string;
  readonly access: OfflineAccess;
}

export async function testDatabase(context: TestContext, driver: Driver): Promise<TestDatabase> {
  const dataDirectory = temporaryDirectory();
  context.after(() => driver.dropStorage(dataDirectory));
  const [, endpoint = ''] = driver.storageArguments(dataDirectory);
  return { driver, dataDirectory, endpoint, access: await offlineAccess(parseDsn(endpoint).dsn) };
}

/** Makes the tables and writes rows as a server would, without a server. */
export async function writeTineDatabase(
  { access }: TestDatabase,
  operations: readonly WriteOperation[],
): Promise<void> {
  await access.prepare();
  await lockedTransaction(access, async (own) => {
    await own.run(takeOver(0));
    let rest = operations;
    while (rest.length > 0) {
      const { outcomes } = await own.run(writeBatch(rest, { withEvents: false, leaseNowMs: Date.now }));
      rest = rest.slice(outcomes.length);
    }
  });
}

export function put(key: string, value: string, lease = 0n): WriteOperation {
  const options = { previous: false, ignoreValue: false, ignoreLease: false };
  return {
    kind: 'put',
    key: keyText(Buffer.from(key)),
    value: Buffer.from(value),
    lease: lease as LeaseId,
    ...options,
  };
}

export function remove(key: string): WriteOperation {
  return { kind: 'delete', keys: { one: keyText(Buffer.from(key)) }, previous: false };
}

export function grant(id: bigint, ttlSeconds: number): WriteOperation {
  return { kind: 'leaseGrant', id: id as LeaseId, ttlSeconds };
}

export function compact(revision: number): readonly WriteOperation[] {
  return [
    { kind: 'compact', revision: revision as Revision },
    { kind: 'compactChunk', nowMs: Date.now(), idsMax: limits.compactChunkIdsMax },
  ];
}

/** Runs a command of tine on the database. */
export function tine(command: 'check' | 'release' | 'repair', { endpoint }: TestDatabase): TineResult {
  return runTine([command, endpoint]);
}

/** Serves the database with tine or kine while `use` runs. */
export async function serving<Result>(
  database: TestDatabase,
  use: (client: EtcdClient) => Promise<Result>,
  options: { readonly kind?: 'tine' | 'kine'; readonly arguments?: readonly string[] } = {},
): Promise<Result> {
  const { driver, dataDirectory } = database;
  const server = await Server.start({
    driver: { ...driver, kind: options.kind ?? 'tine' },
    dataDirectory,
    arguments: options.arguments ?? [],
  });
  const client = new EtcdClient(server.address);
  try {
    return await use(client);
  } finally {
    client.close();
    await server.stop();
    await server.remove();
  }
}

/** Runs statements, as an accident or another program would. */
export function tamper({ access }: TestDatabase, statements: readonly string[]): Promise<void> {
  return lockedTransaction(access, async (database) => {
    for (const statement of statements) await database.change(statement);
  });
}

const asItComes: Shape<Values> = { columns: {}, decode: (row) => row };

export function rowsOf({ access }: TestDatabase, sql: string): Promise<readonly Values[]> {
  return access.readSnapshot((database) => database.rows(asItComes, sql));
}

/** A text as bytes, in the SQL of each database. */
export function bytes(driver: Driver, text: string): string {
  const hex = Buffer.from(text).toString('hex');
  return driver.dialect === 'postgres' ? `'\\x${hex}'::bytea` : `X'${hex}'`;
}

/** The former column types of the table kine. */
const oldTypes: Readonly<Record<string, readonly string[]>> = {
  sqlite: [],
  postgres: [
    'ALTER TABLE kine ALTER COLUMN id TYPE integer, ALTER COLUMN create_revision TYPE integer, ALTER COLUMN prev_revision TYPE integer, ALTER COLUMN name TYPE varchar(630) COLLATE "en-x-icu"',
    'ALTER SEQUENCE kine_id_seq AS integer',
  ],
  mysql: [
    'ALTER TABLE kine MODIFY id INTEGER AUTO_INCREMENT, MODIFY create_revision INTEGER, MODIFY prev_revision INTEGER, MODIFY name VARCHAR(630) CHARACTER SET ascii',
  ],
};

/** The column types that kine uses today, where tine leaves other types behind. */
const newTypes: Readonly<Record<string, readonly string[]>> = {
  sqlite: [],
  postgres: [],
  mysql: ['ALTER TABLE kine MODIFY name VARCHAR(630) CHARACTER SET ascii'],
};

/** Makes the database with kine's table and these rows. */
export async function writeKineDatabase(
  database: TestDatabase,
  rows: readonly KineRow[],
  types: 'old' | 'new' = 'new',
): Promise<void> {
  const { access, driver } = database;
  await access.prepare();
  await lockedTransaction(access, releaseToKine);
  await tamper(database, [
    ...['version', 'lease_id', 'revision'].map((column) => `ALTER TABLE kine DROP COLUMN ${column}`),
    ...((types === 'old' ? oldTypes : newTypes)[driver.dialect ?? ''] ?? []),
    'DELETE FROM kine',
  ]);
  await lockedTransaction(access, async (own) => {
    await insertKineRows(own, driver, rows);
    for (const statement of own.sql.setSequence) await own.change(statement);
  });
}

/** kine writes no version. */
export async function insertKineRows(own: OfflineDatabase, driver: Driver, rows: readonly KineRow[]): Promise<void> {
  const value = (text: string | null | undefined) =>
    text === null || text === undefined ? 'NULL' : bytes(driver, text);
  for (const row of rows) {
    await own.change(
      `INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, old_value)
      VALUES (${row.id}, ${own.sql.parameter.text}, ${row.created ?? 0}, ${row.deleted ?? 0}, ${row.create_revision ?? 0},
        ${row.prev_revision ?? 0}, ${row.lease ?? 0}, ${value(row.value)}, ${value(row.old_value)})`,
      row.name,
    );
  }
}
