import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { ANY_DRIVER, suite } from '../support/index.ts';
import { accessibilityFindings } from '../support/ui/accessibility.ts';
import { putClusterKeys } from '../support/ui/cluster-keys.ts';
import { browserForTests } from '../support/ui/open-page.ts';

interface State {
  readonly name: string;
  readonly hash: string;
  readonly reach: (page: Page) => Promise<void>;
}

const states: readonly State[] = [
  {
    name: 'the tree of keys',
    hash: '#/keys//registry/',
    reach: async (page) => {
      await page.getByRole('treeitem', { name: 'namespaces/ 3' }).click();
      await page.getByRole('treeitem', { name: 'kube-system' }).waitFor();
    },
  },
  {
    name: 'a value',
    hash: '#/value//registry/pods/shop/web-003',
    reach: async (page) => {
      await page.getByText('managedFields').waitFor();
    },
  },
  {
    name: 'an encrypted value',
    hash: '#/value//registry/secrets/shop/database',
    reach: async (page) => {
      await page.getByText('This value is encrypted').waitFor();
    },
  },
  {
    name: 'a diff',
    hash: '#/value//app/settings',
    reach: async (page) => {
      await page.getByRole('button', { name: 'History' }).click();
      await page.getByText('back to the creation').waitFor();
    },
  },
  {
    name: 'a form for a value',
    hash: '#/value//app/settings',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('textbox', { name: 'Value' }).waitFor();
    },
  },
  {
    name: 'a confirmation',
    hash: '#/value//app/settings',
    reach: async (page) => {
      await page.getByRole('button', { name: 'Delete …' }).click();
      await page.getByText('mod_revision(/app/settings)').waitFor();
    },
  },
  {
    name: 'a missing key',
    hash: '#/value//none',
    reach: async (page) => {
      await page.getByText('There is no such key').waitFor();
    },
  },
];

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, { arguments: ['--ui-write'], prepare: ({ client }) => putClusterKeys(client) });
  const open = browserForTests();

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe-core finds nothing in ${colorScheme} colours`, async (context) => {
      for (const { name, hash, reach } of states) {
        const { page, faults } = await open(context, { url: `${shared.server.url}/ui/${hash}`, colorScheme });
        await reach(page);
        assert.deepEqual(await accessibilityFindings(page), [], name);
        assert.deepEqual(faults, [], name);
      }
    });
  }

  test('on a phone nothing is wider than the screen, and one part is visible at a time', async (context) => {
    for (const { name, hash, reach } of states) {
      const viewport = { width: 360, height: 640 };
      const { page } = await open(context, { url: `${shared.server.url}/ui/${hash}`, viewport });
      await reach(page);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), viewport.width, name);
      assert.deepEqual(await accessibilityFindings(page), [], name);
      if (!hash.startsWith('#/value')) continue;
      assert.equal(await page.getByRole('tree').isVisible(), false);
    }
  });

  test('the colours follow the system until the user chooses', async (context) => {
    const { page } = await open(context, { url: `${shared.server.url}/ui/`, colorScheme: 'dark' });
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await background();
    await page.getByLabel('Colours').selectOption('light');
    const light = await background();
    assert.notEqual(light, dark);
    await page.reload();
    await page.getByLabel('Colours').waitFor();
    assert.equal(await background(), light);
    await page.getByLabel('Colours').selectOption('system');
    assert.equal(await background(), dark);
  });
}
