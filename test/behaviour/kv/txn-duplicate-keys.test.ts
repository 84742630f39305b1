import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIVERS, failureOf, type RequestOp, suite, type TxnRequest, withPrefix } from '../../support/index.ts';

const duplicateKey = { code: 'INVALID_ARGUMENT', details: 'etcdserver: duplicate key given in txn request' };

const put = (key: string): RequestOp => ({ request_put: { key, value: 'v' } });
const remove = (key: string, range_end = ''): RequestOp => ({ request_delete_range: { key, range_end } });
const nested = (success: RequestOp[], failure: RequestOp[] = []): RequestOp => ({ request_txn: { success, failure } });

/** Transactions that etcd refuses before reading data: one path writes a key twice. */
const refused: Readonly<Record<string, (prefix: string) => TxnRequest>> = {
  'two puts of one key': (p) => ({ success: [put(`${p}a`), put(`${p}a`)] }),
  'two puts of one key in the failure branch': (p) => ({ failure: [put(`${p}a`), put(`${p}a`)] }),
  'a put and a delete of one key': (p) => ({ success: [put(`${p}a`), remove(`${p}a`)] }),
  'a delete and a put of one key': (p) => ({ success: [remove(`${p}a`), put(`${p}a`)] }),
  'a put inside a deleted range': (p) => ({ success: [put(`${p}b`), remove(`${p}a`, `${p}c`)] }),
  'a put and the same put in a nested transaction': (p) => ({ success: [put(`${p}a`), nested([put(`${p}a`)])] }),
  'a put and the same put in a nested failure branch': (p) => ({ success: [put(`${p}a`), nested([], [put(`${p}a`)])] }),
  'the same put in two nested transactions': (p) => ({ success: [nested([put(`${p}a`)]), nested([put(`${p}a`)])] }),
  'a put in one nested success and another nested failure': (p) => ({
    success: [nested([put(`${p}a`)]), nested([], [put(`${p}a`)])],
  }),
  'a delete and a put of it in a nested transaction': (p) => ({ success: [remove(`${p}a`), nested([put(`${p}a`)])] }),
  'a put and a delete of it in a nested transaction': (p) => ({ success: [put(`${p}a`), nested([remove(`${p}a`)])] }),
  'a put two levels below a deleted range': (p) => ({
    success: [remove(`${p}a`, `${p}c`), nested([nested([put(`${p}b`)])])],
  }),
};

/** Similar transactions that are allowed. */
const allowed: Readonly<Record<string, (prefix: string) => TxnRequest>> = {
  'one key put in the success and in the failure branch': (p) => ({ success: [put(`${p}a`)], failure: [put(`${p}a`)] }),
  'one key put in both branches of a nested transaction': (p) => ({
    success: [nested([put(`${p}a`)], [put(`${p}a`)])],
  }),
  'a delete of one key twice': (p) => ({ success: [remove(`${p}a`), remove(`${p}a`)] }),
  'deletes of overlapping ranges': (p) => ({ success: [remove(`${p}a`, `${p}c`), remove(`${p}b`, `${p}d`)] }),
  'a put at the end of a deleted range': (p) => ({ success: [remove(`${p}a`, `${p}b`), put(`${p}b`)] }),
  'a put before a deleted range': (p) => ({ success: [remove(`${p}b`, `${p}c`), put(`${p}a`)] }),
  'a put and a delete in different branches': (p) => ({ success: [put(`${p}a`)], failure: [remove(`${p}a`)] }),
  'a delete in one nested branch and a put in its other': (p) => ({
    success: [nested([remove(`${p}a`)], [put(`${p}a`)])],
  }),
  // etcd's check treats the range end '\0' as the smallest key, so the range looks empty.
  'a put and a delete of all keys from an earlier one on': (p) => ({
    success: [put(`~${p}b`), remove(`~${p}a`, '\0')],
  }),
  'a put and a read of one key': (p) => ({
    success: [put(`${p}a`), { request_range: { key: `${p}a` } }, put(`${p}b`)],
  }),
};

for (const driver of DRIVERS) {
  const shared = suite(driver);

  for (const [what, build] of Object.entries(refused)) {
    test(`${driver.name}: a transaction with ${what} is refused and changes nothing`, async () => {
      const { client } = shared;
      const prefix = shared.prefix();
      const { revision } = (await client.put({ key: `${prefix}a`, value: 'before' })).header;
      assert.deepEqual(await failureOf(client.txn(build(prefix))), duplicateKey);
      const { header, kvs } = await client.range(withPrefix(prefix));
      assert.equal(header.revision, revision);
      assert.deepEqual(
        kvs.map(({ value }) => value.toString()),
        ['before'],
      );
    });
  }

  for (const [what, build] of Object.entries(allowed)) {
    test(`${driver.name}: a transaction with ${what} is allowed`, async () => {
      const reply = await shared.client.txn(build(shared.prefix()));
      assert.equal(reply.succeeded, true);
    });
  }
}
