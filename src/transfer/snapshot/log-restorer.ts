/**
 * Inserts the log of a snapshot into table `kine`, page by page. The rows that a page replaces are
 * read from the table.
 */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { StartError } from '../../errors.ts';
import { insertEach, listQuery, rawRows, rowsOf } from '../../mvcc/program.ts';
import { keyText } from '../../sql/key-text.ts';
import { gapRow, putRow, tombstoneRow } from '../../sql/rows/kine-rows.ts';
import type { KineRow } from '../../sql/rows/kine-table.ts';
import { newestByName } from '../../sql/rows/newest-row.ts';
import { LEASES_BY_ID, NEWEST_ROWS_WITHOUT_VALUE } from '../../sql/statements/read-statements.ts';
import { INSERT_ROWS } from '../../sql/statements/write-statements.ts';
import { crc32c } from '../../wire/crc32c.ts';
import type { Progress } from '../copy/progress.ts';
import type { StoredRow } from './backend-file.ts';
import type { SnapshotSummary } from './inspect.ts';

/**
 * Rows of a page, and bytes of their values. As a statement it is twice as long, which every server
 * accepts.
 */
const pageRowsMax = 1000;
const pageBytesMax = 1024 * 1024;

/**
 * The id that an update names as the replaced row if compaction has deleted that row. No row has
 * this id.
 */
const deletedId = 2;

/** The id of the compaction mark: no row of etcd has revision 1. */
export const markRowId = 1;

interface Named {
  readonly row: StoredRow;
  readonly name: string;
}

export class LogRestorer {
  readonly #tx: OfflineDatabase;
  readonly #summary: SnapshotSummary;
  #lastId: number;
  /** The last id at or below the compaction mark. */
  #oldId: number;
  #lastRevision = 1;
  #rowCount = 0;
  #hash = 0;

  constructor(tx: OfflineDatabase, summary: SnapshotSummary) {
    this.#tx = tx;
    this.#summary = summary;
    // Without a compaction every replaced row is in the snapshot.
    this.#lastId = summary.compactRevision < 0 ? markRowId : deletedId;
    this.#oldId = this.#lastId;
  }

  /** CRC-32C of the rows of the store, as they are in the file. */
  get hash(): number {
    return this.#hash;
  }

  async restore(rows: Iterable<StoredRow>, progress: Progress): Promise<void> {
    let page: Named[] = [];
    let bytes = 0;
    for (const row of rows) {
      // A row without a key: etcdutl raises the revision with it, and etcd then deletes it.
      if (row.keyValue.key.length === 0) continue;
      page.push({ row, name: keyText(row.keyValue.key) });
      bytes += row.valueBytes.length;
      if (page.length < pageRowsMax && bytes < pageBytesMax) continue;
      await this.#insert(page);
      progress.update('rows restored', this.#rowCount, this.#summary.rowCount);
      page = [];
      bytes = 0;
    }
    await this.#insert(page);
  }

  /**
   * Makes the newest row hold the store's revision. If the last row is older, it inserts a gap row,
   * which clients never see.
   */
  async finish(end: {
    readonly revision: number;
    readonly compactRevision: number;
  }): Promise<{ readonly newestId: number; readonly markId: number }> {
    const { revision, compactRevision } = end;
    if (this.#lastRevision < revision) {
      const id = this.#nextId(revision);
      await this.#tx.run(insertEach(INSERT_ROWS, [gapRow({ id, revision })]));
    }
    const newestId = this.#lastRevision === 1 ? markRowId : this.#lastId;
    if (compactRevision <= 0) return { newestId, markId: 0 };
    return { newestId, markId: compactRevision === revision ? newestId : Math.max(this.#oldId, compactRevision) };
  }

  async #insert(page: readonly Named[]): Promise<void> {
    if (page.length === 0) return;
    const known = newestByName(
      await this.#tx.run(
        rawRows(
          listQuery(
            NEWEST_ROWS_WITHOUT_VALUE,
            [...new Set(page.map(({ name }) => name))].map((name) => [name]),
          ),
        ),
      ),
    );
    const replaced = new Map([...known].map(([name, { id }]) => [name, id]));
    const ttls = await this.#ttlsOf(page);
    const rows = page.flatMap(({ row, name }) => {
      const restored = this.#restored(row, { name, replacedId: replaced.get(name) ?? 0, ttls });
      if (restored === undefined) return [];
      replaced.set(name, restored.id);
      return [restored];
    });
    await this.#tx.run(insertEach(INSERT_ROWS, rows));
    this.#rowCount += page.length;
  }

  /** The row of table `kine`. Undefined: compaction has deleted this row. */
  #restored(
    row: StoredRow,
    { name, replacedId, ttls }: { readonly name: string; readonly replacedId: number; readonly ttls: Ttls },
  ): KineRow | undefined {
    const { revision, subRevision, isTombstone, keyValue } = row;
    const isOld = revision <= this.#summary.compactRevision;
    // etcd keeps a tombstone at the mark itself, and ignores it. If the source has not finished the
    // compaction, a tombstone may replace a row that still exists: both are deleted at the end.
    if (isTombstone && isOld && replacedId === 0) return undefined;
    const id = this.#nextId(revision);
    if (isOld) this.#oldId = id;
    // The tombstone of a key that never existed holds a revision, and is not the write of a client.
    const isGap = isTombstone && replacedId === 0;
    if (!isGap) this.#hash = crc32c(row.valueBytes, crc32c(row.keyBytes, this.#hash));
    const isCreation = !isTombstone && keyValue.createRevision === revision;
    if (!isOld && !isTombstone && !isCreation && replacedId === 0) {
      throw new StartError(`revision ${revision} of the snapshot updates a key that it does not have`);
    }
    if (isTombstone) return tombstoneRow({ id, revision, subRevision, name, replacedId });
    return putRow({
      id,
      revision,
      subRevision,
      name,
      replacedId: replacedId === 0 && !isCreation ? deletedId : replacedId,
      createRevision: isCreation ? undefined : keyValue.createRevision,
      version: keyValue.version,
      value: keyValue.value,
      lease: { id: keyValue.lease, ttlSeconds: ttls.get(keyValue.lease) ?? 0 },
    });
  }

  /**
   * The next id. An id equals the revision, unless earlier transactions with several keys have
   * taken ids beyond it.
   */
  #nextId(revision: number): number {
    this.#lastId = Math.max(this.#lastId + 1, revision);
    this.#lastRevision = revision;
    return this.#lastId;
  }

  async #ttlsOf(page: readonly Named[]): Promise<Ttls> {
    const ids = new Set(page.map(({ row }) => row.keyValue.lease));
    ids.delete(0n);
    const found = await this.#tx.run(
      rowsOf(
        listQuery(
          LEASES_BY_ID,
          [...ids].map((id) => [id]),
        ),
      ),
    );
    return new Map(found.map(({ id, ttlSeconds }) => [id, ttlSeconds]));
  }
}

/** TTLs in seconds, by lease. */
type Ttls = ReadonlyMap<bigint, number>;
