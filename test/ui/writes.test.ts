import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY_DRIVER, suite } from '../support/index.ts';
import { browserForTests } from '../support/ui/open-page.ts';

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, { arguments: ['--ui-write'] });
  const open = browserForTests();
  const url = (hash: string) => `${shared.server.url}/ui/${hash}`;
  const valueAt = async (key: string) => (await shared.client.range({ key })).kvs[0]?.value.toString();

  test('a put shows the compare it uses, and changes the value', async (context) => {
    const { header } = await shared.client.put({ key: '/put', value: 'before' });
    const { page, faults } = await open(context, { url: url('#/value//put') });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Value', { exact: true }).fill('after ä');
    await page.getByRole('button', { name: 'Put …' }).click();
    await page.getByText(`mod_revision(/put) = ${header.revision}`).waitFor();
    assert.equal(await valueAt('/put'), 'before');
    await page.getByRole('dialog').getByRole('button', { name: 'Put' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('after ä').waitFor();
    assert.equal(await valueAt('/put'), 'after ä');
    assert.deepEqual(faults, []);
  });

  test('a put keeps the lease of the key', async (context) => {
    const { ID } = await shared.client.leaseGrant({ TTL: 600 });
    await shared.client.put({ key: '/leased', value: 'before', lease: ID });
    const { page, faults } = await open(context, { url: url('#/value//leased') });
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Value', { exact: true }).fill('after');
    await page.getByRole('button', { name: 'Put …' }).click();
    await page.getByText('The key keeps its lease').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Put' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const [kv] = (await shared.client.range({ key: '/leased' })).kvs;
    assert.equal(kv?.value.toString(), 'after');
    assert.equal(kv?.lease, ID);
    assert.deepEqual(faults, []);
  });

  test('a key that has changed meanwhile is not overwritten', async (context) => {
    await shared.client.put({ key: '/conflict', value: 'seen' });
    const { page, faults } = await open(context, { url: url('#/value//conflict') });
    await page.getByText('seen').waitFor();
    await shared.client.put({ key: '/conflict', value: 'newer' });
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nothing was written: the key has changed since you read it.').waitFor();
    assert.equal(await valueAt('/conflict'), 'newer');
    assert.deepEqual(faults, []);
  });

  test('a deleted key is restored from an older revision', async (context) => {
    await shared.client.put({ key: '/deleted', value: 'precious' });
    const { page, faults } = await open(context, { url: url('#/value//deleted') });
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no such key at revision').waitFor();
    assert.equal(await valueAt('/deleted'), undefined);
    await page.getByRole('button', { name: 'Look' }).click();
    await page.getByRole('button', { name: /^Restore revision/ }).click();
    await page.getByText('create_revision(/deleted) = 0').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('precious').waitFor();
    assert.equal(await valueAt('/deleted'), 'precious');
    assert.deepEqual(faults, []);
  });

  test('an older version is put back', async (context) => {
    for (const value of ['good', 'bad']) await shared.client.put({ key: '/versions', value });
    const { page, faults } = await open(context, { url: url('#/value//versions') });
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByRole('button', { name: /^Restore revision/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await valueAt('/versions'), 'good');
    assert.deepEqual(faults, []);
  });

  test('a new key of bytes that are no text is put, and an existing key is not overwritten', async (context) => {
    const { page, faults } = await open(context, { url: url('#/keys/') });
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Key', { exact: true }).fill('/new/\\xff');
    await page.getByLabel('Value as').selectOption('hex');
    await page.getByLabel('Value', { exact: true }).fill('00 f');
    await page.getByText('A byte needs two hex digits').waitFor();
    await page.getByLabel('Value', { exact: true }).fill('00 ff');
    await page.getByRole('button', { name: 'Create …' }).click();
    await page.getByText('create_revision(/new/\\xff) = 0').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: '/new/\\xff' }).waitFor();
    const [kv] = (await shared.client.range({ key: Buffer.from('/new/\xff', 'latin1') })).kvs;
    assert.deepEqual(kv?.value, Buffer.of(0, 0xff));

    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Key', { exact: true }).fill('/new/\\xff');
    await page.getByRole('button', { name: 'Create …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByText('Nothing was written').waitFor();
    assert.deepEqual(faults, []);
  });
}
