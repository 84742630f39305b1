import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { ANY_DRIVER, suite } from '../support/index.ts';
import { putClusterKeys } from '../support/ui/cluster-keys.ts';
import { browserForTests } from '../support/ui/open-page.ts';

/** A fact about the key, by its name. */
function fact(page: Page, name: string): Promise<string | null> {
  return page
    .locator('.facts div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .textContent();
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, { prepare: ({ client }) => putClusterKeys(client) });
  const open = browserForTests();
  const url = (key: string) => `${shared.server.url}/ui/#/value/${key}`;

  test('a Kubernetes object in protobuf is shown as YAML, with its name, namespace, owner and age', async (context) => {
    const { page, faults } = await open(context, { url: url('/registry/pods/shop/web-003') });
    await page.getByText('manager: kube-controller-manager').waitFor();
    assert.equal(await fact(page, 'Kind'), 'Pod (v1)');
    assert.equal(await fact(page, 'Name'), 'web-003');
    assert.equal(await fact(page, 'Namespace'), 'shop');
    assert.equal(await fact(page, 'Owner'), 'ReplicaSet web');
    assert.match((await fact(page, 'Age')) ?? '', /^12d \(created /);
    await page.getByText('phase: Running').waitFor();
    await page.getByRole('button', { name: 'Hex' }).click();
    await page.getByText('|k8s.').waitFor();
    assert.deepEqual(faults, []);
  });

  test('the names of the fields are loaded once, when the first object in protobuf is opened', async (context) => {
    const { page, faults } = await open(context, { url: url('/app/settings') });
    let loadedCount = 0;
    page.on('request', (request) => {
      if (new URL(request.url()).pathname === '/ui/kubernetes-fields.txt') loadedCount += 1;
    });
    await page.getByText('"colour": "blue"').waitFor();
    assert.equal(loadedCount, 0);
    for (const name of ['web-001', 'web-002']) {
      await page.goto(url(`/registry/pods/shop/${name}`));
      await page.getByText(`podIP: 10.1.0.1${name.at(-1)}`).waitFor();
      assert.equal(loadedCount, 1);
    }
    assert.deepEqual(faults, []);
  });

  test('an object whose names cannot be loaded is read when the user tries again', async (context) => {
    const { page } = await open(context, { url: url('/app/settings') });
    await page.route('**/kubernetes-fields.txt', (route) => route.abort(), { times: 1 });
    await page.goto(url('/registry/pods/shop/web-003'));
    await page.getByText('The server cannot be reached').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('phase: Running').waitFor();
  });

  test('an object in protobuf that is cut off is shown as bytes, with the reason', async (context) => {
    const { kvs } = await shared.client.range({ key: '/registry/pods/shop/web-004' });
    await shared.client.put({ key: '/app/damaged', value: Buffer.from(kvs[0]?.value ?? '').subarray(0, 100) });
    const { page, faults } = await open(context, { url: url('/app/damaged') });
    await page.getByText('the rest is cut off or damaged').waitFor();
    await page.getByText('|k8s.').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a Kubernetes object in JSON is shown as YAML and as JSON', async (context) => {
    const { page, faults } = await open(context, { url: url('/registry/example.com/widgets/shop/main') });
    await page.getByText('kind: Widget').waitFor();
    assert.equal(await fact(page, 'Kind'), 'Widget (example.com/v1)');
    await page.getByRole('button', { name: 'JSON' }).click();
    await page.getByText('"kind": "Widget"').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a value that the API server encrypted is named as encrypted', async (context) => {
    const { page, faults } = await open(context, { url: url('/registry/secrets/shop/database') });
    await page.getByText('This value is encrypted by a Kubernetes API server (provider aescbc v1, key key1)').waitFor();
    assert.deepEqual(faults, []);
  });

  test('versions of a key are compared side by side, back to its creation', async (context) => {
    const { page, faults } = await open(context, { url: url('/app/settings') });
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByText('3 versions, back to the creation of the key.').waitFor();
    assert.match((await page.locator('.removed').allTextContents()).join(), /"size": 2/);
    assert.match((await page.locator('.added').allTextContents()).join(), /"size": 3/);
    const [, , first] = await page.getByLabel('Before').locator('option').all();
    await page.getByLabel('Before').selectOption((await first?.getAttribute('value')) ?? '');
    await page.getByText(/"size": 1/).waitFor();
    assert.deepEqual(faults, []);
  });

  test('history ends where it was compacted', async (context) => {
    const key = '/app/compacted';
    const revisions: number[] = [];
    for (const value of ['one', 'two', 'three']) {
      const { header } = await shared.client.put({ key, value });
      revisions.push(Number(header.revision));
    }
    await shared.client.compact({ revision: revisions[1] ?? 0, physical: true });
    const { page, faults } = await open(context, { url: url(key) });
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByText('2 versions. Older ones were compacted and cannot be read any more.').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a key that is not there is reported, and its value at an older revision is shown', async (context) => {
    const { header } = await shared.client.put({ key: '/app/gone', value: 'once here' });
    await shared.client.deleteRange({ key: '/app/gone' });
    const { page, faults } = await open(context, { url: url('/app/gone') });
    await page.getByText('There is no such key at revision').waitFor();
    await page.getByLabel('Its value at revision').fill(String(header.revision));
    await page.getByRole('button', { name: 'Look' }).click();
    await page.getByText('once here').waitFor();
    assert.deepEqual(faults, []);
  });

  test('a large value is shown in part at first', async (context) => {
    await shared.client.put({ key: '/large', value: `${'line\n'.repeat(250_000)}last line` });
    const { page, faults } = await open(context, { url: url('/large') });
    const shown = page.getByRole('region', { name: 'Value as Text' });
    await shown.waitFor();
    assert.equal(((await shown.textContent()) ?? '').length, 512 * 1024);
    await page.getByRole('button', { name: 'Show the rest' }).click();
    await shown.getByText('last line').waitFor();
    assert.equal(((await shown.textContent()) ?? '').length, 1_250_009);
    assert.deepEqual(faults, []);
  });

  test('without --ui-write the page offers no writes', async (context) => {
    const { page } = await open(context, { url: url('/app/greeting') });
    await page.getByText('hello world').waitFor();
    for (const name of ['Edit', 'Delete …', 'New key'])
      assert.equal(await page.getByRole('button', { name }).count(), 0);
  });
}
