/** A database of tine as the target. It is locked, and served only when the copy is complete. */
import type { LockedDatabase, OfflineDatabase } from '../../drivers/offline.ts';
import { AssertionError, StartError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { headProgram } from '../../mvcc/head.ts';
import type { LeaseId } from '../../mvcc/ids.ts';
import type { DeleteOperation, PutOperation, WriteOperation } from '../../mvcc/operations.ts';
import { change, insertEach, listQuery, rowsOf } from '../../mvcc/program.ts';
import { writeBatch } from '../../mvcc/writes/write-batch.ts';
import { keyText } from '../../sql/key-text.ts';
import { gapRow, kinesTtlSecondsMax } from '../../sql/rows/kine-rows.ts';
import { copyNames } from '../../sql/statements/copy-statements.ts';
import { NEWEST_ROWS } from '../../sql/statements/read-statements.ts';
import { DELETE_LEASE, INSERT_LEASES, INSERT_ROWS } from '../../sql/statements/write-statements.ts';
import { type Event, EventType } from '../../wire/generated/mvccpb/kv.ts';
import { comparedKey, type Digest, KeyHash, type LiveKey } from '../copy/digest.ts';
import { digestByKey } from '../copy/digest-database.ts';
import type { EtcdKeys } from '../copy/etcd-keys.ts';
import type { Progress } from '../copy/progress.ts';
import { forgetCopy, type KeyPlace, refuseLongKey, storeState } from '../copy/target.ts';
import { numberOf } from '../table-facts.ts';
import type { FollowTarget } from './follow-target.ts';
import { valueBytes } from './read-ahead.ts';
import { type GrantedLease, grantedLeases, newLeases } from './source-leases.ts';
import type { SourceRevision } from './source-revisions.ts';

/** Gaps that are inserted by one statement, and names that are read by one. */
const rowsMax = 500;

export class DatabaseTarget implements FollowTarget {
  readonly name: string;
  readonly #locked: LockedDatabase;
  readonly #source: EtcdKeys;
  readonly #place: KeyPlace;
  readonly #leases: Set<bigint>;
  #revision: number;

  private constructor(locked: LockedDatabase, source: EtcdKeys, place: KeyPlace, found: Found) {
    this.name = found.name;
    this.#locked = locked;
    this.#source = source;
    this.#place = place;
    this.#leases = new Set(found.leases);
    this.#revision = found.revision;
  }

  /** Opens a target into which the keys of the source were copied. */
  static async open(locked: LockedDatabase, source: EtcdKeys, place: KeyPlace): Promise<DatabaseTarget> {
    return new DatabaseTarget(locked, source, place, await locked.transaction(find));
  }

  get revision(): number {
    return this.#revision;
  }

  async append(page: readonly SourceRevision[]): Promise<void> {
    for (const part of batches(page)) await this.#appendBatch(part);
  }

  reach(revision: number): Promise<void> {
    return this.#write(revision, (tx) => fillGap(tx, { after: this.#revision, through: revision }));
  }

  async alignLeases(): Promise<void> {
    if (this.#source.isKine) return;
    const ids = new Set(await this.#source.client.leases());
    const missing = [...ids].filter((id) => !this.#leases.has(id));
    const granted = await grantedLeases(this.#source.client, missing);
    await this.#locked.transaction(async (tx) => {
      const used = new Set((await tx.values(leasesOfKeys(tx))).map((id) => BigInt(String(id))));
      for (const id of this.#leases) {
        if (ids.has(id) || used.has(id)) continue;
        await tx.run(change(DELETE_LEASE, id));
        this.#leases.delete(id);
      }
      // A start of tine begins the TTL again.
      const rows = granted.map((lease) => ({ ...lease, expiresAtMs: Date.now() + lease.ttlSeconds * 1000 }));
      await tx.run(insertEach(INSERT_LEASES, rows));
    });
    for (const { id } of granted) this.#leases.add(id);
  }

  keyCount(): Promise<number> {
    return this.#locked.transaction(async (tx) => numberOf(await tx.value('SELECT COUNT(*) FROM kine_current')));
  }

  digest(progress: Progress): Promise<Digest> {
    return this.#locked.transaction((tx) => digestByKey(tx, this.#source, progress));
  }

  digestOf(names: readonly string[]): Promise<Digest> {
    return this.#locked.transaction(async (tx) => {
      const hash = new KeyHash();
      for (let start = 0; start < names.length; start += rowsMax) {
        const some = names.slice(start, start + rowsMax);
        const found = await keysNamed(tx, some);
        for (const name of some) {
          const key = found.get(name);
          if (key !== undefined) hash.add(comparedKey(key, this.#source));
        }
      }
      return hash.digest();
    });
  }

  /** History before the first copy was not copied. */
  async compareHistory(): Promise<'unknown'> {
    return 'unknown';
  }

  complete(): Promise<void> {
    return this.#locked.transaction(async (tx) => {
      for (const statement of tx.sql.setSequence) await tx.change(statement);
      await forgetCopy(tx);
    });
  }

  async #appendBatch(part: readonly SourceRevision[]): Promise<void> {
    const last = part.at(-1);
    if (last === undefined) return;
    const leases = await this.#leasesFor(part);
    await this.#write(last.revision, async (tx) => {
      const grants = leases.map((lease) => ({ kind: 'leaseGrant', ...lease, id: lease.id as LeaseId }) as const);
      await write(tx, grants);
      let revision = this.#revision;
      for (const run of runsWithoutGap(part)) {
        await fillGap(tx, { after: revision, through: run.first - 1 });
        await write(tx, run.operations({ ...this.#place, isKine: this.#source.isKine }));
        revision = run.last;
      }
    });
    for (const { id } of leases) this.#leases.add(id);
  }

  #leasesFor(part: readonly SourceRevision[]): Promise<readonly GrantedLease[]> | readonly GrantedLease[] {
    return this.#source.isKine ? kinesLeases(part) : grantedLeases(this.#source.client, newLeases(part, this.#leases));
  }

  /** Writes in one transaction, after which the target has a revision. */
  async #write(revision: number, work: (tx: OfflineDatabase) => Promise<void>): Promise<void> {
    await this.#locked.transaction(async (tx) => {
      await work(tx);
      const head = await tx.run(headProgram());
      if (head.revision !== revision) {
        throw new StartError(
          `${this.name}: it is at revision ${head.revision} instead of ${revision}: it does not have the keys of its source; drop it and start again`,
        );
      }
      await storeState(tx, copyNames.revision, revision);
    });
    this.#revision = revision;
  }
}

/** What the target has at the beginning. */
interface Found {
  readonly name: string;
  readonly revision: number;
  readonly leases: readonly bigint[];
}

async function find(tx: OfflineDatabase): Promise<Found> {
  const leases = await tx.values(`SELECT ${tx.sql.expression.asText('id')} FROM tine_lease`);
  const { revision } = await tx.run(headProgram());
  return { name: tx.name, revision, leases: leases.map((id) => BigInt(String(id))) };
}

const leasesOfKeys = ({ sql }: OfflineDatabase): string =>
  `SELECT DISTINCT ${sql.expression.asText('lease_id')} FROM kine_current WHERE lease_id IS NOT NULL`;

async function keysNamed(tx: OfflineDatabase, names: readonly string[]): Promise<ReadonlyMap<string, LiveKey>> {
  const list = names.map((name) => [name] as const);
  const found = await tx.run(rowsOf(listQuery(NEWEST_ROWS, list)));
  const keys = new Map<string, LiveKey>();
  for (const { keyValue } of found) {
    if (keyValue !== undefined) keys.set(keyValue.name, { ...keyValue, value: keyValue.value ?? new Uint8Array(0) });
  }
  return keys;
}

/** Splits a page into parts that are each a batch of writes. */
function* batches(page: readonly SourceRevision[]): Generator<readonly SourceRevision[]> {
  let part: SourceRevision[] = [];
  let bytes = 0;
  for (const each of page) {
    part.push(each);
    bytes += valueBytes(each.events);
    if (part.length < limits.writeBatchCountMax && bytes < limits.writeBatchBytesMax) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  yield part;
}

/** Revisions that follow each other without a gap. */
class Run {
  readonly first: number;
  readonly #revisions: SourceRevision[];

  constructor(first: SourceRevision) {
    this.first = first.revision;
    this.#revisions = [first];
  }

  get last(): number {
    return this.first + this.#revisions.length - 1;
  }

  add(next: SourceRevision): void {
    this.#revisions.push(next);
  }

  /** One operation for each revision. */
  operations(sides: Sides): readonly WriteOperation[] {
    return this.#revisions.map(({ events }) => ({
      kind: 'txn',
      compares: [],
      success: events.map((event) => step(event, sides)),
      failure: [],
    }));
  }
}

function runsWithoutGap(part: readonly SourceRevision[]): readonly Run[] {
  const runs: Run[] = [];
  for (const each of part) {
    const run = runs.at(-1);
    if (run?.last === each.revision - 1) run.add(each);
    else runs.push(new Run(each));
  }
  return runs;
}

/** The target, and the kind of the source. */
interface Sides extends KeyPlace {
  readonly isKine: boolean;
}

function step({ type, kv }: Event, { isKine, ...place }: Sides): PutOperation | DeleteOperation {
  if (kv === undefined) throw new AssertionError('an event has a key');
  const key = keyText(kv.key);
  refuseLongKey(key, place);
  if (type === EventType.DELETE) return { kind: 'delete', keys: { one: key }, previous: false };
  const lease = isKine && kv.lease !== 0n ? BigInt(kv.modRevision) : kv.lease;
  const options = { previous: false, ignoreValue: false, ignoreLease: false };
  return { kind: 'put', key, value: kv.value, lease: lease as LeaseId, ...options };
}

/** kine has a TTL at each key instead of leases. The id of the lease is the revision of the key. */
function kinesLeases(part: readonly SourceRevision[]): readonly GrantedLease[] {
  return part
    .flatMap(({ events }) => events)
    .flatMap(({ kv }) =>
      kv === undefined || kv.lease === 0n
        ? []
        : [{ id: BigInt(kv.modRevision), ttlSeconds: Math.min(Number(kv.lease), kinesTtlSecondsMax) }],
    );
}

/** Each batch executes as many operations as its bounds allow, and the next one the rest. */
async function write(tx: OfflineDatabase, operations: readonly WriteOperation[]): Promise<void> {
  let rest = operations;
  while (rest.length > 0) {
    const { outcomes } = await tx.run(writeBatch(rest, { withEvents: false, leaseNowMs: Date.now }));
    const failed = outcomes.find((outcome) => 'error' in outcome);
    if (failed !== undefined) throw new AssertionError(`a copied revision was refused: ${JSON.stringify(failed)}`);
    rest = rest.slice(outcomes.length);
  }
}

/** Inserts a gap for each revision of an interval, without its first. */
async function fillGap(
  tx: OfflineDatabase,
  { after, through }: { readonly after: number; readonly through: number },
): Promise<void> {
  if (through <= after) return;
  const { id } = await tx.run(headProgram());
  for (let start = after; start < through; start += rowsMax) {
    const count = Math.min(rowsMax, through - start);
    const gaps = Array.from({ length: count }, (_, index) => {
      const offset = start - after + index + 1;
      return gapRow({ id: id + offset, revision: after + offset });
    });
    await tx.run(insertEach(INSERT_ROWS, gaps));
  }
}
