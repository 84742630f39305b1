import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Compare, DRIVERS, suite, withPrefix } from '../../support/index.ts';

type Operator = 'EQUAL' | 'NOT_EQUAL' | 'GREATER' | 'LESS';

/** Whether `actual OPERATOR expected` holds; `sign` is the sign of actual minus expected. */
const holds: Readonly<Record<Operator, (sign: number) => boolean>> = {
  EQUAL: (sign) => sign === 0,
  NOT_EQUAL: (sign) => sign !== 0,
  GREATER: (sign) => sign > 0,
  LESS: (sign) => sign < 0,
};
const operators = Object.keys(holds) as Operator[];

for (const driver of DRIVERS) {
  const shared = suite(driver);

  async function succeeds(...compare: Compare[]): Promise<boolean> {
    return (await shared.client.txn({ compare })).succeeded;
  }

  async function assertOperators(what: Compare, operands: { sign: number; compare: Compare }[]): Promise<void> {
    for (const result of operators) {
      for (const { sign, compare } of operands) {
        assert.equal(await succeeds({ ...what, ...compare, result }), holds[result](sign), `${result}, sign ${sign}`);
      }
    }
  }

  test(`${driver.name}: a compare of the version supports every operator`, async () => {
    const key = shared.prefix();
    for (const value of ['a', 'b', 'c']) await shared.client.put({ key, value });
    await assertOperators({ key, target: 'VERSION' }, [
      { sign: 1, compare: { version: 2 } },
      { sign: 0, compare: { version: 3 } },
      { sign: -1, compare: { version: 4 } },
    ]);
  });

  test(`${driver.name}: a compare of the create revision supports every operator`, async () => {
    const key = shared.prefix();
    const { revision } = (await shared.client.put({ key })).header;
    await shared.client.put({ key });
    await assertOperators({ key, target: 'CREATE' }, [
      { sign: 1, compare: { create_revision: revision - 1 } },
      { sign: 0, compare: { create_revision: revision } },
      { sign: -1, compare: { create_revision: revision + 1 } },
    ]);
  });

  test(`${driver.name}: a compare of the mod revision supports every operator`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key });
    const { revision } = (await shared.client.put({ key })).header;
    await assertOperators({ key, target: 'MOD' }, [
      { sign: 1, compare: { mod_revision: revision - 1 } },
      { sign: 0, compare: { mod_revision: revision } },
      { sign: -1, compare: { mod_revision: revision + 1 } },
    ]);
  });

  test(`${driver.name}: a compare of the value works by byte and supports every operator`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key, value: 'mm' });
    await assertOperators({ key, target: 'VALUE' }, [
      { sign: 1, compare: { value: 'm' } },
      { sign: 1, compare: { value: '' } },
      { sign: 1, compare: { value: 'Z' } },
      { sign: 0, compare: { value: 'mm' } },
      { sign: -1, compare: { value: 'mmm' } },
      { sign: -1, compare: { value: Buffer.from([0xff]) } },
    ]);
  });

  test(`${driver.name}: a compare of the lease supports every operator`, async () => {
    const key = shared.prefix();
    const { ID } = await shared.client.leaseGrant({ TTL: 600, ID: 5_000_000_000_000_000_123n });
    await shared.client.put({ key, lease: ID });
    await assertOperators({ key, target: 'LEASE' }, [
      { sign: 1, compare: { lease: ID - 1n } },
      { sign: 0, compare: { lease: ID } },
      { sign: -1, compare: { lease: ID + 1n } },
    ]);
    const bare = shared.prefix();
    await shared.client.put({ key: bare });
    assert.equal(await succeeds({ key: bare, target: 'LEASE', result: 'EQUAL', lease: 0 }), true);
  });

  test(`${driver.name}: a missing key compares with version 0, revisions 0 and lease 0`, async () => {
    const key = shared.prefix();
    const zeros: Compare[] = [
      { target: 'VERSION', version: 0 },
      { target: 'CREATE', create_revision: 0 },
      { target: 'MOD', mod_revision: 0 },
      { target: 'LEASE', lease: 0 },
    ];
    for (const compare of zeros) {
      await assertOperators({ key }, [{ sign: 0, compare }]);
    }
    await assertOperators({ key }, [{ sign: -1, compare: { target: 'VERSION', version: 1 } }]);
    await assertOperators({ key }, [{ sign: -1, compare: { target: 'MOD', mod_revision: 1 } }]);
    await assertOperators({ key }, [{ sign: 1, compare: { target: 'CREATE', create_revision: -1 } }]);
  });

  test(`${driver.name}: a compare of the value of a missing key is false for every operator`, async () => {
    const key = shared.prefix();
    for (const result of operators) {
      for (const value of ['', 'a'])
        assert.equal(await succeeds({ key, target: 'VALUE', result, value }), false, result);
    }
  });

  test(`${driver.name}: a deleted key compares like a key that never existed`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key, value: 'a' });
    await shared.client.deleteRange({ key });
    assert.equal(await succeeds({ key, target: 'MOD', result: 'EQUAL', mod_revision: 0 }), true);
    assert.equal(await succeeds({ key, target: 'VERSION', result: 'EQUAL', version: 0 }), true);
  });

  test(`${driver.name}: a compare without an operand compares with 0 or an empty value`, async () => {
    const key = shared.prefix();
    for (const target of ['VERSION', 'CREATE', 'MOD', 'LEASE'] as const) {
      assert.equal(await succeeds({ key, target }), true, target);
    }
    await shared.client.put({ key, value: '' });
    assert.equal(await succeeds({ key, target: 'VALUE' }), true);
    assert.equal(await succeeds({ key, target: 'VERSION' }), false);
  });

  test(`${driver.name}: a compare with the operand of another target compares with 0`, async () => {
    const key = shared.prefix();
    await shared.client.put({ key, value: 'a' });
    assert.equal(await succeeds({ key, target: 'VERSION', result: 'EQUAL', mod_revision: 1 }), false);
    assert.equal(await succeeds({ key, target: 'VERSION', result: 'GREATER', mod_revision: 1_000_000 }), true);
  });

  test(`${driver.name}: a transaction succeeds only if all compares hold`, async () => {
    const prefix = shared.prefix();
    await shared.client.put({ key: `${prefix}a`, value: '1' });
    await shared.client.put({ key: `${prefix}b`, value: '2' });
    const a: Compare = { key: `${prefix}a`, target: 'VALUE', value: '1' };
    const b: Compare = { key: `${prefix}b`, target: 'VALUE', value: '2' };
    assert.equal(await succeeds(), true, 'no compare at all holds');
    assert.equal(await succeeds(a, b), true);
    assert.equal(await succeeds(a, { ...b, value: '3' }), false);
    assert.equal(await succeeds({ ...a, value: '3' }, b), false);
  });

  test(`${driver.name}: a compare of a range holds only if it holds for every key`, async () => {
    const prefix = shared.prefix();
    for (const name of ['a', 'b', 'c']) await shared.client.put({ key: prefix + name, value: name });
    await shared.client.put({ key: `${prefix}c`, value: 'c' });
    const versions: Compare = { ...withPrefix(prefix), target: 'VERSION' };
    assert.equal(await succeeds({ ...versions, result: 'GREATER', version: 0 }), true);
    assert.equal(await succeeds({ ...versions, result: 'EQUAL', version: 1 }), false);
    const firstTwo: Compare = { key: `${prefix}a`, range_end: `${prefix}c`, target: 'VERSION' };
    assert.equal(await succeeds({ ...firstTwo, result: 'EQUAL', version: 1 }), true);
    assert.equal(await succeeds({ ...withPrefix(prefix), target: 'VALUE', result: 'GREATER', value: 'A' }), true);
    assert.equal(await succeeds({ ...withPrefix(prefix), target: 'VALUE', result: 'GREATER', value: 'a' }), false);
  });

  test(`${driver.name}: a compare of a range without keys compares with a missing key`, async () => {
    const prefix = shared.prefix();
    assert.equal(
      await succeeds({ ...withPrefix(prefix), target: 'CREATE', result: 'EQUAL', create_revision: 0 }),
      true,
    );
    assert.equal(
      await succeeds({ ...withPrefix(prefix), target: 'CREATE', result: 'GREATER', create_revision: 0 }),
      false,
    );
    assert.equal(await succeeds({ ...withPrefix(prefix), target: 'VALUE', result: 'NOT_EQUAL', value: 'a' }), false);
  });

  test(`${driver.name}: a compare can cover all keys from a start key`, async () => {
    const prefix = `~${shared.prefix()}`;
    await shared.client.put({ key: `${prefix}a` });
    await shared.client.put({ key: `${prefix}b` });
    assert.equal(await succeeds({ key: `${prefix}a`, range_end: '\0', target: 'VERSION', version: 1 }), true);
    await shared.client.put({ key: `${prefix}b` });
    assert.equal(await succeeds({ key: `${prefix}a`, range_end: '\0', target: 'VERSION', version: 1 }), false);
  });
}
