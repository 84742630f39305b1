import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addUser, enableAuth } from '../support/auth.ts';
import { ANY_DRIVER, suite, withPrefix } from '../support/index.ts';
import { accessibilityFindings } from '../support/ui/accessibility.ts';
import { browserForTests } from '../support/ui/open-page.ts';

async function signIn(page: Page, name: string, password = `${name}-password`): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, {
    arguments: ['--ui-write'],
    prepare: async ({ client }) => {
      for (const key of ['/shop/a', '/shop/b', '/other/c', '/single'])
        await client.put({ key, value: `value of ${key}` });
      await addUser(
        client,
        'ann',
        { permType: 'READ', ...withPrefix('/shop/') },
        { permType: 'READWRITE', key: '/single' },
        { permType: 'WRITE', key: '/unreadable' },
      );
      (await enableAuth(client)).close();
    },
  });
  const open = browserForTests();
  const url = (hash = '') => `${shared.server.url}/ui/${hash}`;

  test('a store with users shows nothing before a sign-in, and refuses a wrong password', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await signIn(page, 'ann', 'wrong');
    await page.getByText('authentication failed, invalid user ID or password').waitFor();
    assert.equal(await page.getByRole('tree').count(), 0);
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(faults, []);
  });

  test('a user of limited rights sees its keys, and is told about the rest', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await signIn(page, 'ann');
    await page.getByText('You have no right to read this.').waitFor();
    await page.getByRole('heading', { name: 'Keys that ann may read' }).waitFor();
    assert.deepEqual(await page.getByRole('listitem').allTextContents(), ['/shop/ and everything below', '/single']);
    assert.deepEqual(await accessibilityFindings(page), []);
    await page.getByRole('link', { name: '/shop/' }).click();
    await page.getByRole('treeitem', { name: 'b' }).click();
    await page.getByText('value of /shop/b').waitFor();
    await page.goto(url('#/value//other/c'));
    await page.getByText('You have no right to read this.').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a write needs the right of the user', async (context) => {
    const { page, faults } = await open(context, { url: url('#/value//shop/a') });
    await signIn(page, 'ann');
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('etcdserver: permission denied').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.goto(url('#/value//single'));
    await page.getByRole('button', { name: 'Delete …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no such key').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a sign-out ends the rights of the tab, and no cookie is ever set', async (context) => {
    const { page, faults } = await open(context, { url: url('#/keys//shop/') });
    await signIn(page, 'ann');
    await page.getByRole('treeitem', { name: 'a' }).waitFor();
    await page.reload();
    await page.getByRole('treeitem', { name: 'a' }).waitFor();
    await page.getByRole('button', { name: 'Sign out ann' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await page.evaluate('sessionStorage.length'), 0);
    assert.deepEqual(await page.context().cookies(), []);
    assert.deepEqual(faults, []);
  });

  test('a token that the server no longer accepts leads to the sign-in', async (context) => {
    const { page, faults } = await open(context, { url: url('#/keys//shop/') });
    await signIn(page, 'ann');
    await page.getByRole('treeitem', { name: 'a' }).waitFor();
    await page.evaluate('sessionStorage.setItem("tine-token", "unknown.1")');
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await signIn(page, 'ann');
    await page.getByRole('treeitem', { name: 'a' }).waitFor();
    assert.deepEqual(faults, []);
  });
}
