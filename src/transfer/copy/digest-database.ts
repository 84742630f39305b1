/** Computes the digest of the keys of a database. */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { query, rowsOf } from '../../mvcc/program.ts';
import { clientsMark } from '../../mvcc/start-up/take-over.ts';
import { clientsCompactMarkText, keyText } from '../../sql/key-text.ts';
import {
  KEY_SIZES_AFTER,
  LIVE_KEYS_AFTER,
  type LiveRow,
  liveRows,
  type Owner,
  SIZES_AFTER,
} from '../../sql/statements/copy-statements.ts';
import { kinesClientsMarkName } from '../../sql/statements/take-over-statements.ts';
import { numberOf } from '../table-facts.ts';
import { comparedKey, type Digest, KeyHash, type LiveKey } from './digest.ts';
import { pageEnd } from './pages.ts';
import type { Progress } from './progress.ts';

/** Which names of rows are tine's: in a table of tine the ones up to an id. */
export interface Names {
  readonly owner: Owner;
  readonly takenOverThroughId: number;
}

/**
 * The digest of all keys in the order of their newest rows, read from the table itself, whichever
 * program wrote it.
 */
export async function digestOf(database: OfflineDatabase, names: Names, progress: Progress): Promise<Digest> {
  const hash = new KeyHash();
  const newestId = numberOf(await database.value('SELECT MAX(id) FROM kine'));
  for (let lastId = 0; ; ) {
    const endId = await pageEnd(database, SIZES_AFTER, lastId);
    if (endId === undefined) return hash.digest();
    for (const row of await database.run(rowsOf(query(liveRows(names.owner), lastId, endId))))
      hash.add(liveKey(row, names));
    lastId = endId;
    progress.update(`ids of ${database.name} compared`, endId, newestId);
  }
}

/**
 * The digest of all keys in key order, read through the index of newest rows. The keys came from
 * this source.
 */
export async function digestByKey(
  database: OfflineDatabase,
  source: { readonly isKine: boolean },
  progress: Progress,
): Promise<Digest> {
  const hash = new KeyHash();
  let keyCount = 0;
  for (let last = ''; ; ) {
    const end = await pageEnd(database, KEY_SIZES_AFTER, last);
    if (end === undefined) return hash.digest();
    const page = await database.run(rowsOf(query(LIVE_KEYS_AFTER, last, end)));
    for (const { value, ...rest } of page) {
      hash.add(comparedKey({ ...rest, value: value ?? new Uint8Array(0) }, source));
    }
    last = end;
    keyCount += page.length;
    progress.update(`keys of ${database.name} compared`, keyCount);
  }
}

function liveKey(row: LiveRow, { takenOverThroughId }: Names): LiveKey {
  const { id, key, modRevision, createRevision, version, value: kept, ownVersion } = row;
  const value = kept ?? new Uint8Array(0);
  const name = key.toString('latin1');
  // A row without a version is kine's. Its name is the bytes of the key until tine takes it over.
  if (ownVersion !== null || id <= takenOverThroughId) return { name, modRevision, createRevision, version, value };
  if (name !== kinesClientsMarkName) return { name: keyText(key), modRevision, createRevision, version, value };
  const mark = clientsMark(value);
  return {
    name: clientsCompactMarkText,
    modRevision,
    createRevision,
    version: mark.version ?? version,
    value: mark.value,
  };
}
