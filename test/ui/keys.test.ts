import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY_DRIVER, suite } from '../support/index.ts';
import { podCount, putClusterKeys } from '../support/ui/cluster-keys.ts';
import { browserForTests } from '../support/ui/open-page.ts';

const manyCount = 5_000;

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, {
    prepare: async ({ client }) => {
      await putClusterKeys(client);
      for (let start = 0; start < manyCount; start += 100) {
        const puts = Array.from({ length: 100 }, (_, offset) => ({
          key: `/many/${String(start + offset).padStart(5, '0')}`,
          value: 'x',
        }));
        await Promise.all(puts.map((put) => client.put(put)));
      }
    },
  });
  const open = browserForTests();
  const url = (hash = '') => `${shared.server.url}/ui/${hash}`;

  test('the tree shows prefixes with their numbers of keys, and a click opens a key', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByRole('treeitem', { name: 'registry/' }).click();
    await page.getByRole('treeitem', { name: `pods/ ${podCount}` }).click();
    await page.getByRole('treeitem', { name: 'web-007' }).click();
    await page.getByRole('heading', { name: '/registry/pods/shop/web-007' }).waitFor();
    assert.equal(new URL(page.url()).hash, '#/value//registry/pods/shop/web-007');
    assert.equal(await page.getByRole('treeitem', { name: 'web-007' }).getAttribute('aria-selected'), 'true');
    assert.deepEqual(faults, []);
  });

  test('the tree is used with the keyboard alone', async (context) => {
    const { page, faults } = await open(context, { url: url('#/keys//app/') });
    await page.getByRole('treeitem', { name: 'greeting' }).waitFor();
    await page.getByRole('tree').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '/app/settings' }).waitFor();
    await page.goto(url('#/keys//registry/'));
    await page.getByRole('treeitem', { name: 'namespaces/' }).waitFor();
    await page.getByRole('tree').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('treeitem', { name: 'kube-system' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('treeitem', { name: 'kube-system' }).waitFor({ state: 'detached' });
    assert.deepEqual(faults, []);
  });

  test('a search shows the keys that begin with a text', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByRole('searchbox').fill('/registry/pods/shop/web-01');
    await page.getByText('10 keys', { exact: true }).waitFor();
    assert.equal(await page.getByRole('treeitem').count(), 10);
    await page.getByRole('link', { name: 'registry/' }).click();
    await page.getByRole('treeitem', { name: 'secrets/' }).waitFor();
    await page.getByRole('searchbox').fill('/nothing/');
    await page.getByText('No keys').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a search keeps the text and the focus while it is typed', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByRole('searchbox').focus();
    for (const part of ['/app', '/gre', 'et']) {
      await page.keyboard.type(part);
      await page.waitForTimeout(600);
    }
    assert.equal(await page.getByRole('searchbox').inputValue(), '/app/greet');
    await page.getByText('1 key', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'app/' }).click();
    await page.getByText('3 keys', { exact: true }).waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), '/app/');
    assert.deepEqual(faults, []);
  });

  test('a key that is no UTF-8 is shown with escapes and opened', async (context) => {
    const { page, faults } = await open(context, { url: url('#/keys//app/') });
    await page.getByRole('treeitem', { name: '\\xff\\x00A' }).click();
    await page.getByRole('heading', { name: '/app/\\xff\\x00A' }).waitFor();
    assert.equal(new URL(page.url()).hash, '#/value//app/%FF%00A');
    await page.getByText('00 ff 10').waitFor();
    await page.reload();
    await page.getByText('00 ff 10').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a server that cannot be reached is reported in the tree, which is read again on request', async (context) => {
    const { page } = await open(context, { url: url('#/keys//app/') });
    await page.getByRole('treeitem', { name: 'greeting' }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Refresh' }).click();
    const failure = page.getByRole('treeitem', { name: 'The server cannot be reached.' });
    await failure.waitFor();
    await page.context().setOffline(false);
    await failure.click();
    await page.getByRole('treeitem', { name: 'greeting' }).waitFor();
  });

  test('thousands of keys side by side are drawn in part, and scrolled to the end', async (context) => {
    const { page, faults } = await open(context, { url: url('#/keys//many/') });
    await page.getByRole('treeitem', { name: '00000' }).waitFor();
    await page.getByText(`${manyCount} keys`).waitFor();
    await page.getByRole('tree').focus();
    const last = page.getByRole('treeitem', { name: `0${manyCount - 1}` });
    for (let press = 0; press < 100 && (await last.count()) === 0; press += 1) {
      await page.keyboard.press('End');
      await page.waitForTimeout(50);
      assert.ok((await page.getByRole('treeitem').count()) < 100);
    }
    await last.click();
    await page.getByRole('heading', { name: `/many/0${manyCount - 1}` }).waitFor();
    assert.deepEqual(faults, []);
  });
}
