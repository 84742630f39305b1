import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY_DRIVER, suite } from '../support/index.ts';
import { podCount, putClusterKeys } from '../support/ui/cluster-keys.ts';
import { browserForTests } from '../support/ui/open-page.ts';

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, { prepare: ({ client }) => putClusterKeys(client) });
  const open = browserForTests();
  const url = (hash = '') => `${shared.server.url}/ui/${hash}`;

  test('the tree shows prefixes with their numbers of keys', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByRole('treeitem', { name: 'registry/' }).waitFor();
    const pods = page.getByRole('treeitem', { name: /pods/ });
    await page.getByRole('treeitem', { name: 'registry/' }).click();
    await pods.waitFor();
    await page.getByRole('treeitem', { name: `pods/ ${podCount}` }).waitFor();
    assert.deepEqual(faults, []);
  });
}
