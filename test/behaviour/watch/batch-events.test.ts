import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../../src/limits.ts';
import type { LeaseId } from '../../../src/mvcc/ids.ts';
import type { TxnStep, WriteOperation } from '../../../src/mvcc/operations.ts';
import { eventsAfter, eventsOfKeys, unpackEvents } from '../../../src/mvcc/reads/events.ts';
import { takeOver } from '../../../src/mvcc/start-up/take-over.ts';
import { writeBatch } from '../../../src/mvcc/writes/write-batch.ts';
import { endOfKeys, keyText } from '../../../src/sql/key-text.ts';
import { Random } from '../../parity/random.ts';
import { TINE_DRIVERS } from '../../support/index.ts';
import { compact, grant, put, remove, testDatabase } from '../../transfer/databases.ts';

const seed = Number(process.env.TINE_TEST_SEED ?? Date.now() % 1_000_000_000);
const batchCount = 60;
const leases = [7n, 8n];
const keys = ['/a', '/b', '/c', '/d', '/not ascii \u00e9'];

/**
 * Operations of a batch. After an operation whose previous values are not read, the batch returns
 * no events.
 */
function drawOperation(random: Random): { readonly operation: WriteOperation; readonly isKnown: boolean } {
  const key = random.pick(keys);
  const known = (operation: WriteOperation) => ({ operation, isKnown: true });
  return random.weighted<() => { operation: WriteOperation; isKnown: boolean }>([
    [8, () => known(put(key, `value ${random.below(1_000)}`, random.chance(30) ? random.pick(leases) : 0n))],
    [1, () => known(put(key, ''))],
    [3, () => known(remove(key))],
    [2, () => known({ kind: 'delete', keys: interval(key), previous: true })],
    [1, () => ({ operation: { kind: 'delete', keys: interval(key), previous: false }, isKnown: false })],
    [3, () => known(drawTransaction(random))],
    [1, () => ({ operation: { kind: 'leaseRevoke', id: random.pick(leases) as LeaseId }, isKnown: false })],
    [2, () => known(grant(random.pick(leases), 60))],
  ])();
}

function drawTransaction(random: Random): WriteOperation {
  const step = (): TxnStep => {
    const key = random.pick(keys);
    const step = random.chance(70) ? put(key, `in a transaction ${random.below(1_000)}`) : remove(key);
    return step as TxnStep;
  };
  return {
    kind: 'txn',
    compares: [
      { keys: { one: keyText(Buffer.from(random.pick(keys))) }, result: 'greater', target: 'version', number: 1 },
    ],
    success: [step(), { kind: 'txn', compares: [], success: [step(), step()], failure: [] }],
    failure: [step()],
  };
}

function interval(from: string) {
  return { start: keyText(Buffer.from(from)), end: endOfKeys };
}

for (const driver of TINE_DRIVERS) {
  test(`${driver.name}: the events that a batch returns equal the events in the log (seed ${seed})`, async (context) => {
    const { access } = await testDatabase(context, driver);
    const random = new Random(seed);
    let eventCount = 0;
    await access.prepare();
    await access.whileLocked(async (owned) => {
      await owned.transaction((own) => own.run(takeOver(0)));
      for (let batch = 0; batch < batchCount; batch += 1) {
        const drawn = Array.from({ length: random.between(1, 6) }, () => drawOperation(random));
        const operations = drawn.map(({ operation }) => operation);
        const events = await owned.transaction(async (own) => (await own.run(written(operations))).events);
        if (drawn.every(({ isKnown }) => isKnown)) assert(events !== undefined, 'the batch knows what it did');
        if (events === undefined) continue;
        const read = await owned.transaction((own) =>
          own.run(eventsAfter({ afterId: events.afterId, countMax: 1_000 })),
        );
        assert.deepEqual(unpackEvents(events.events), unpackEvents(read.events));
        const { id, revision, compactRevision, authState } = read.head;
        assert.deepEqual(
          [events.throughId, events.head],
          [read.throughId, { id, revision, compactRevision, authState }],
        );
        eventCount += events.events.keys.length;
        if (random.chance(10)) await owned.transaction((own) => own.run(written(compact(events.head.revision))));
      }
    });
    assert(eventCount > batchCount, `${eventCount} events were compared`);
  });

  test(`${driver.name}: a batch ends when it has read 1 MiB of values, and its events are those of the operations done`, async (context) => {
    const { access } = await testDatabase(context, driver);
    const large = 'x'.repeat(700_000);
    await access.prepare();
    await access.whileLocked(async (owned) => {
      await owned.transaction((own) => own.run(takeOver(0)));
      for (const key of ['/a', '/b', '/c']) await owned.transaction((own) => own.run(written([put(key, large)])));
      const small = ['/a', '/b', '/c'].map((key) => put(key, 'small'));
      const { outcomes, events } = await owned.transaction((own) => own.run(written(small)));
      assert.equal(outcomes.length, 2);
      assert.deepEqual(events?.events.keys, ['/a', '/b']);
    });
  });

  test(`${driver.name}: a batch ends when it has written 1,000 rows`, async (context) => {
    const { access } = await testDatabase(context, driver);
    await access.prepare();
    await access.whileLocked(async (owned) => {
      await owned.transaction((own) => own.run(takeOver(0)));
      const operations = [1n, 2n, 3n].map((lease) => grant(lease, 60));
      const puts = [1n, 2n, 3n].map((lease) => ({
        kind: 'txn' as const,
        compares: [],
        success: Array.from({ length: 600 }, (_, index) => put(`/${lease}/${index}`, 'value', lease) as TxnStep),
        failure: [],
      }));
      for (const operation of [...operations, ...puts]) {
        await owned.transaction((own) => own.run(written([operation])));
      }
      const ends = [1n, 2n, 3n].map((id) => ({ kind: 'leaseRevoke', id }) as const);
      const { outcomes } = await owned.transaction((own) => own.run(written(ends)));
      assert.equal(outcomes.length, 2);
    });
  });

  test(`${driver.name}: a batch whose events are larger than a page has no events`, async (context) => {
    const { access } = await testDatabase(context, driver);
    const large = 'x'.repeat(1_400_000);
    await access.prepare();
    await access.whileLocked(async (owned) => {
      await owned.transaction((own) => own.run(takeOver(0)));
      const puts = ['/a', '/b', '/c'].map((key) => put(key, large));
      const { outcomes, events } = await owned.transaction((own) => own.run(written(puts)));
      assert.equal(outcomes.length, 3);
      assert.equal(events === undefined, true);
    });
  });

  test(`${driver.name}: a batch of more keys than the limit returns no events`, async (context) => {
    const { access } = await testDatabase(context, driver);
    await access.prepare();
    const eventsOf = (keyCount: number) =>
      access.whileLocked((owned) =>
        owned.transaction(async (own) => {
          const puts = Array.from({ length: keyCount }, (_, index) => put(`/${index}`, 'value'));
          return (await own.run(written(puts))).events?.events.keys.length;
        }),
      );
    await access.whileLocked((owned) => owned.transaction((own) => own.run(takeOver(0))));
    assert.equal(await eventsOf(limits.eventsOfBatchKeysMax), limits.eventsOfBatchKeysMax);
    assert.equal(await eventsOf(limits.eventsOfBatchKeysMax + 1), undefined);
  });

  test(`${driver.name}: the pages of a watch that catches up contain whole transactions`, async (context) => {
    const { access } = await testDatabase(context, driver);
    await access.prepare();
    await access.whileLocked(async (owned) => {
      const write = (operation: WriteOperation) =>
        owned.transaction(async (own) => (await own.run(written([operation]))).head);
      await owned.transaction((own) => own.run(takeOver(0)));
      const first = await write(put('/a', 'first'));
      const others = Array.from({ length: limits.eventWalkIdsMax - 2 }, (_, index) => put(`/other/${index}`, ''));
      await write(transaction(others));
      const { id: throughId } = await write(transaction([put('/a', 'last'), put('/b', 'last')]));
      const watched = { start: keyText(Buffer.from('/a')), end: keyText(Buffer.from('/c')) };
      for (const bytesMax of [limits.eventPageBytesMax, 1]) {
        const pages: (readonly string[])[] = [];
        for (let afterId = first.id - 1; afterId < throughId; ) {
          const request = { keys: watched, afterId, throughId, bytesMax };
          const page = await owned.transaction((own) => own.run(eventsOfKeys(request)));
          pages.push(page.events.keys);
          afterId = page.throughId;
        }
        assert.deepEqual(pages, [['/a'], ['/a', '/b']]);
      }
    });
  });
}

function transaction(success: readonly WriteOperation[]): WriteOperation {
  return { kind: 'txn', compares: [], success: success as readonly TxnStep[], failure: [] };
}

function written(operations: readonly WriteOperation[]) {
  return writeBatch(operations, { withEvents: true, leaseNowMs: Date.now });
}
