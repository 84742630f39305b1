import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, failureOf, type RequestOp, type RpcFailure, suite, withPrefix } from '../../support/index.ts';

const invalid = (details: string): RpcFailure => ({ code: 'INVALID_ARGUMENT', details });
const emptyKey = invalid('etcdserver: key is not provided');
const keyNotFound = invalid('etcdserver: key not found');
const tooManyOperations = invalid('etcdserver: too many operations in txn request');
const tooLarge = invalid('etcdserver: request is too large');
const sortOption = invalid('etcdserver: invalid sort option');
const future: RpcFailure = {
  code: 'OUT_OF_RANGE',
  details: 'etcdserver: mvcc: required revision is a future revision',
};
const leaseNotFound: RpcFailure = { code: 'NOT_FOUND', details: 'etcdserver: requested lease not found' };

/** etcd's default of --max-request-bytes. */
const requestBytesMax = 1.5 * 1024 * 1024;

for (const driver of DRIVERS) {
  const shared = suite(driver);

  /** Runs calls that must fail and change nothing. */
  async function assertRefused(expected: RpcFailure, ...calls: (() => Promise<unknown>)[]): Promise<void> {
    const { revision } = (await shared.client.range({ key: 'any' })).header;
    for (const call of calls) assert.deepEqual(await failureOf(call()), expected);
    const after = await shared.client.range({ key: 'any' });
    assert.equal(after.header.revision, revision, 'a refused request changes nothing');
  }

  test(`${driver.name}: an empty key is refused`, async () => {
    const { client } = shared;
    await assertRefused(
      emptyKey,
      () => client.range({ key: '' }),
      () => client.range({ key: '', range_end: 'b' }),
      () => client.put({ key: '', value: 'x' }),
      () => client.deleteRange({ key: '' }),
      () => client.txn({ compare: [{ key: '', target: 'VERSION', version: 0 }] }),
      () => client.txn({ success: [{ request_put: { key: '', value: 'x' } }] }),
      () => client.txn({ failure: [{ request_range: { key: '' } }] }),
      () => client.txn({ success: [{ request_txn: { success: [{ request_delete_range: { key: '' } }] } }] }),
    );
  });

  test(`${driver.name}: an operation without a type is refused`, async () => {
    await assertRefused(
      keyNotFound,
      () => shared.client.txn({ success: [{}] }),
      () => shared.client.txn({ failure: [{}] }),
    );
  });

  test(`${driver.name}: an unknown sort order or sort target is refused`, async () => {
    const { client } = shared;
    await assertRefused(
      sortOption,
      () => client.range({ key: 'a', sort_order: 3 }),
      () => client.range({ key: 'a', sort_target: 5 }),
      () => client.range({ key: 'a', sort_target: -1 }),
      () => client.txn({ success: [{ request_range: { key: 'a', sort_order: 9 } }] }),
    );
  });

  test(`${driver.name}: more than 128 operations or compares are refused`, async () => {
    const prefix = shared.prefix();
    const operations: RequestOp[] = Array.from({ length: 129 }, (_, index) => ({
      request_put: { key: `${prefix}${index}` },
    }));
    const compare = Array.from({ length: 129 }, () => ({ key: prefix, target: 'VERSION', version: 0 }) as const);
    const { client } = shared;
    await assertRefused(
      tooManyOperations,
      () => client.txn({ success: operations }),
      () => client.txn({ failure: operations }),
      () => client.txn({ compare }),
    );
    assert.equal((await client.range({ ...withPrefix(prefix), count_only: true })).count, 0);
  });

  test(`${driver.name}: more than 128 operations on one path through nested transactions are refused`, async () => {
    const operations = (count: number): RequestOp[] =>
      Array.from({ length: count }, () => ({ request_range: { key: 'a' } }));
    const nest = (outer: number, inner: number) => ({
      success: [...operations(outer - 1), { request_txn: { success: operations(inner) } }],
    });
    await shared.client.txn(nest(64, 64));
    await assertRefused(tooManyOperations, () => shared.client.txn(nest(64, 65)));
    await assertRefused(tooManyOperations, () => shared.client.txn(nest(128, 1)));
  });

  test(`${driver.name}: a write above 1.5 MiB is refused`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    await client.put({ key, value: Buffer.alloc(requestBytesMax - 1024) });
    const value = Buffer.alloc(requestBytesMax);
    const half = Buffer.alloc(requestBytesMax / 2);
    await assertRefused(
      tooLarge,
      () => client.put({ key, value }),
      () => client.txn({ success: [{ request_put: { key, value } }] }),
      () => client.txn({ success: ['a', 'b'].map((name) => ({ request_put: { key: key + name, value: half } })) }),
      () => client.txn({ failure: [{ request_put: { key, value } }] }),
      () => client.deleteRange({ key: value }),
    );
  });

  test(`${driver.name}: a message above 1.5 MiB and etcd's overhead of 512 KiB is refused`, async () => {
    const { client } = shared;
    const value = Buffer.alloc(requestBytesMax + 512 * 1024);
    const { code, details } = await failureOf(client.put({ key: shared.prefix(), value }));
    assert.equal(code, 'RESOURCE_EXHAUSTED');
    assert.match(details, /received message larger than max \(\d+ vs\.? 2097152\)/i);
    assert.ok((await client.range({ key: 'a' })).header.revision > 0, 'the connection goes on');
  });

  test(`${driver.name}: a future revision is refused`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const revision = (await client.put({ key })).header.revision + 1;
    await assertRefused(
      future,
      () => client.range({ key, revision }),
      () => client.range({ key, revision: 0x7fffffffffffffffn }),
      () => client.txn({ success: [{ request_range: { key, revision } }] }),
      () => client.compact({ revision }),
      () => client.compact({ revision: 0x7fffffffffffffffn }),
    );
  });

  test(`${driver.name}: a transaction with a failing operation changes nothing`, async () => {
    const { client } = shared;
    const prefix = shared.prefix();
    await client.put({ key: `${prefix}kept`, value: 'before' });
    const { revision } = (await client.range({ key: prefix })).header;
    const changes: RequestOp[] = [
      { request_put: { key: `${prefix}new`, value: 'x' } },
      { request_put: { key: `${prefix}kept`, value: 'x' } },
    ];
    await assertRefused(leaseNotFound, () =>
      client.txn({ success: [...changes, { request_put: { key: `${prefix}z`, lease: 77_777n } }] }),
    );
    await assertRefused(keyNotFound, () =>
      client.txn({ success: [...changes, { request_put: { key: `${prefix}z`, ignore_value: true } }] }),
    );
    await assertRefused(future, () =>
      client.txn({ success: [...changes, { request_range: { key: prefix, revision: revision + 9 } }] }),
    );
    const { kvs } = await client.range(withPrefix(prefix));
    assert.deepEqual(
      kvs.map(({ key, value }) => `${key}=${value}`),
      [`${prefix}kept=before`],
    );
  });

  test(`${driver.name}: an operation that would fail is not an error in the branch that is not taken`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    const reply = await client.txn({
      success: [{ request_put: { key } }],
      failure: [{ request_put: { key, lease: 77_777n } }],
    });
    assert.equal(reply.succeeded, true);
  });

  test(`${driver.name}: ignore_value with a value and ignore_lease with a lease are refused`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    await client.put({ key, value: 'a' });
    await assertRefused(
      invalid('etcdserver: value is provided'),
      () => client.put({ key, value: 'b', ignore_value: true }),
      () => client.txn({ success: [{ request_put: { key, value: 'b', ignore_value: true } }] }),
    );
    await assertRefused(
      invalid('etcdserver: lease is provided'),
      () => client.put({ key, lease: 1, ignore_lease: true }),
      () => client.txn({ success: [{ request_put: { key, lease: 1, ignore_lease: true } }] }),
    );
  });

  test(`${driver.name}: ignore_value and ignore_lease on a missing key are refused`, async () => {
    const { client } = shared;
    const key = shared.prefix();
    await assertRefused(
      keyNotFound,
      () => client.put({ key, ignore_value: true }),
      () => client.put({ key, value: 'x', ignore_lease: true }),
      () => client.txn({ success: [{ request_put: { key, ignore_value: true } }] }),
    );
    await client.put({ key });
    await client.deleteRange({ key });
    await assertRefused(keyNotFound, () => client.put({ key, ignore_value: true }));
  });

  test(`${driver.name}: a put with an unknown lease is refused`, async () => {
    const { client } = shared;
    await assertRefused(
      leaseNotFound,
      () => client.put({ key: 'a', lease: 77_777n }),
      () => client.put({ key: 'a', lease: -1n }),
      () => client.leaseRevoke({ ID: 77_777n }),
      () => client.leaseRevoke({ ID: 0 }),
    );
  });

  test(`${driver.name}: bytes that are not valid protobuf are refused`, async () => {
    const { client } = shared;
    const truncated = Uint8Array.of(0x0a, 0x7f, 0x61);
    const badWireType = Uint8Array.of(0x0f, 0x01);
    const endlessVarint = new Uint8Array(20).fill(0xff);
    const { revision } = (await client.range({ key: 'a' })).header;
    for (const method of ['KV/Range', 'KV/Put', 'KV/DeleteRange', 'KV/Txn', 'KV/Compact', 'Lease/LeaseGrant']) {
      for (const bytes of [truncated, badWireType, endlessVarint]) {
        const { code, details } = await failureOf(client.callBytes(`/etcdserverpb.${method}`, bytes));
        assert.equal(code, 'INTERNAL');
        // Go's protobuf has a no-break space in the texts of some builds.
        const expected = 'grpc: error unmarshalling request: proto: cannot parse invalid wire-format data';
        assert.equal(details.replace('\u00a0', ' '), expected);
      }
    }
    assert.equal((await client.range({ key: 'a' })).header.revision, revision);
  });

  test(`${driver.name}: a name that is not UTF-8 is refused`, async () => {
    for (const [method, field] of [
      ['Auth/UserAdd', 0x0a],
      ['Auth/UserGet', 0x0a],
      ['Auth/RoleGrantPermission', 0x0a],
      ['Auth/Authenticate', 0x12],
      ['Cluster/MemberAdd', 0x0a],
      ['Maintenance/Downgrade', 0x12],
    ] as const) {
      for (const bytes of [Buffer.of(0xff), Buffer.of(0xc3, 0x28), Buffer.of(0xed, 0xa0, 0x80)]) {
        const request = Buffer.concat([Buffer.of(field, bytes.length), bytes]);
        assert.deepEqual(await failureOf(shared.client.callBytes(`/etcdserverpb.${method}`, request)), {
          code: 'INTERNAL',
          details: 'grpc: error unmarshalling request: string field contains invalid UTF-8',
        });
      }
    }
  });

  test(`${driver.name}: unknown fields of a message are ignored`, async () => {
    const key = shared.prefix();
    const keyField = Buffer.concat([Buffer.from([0x0a, key.length]), Buffer.from(key)]);
    const unknownFields = Buffer.from([0xf8, 0x07, 0x01, 0xfa, 0x07, 0x02, 0x61, 0x62]);
    await shared.client.callBytes('/etcdserverpb.KV/Put', Buffer.concat([unknownFields, keyField, unknownFields]));
    assert.equal((await shared.client.range({ key })).count, 1);
  });

  test(`${driver.name}: the last value of a repeated scalar field counts`, async () => {
    const prefix = shared.prefix();
    const field = (text: string) => Buffer.concat([Buffer.from([0x0a, text.length]), Buffer.from(text)]);
    await shared.client.callBytes('/etcdserverpb.KV/Put', Buffer.concat([field(`${prefix}a`), field(`${prefix}b`)]));
    const { kvs } = await shared.client.range(withPrefix(prefix));
    assert.deepEqual(
      kvs.map(({ key }) => key.toString()),
      [`${prefix}b`],
    );
  });

  test(`${driver.name}: transactions can be nested as deep as 128 operations allow, and deeper ones are refused`, async () => {
    // Written by hand: the client's own codec stops at 100 levels.
    const rangeOfKeyA = field(1, field(1, Buffer.from('a')));
    const nest = (depth: number): Buffer => {
      let operation = rangeOfKeyA;
      for (let level = 1; level < depth; level += 1) operation = field(4, field(2, operation));
      return field(2, operation);
    };
    const txn = (bytes: Buffer) => shared.client.callBytes('/etcdserverpb.KV/Txn', bytes);
    assert.ok((await txn(nest(128))).length > 0);
    await assertRefused(tooManyOperations, () => txn(nest(129)));
    const absurdlyDeep = await failureOf(txn(nest(20_000)));
    assert.ok(['INVALID_ARGUMENT', 'INTERNAL'].includes(absurdlyDeep.code), absurdlyDeep.details);
  });
}

/** A length-delimited protobuf field. */
function field(number: number, content: Buffer): Buffer {
  const head = [(number << 3) | 2];
  let length = content.length;
  for (; length > 0x7f; length >>>= 7) head.push((length & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, length]), content]);
}
