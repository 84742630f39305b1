import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addUser, enableAuth } from '../support/auth.ts';
import { ANY_DRIVER, type EtcdClient, ownServer, suite } from '../support/index.ts';
import { accessibilityFindings } from '../support/ui/accessibility.ts';
import { testAppearance } from '../support/ui/appearance.ts';
import { protobufObject } from '../support/ui/kubernetes-objects.ts';
import { browserForTests } from '../support/ui/open-page.ts';

/** Each row as its event, key and revision; a row of skipped events as its text. */
async function rowsOf(page: Page): Promise<readonly (readonly string[])[]> {
  return page.$$eval('table.events tbody tr', (rows) =>
    rows.map((row) =>
      [...row.children].slice(0, 3).map((cell) => (cell as { textContent: string | null }).textContent?.trim() ?? ''),
    ),
  );
}

/** Puts keys `PREFIX0`, `PREFIX1` and so on, 100 in each transaction. */
async function putMany(client: EtcdClient, prefix: string, count: number): Promise<void> {
  for (let start = 0; start < count; start += 100) {
    const keys = Array.from({ length: Math.min(100, count - start) }, (_, offset) => `${prefix}${start + offset}`);
    await client.txn({ success: keys.map((key) => ({ request_put: { key, value: 'v' } })) });
  }
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver);
  const open = browserForTests();
  const url = (prefix: string) => `${shared.server.url}/ui/#/events/${prefix}`;

  test('events under a prefix appear as they happen, newest first', async (context) => {
    const { client } = shared;
    const { page, faults } = await open(context, { url: url('/live/') });
    await page.getByText('Live.').waitFor();
    await client.put({ key: '/live/pod', value: 'first' });
    await client.put({ key: '/other/pod', value: 'not shown' });
    await client.put({ key: '/live/pod', value: 'second' });
    await client.deleteRange({ key: '/live/pod' });
    await page.getByText('deleted').waitFor();
    assert.deepEqual(
      (await rowsOf(page)).map(([event, key]) => [event, key]),
      [
        ['deleted', '/live/pod'],
        ['changed', '/live/pod'],
        ['created', '/live/pod'],
      ],
    );
    assert.equal(await page.getByText('not shown').count(), 0);
    await page.getByText('3 events received').waitFor();
    assert.equal(await page.getByRole('link', { name: '/live/pod' }).first().getAttribute('href'), '#/value//live/pod');
    assert.deepEqual(faults, []);
  });

  test('an event of a Kubernetes object in protobuf shows its kind instead of its bytes', async (context) => {
    const { client } = shared;
    const { page, faults } = await open(context, { url: url('/kinds/') });
    await page.getByText('Live.').waitFor();
    const pod = protobufObject({ apiVersion: 'v1', kind: 'Pod', name: 'web', namespace: 'shop' });
    await client.put({ key: '/kinds/pod', value: pod });
    const cell = page.locator('table.events td.value');
    await cell.waitFor();
    assert.equal(await cell.textContent(), `Pod (v1) ${pod.length} B`);
    assert.deepEqual(faults, []);
  });

  test('a pause keeps the list as it is, and its events are shown afterwards', async (context) => {
    const { client } = shared;
    const { page, faults } = await open(context, { url: url('/pause/') });
    await page.getByText('Live.').waitFor();
    await client.put({ key: '/pause/before', value: '' });
    await page.getByRole('link', { name: '/pause/before' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await client.put({ key: '/pause/during', value: '' });
    await page.getByText('1 waiting').waitFor();
    assert.equal((await rowsOf(page)).length, 1);
    await page.getByRole('button', { name: 'Resume' }).press('Enter');
    await page.getByRole('link', { name: '/pause/during' }).waitFor();
    assert.deepEqual(
      (await rowsOf(page)).map(([, key]) => key),
      ['/pause/during', '/pause/before'],
    );
    assert.deepEqual(faults, []);
  });

  test('a pause of more events than it keeps shows how many were skipped', async (context) => {
    const { client } = shared;
    const { page, faults } = await open(context, { url: url('/flood/') });
    await page.getByText('Live.').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await putMany(client, '/flood/', 2_000);
    await page.getByText('800 waiting, 1,200 skipped').waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('1,200 events skipped during the pause').waitFor();
    const rows = await rowsOf(page);
    assert.equal(rows.length, 801);
    assert.equal(rows[0]?.[1], '/flood/1999');
    assert.equal(rows[799]?.[1], '/flood/1200');
    await putMany(client, '/flood/more-', 1_500);
    await page.getByRole('link', { name: '/flood/more-1499' }).waitFor();
    assert.equal((await rowsOf(page)).length, 1_000);
    assert.deepEqual(faults, []);
  });

  test('events are shown from a revision on, and a compacted one names the oldest', async (context) => {
    const { client } = shared;
    const revisions: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { header } = await client.put({ key: '/past/key', value: `${index}` });
      revisions.push(Number(header.revision));
    }
    const [first = 0, second = 0, third = 0] = revisions;
    const { page, faults } = await open(context, { url: url('/past/') });
    const start = async (revision: string) => {
      await page.getByLabel('From revision').fill(revision);
      await page.getByRole('button', { name: 'Start', exact: true }).click();
    };
    await start(String(second));
    await page.getByText('4 events received').waitFor();
    assert.deepEqual(
      (await rowsOf(page)).map(([, , revision]) => Number(revision)),
      revisions.slice(1).toReversed(),
    );
    await client.compact({ revision: third });
    await start(String(first));
    await page.getByText('they were compacted').waitFor();
    await page.getByRole('button', { name: `Start at revision ${third}` }).click();
    await page.getByText('3 events received').waitFor();
    await page.getByText('Live.').waitFor();
    assert.deepEqual(faults, []);
  });

  test('the field changes the prefix, also to bytes that are no text', async (context) => {
    const { client } = shared;
    const { page, faults } = await open(context, { url: url('/a/') });
    await page.getByLabel('Prefix').fill('/b\\xff');
    await page.getByLabel('Prefix').press('Enter');
    await page.waitForURL('**/ui/#/events//b%FF');
    await page.getByText('Live.').waitFor();
    await client.put({ key: Buffer.from('/a/key'), value: '' });
    await client.put({ key: Buffer.from([0x2f, 0x62, 0xff, 0x01]), value: Buffer.from([0xfe]) });
    await page.getByRole('link', { name: '/b\\xff\\x01' }).waitFor();
    assert.equal((await rowsOf(page)).length, 1);
    assert.deepEqual(faults, []);
  });

  test('after a restart of the server the events go on without a gap', async (context) => {
    const { server, client } = await ownServer(context, { driver });
    const { page } = await open(context, { url: `${server.url}/ui/#/events//restart/` });
    await page.getByText('Live.').waitFor();
    await client.put({ key: '/restart/before', value: '' });
    await page.getByRole('link', { name: '/restart/before' }).waitFor();
    await server.stop();
    await page.getByText('The connection broke').waitFor();
    await server.start();
    client.reconnect();
    await client.put({ key: '/restart/after', value: '' });
    await page.getByRole('link', { name: '/restart/after' }).waitFor();
    assert.deepEqual(
      (await rowsOf(page)).map(([, key]) => key),
      ['/restart/after', '/restart/before'],
    );
  });

  test('a user without the right to read the keys is told so', async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await addUser(client, 'ann', { permType: 'READ', key: '/mine/', range_end: '/mine0' });
    const root = await enableAuth(client);
    const { page, faults } = await open(context, { url: `${server.url}/ui/#/events//all/` });
    await page.getByLabel('Name').fill('ann');
    await page.getByLabel('Password').fill('ann-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You have no right to read these keys.').waitFor();
    assert.deepEqual(await accessibilityFindings(page), []);
    await page.getByLabel('Prefix').fill('/mine/');
    await page.getByLabel('Prefix').press('Enter');
    await page.getByText('Live.').waitFor();
    await root.put({ key: '/mine/key', value: 'v' });
    await page.getByRole('link', { name: '/mine/key' }).waitFor();
    root.close();
    assert.deepEqual(faults, []);
  });

  testAppearance(open, {
    url: () => url('/axe/'),
    fill: async (page) => {
      await page.getByText('Live.').waitFor();
      for (const value of ['one', 'two']) await shared.client.put({ key: '/axe/key', value });
      await shared.client.deleteRange({ key: '/axe/key' });
      await page.getByText('deleted').waitFor();
    },
  });
}
