import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addUser, enableAuth } from '../support/auth.ts';
import { ANY_DRIVER, ownServer, suite, temporaryDirectory, waitFor } from '../support/index.ts';
import { accessibilityFindings } from '../support/ui/accessibility.ts';
import { testAppearance } from '../support/ui/appearance.ts';
import { browserForTests } from '../support/ui/open-page.ts';

const leaseCount = 45;

/** The cells of each row of a table, by the name of the part that scrolls it. */
async function rowsOf(page: Page, table: string): Promise<readonly (readonly string[])[]> {
  const rows = await page.getByRole('region', { name: table, exact: true }).locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('th, td').allTextContents()));
}

/** A fact by its name, in a section. */
function fact(page: Page, section: string, name: string): Promise<string | null> {
  return page
    .getByRole('region', { name: section, exact: true })
    .locator('.facts div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .textContent();
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, {
    arguments: ['--warning-unary-request-duration', '0s', '--name', 'first'],
    prepare: async ({ client }) => {
      for (let index = 0; index < leaseCount; index += 1) {
        const { ID } = await client.leaseGrant({ TTL: 1_000 + 100 * index });
        if (index === 1) continue;
        await client.put({ key: `/leased/${index}`, value: 's3cret', lease: ID });
        if (index > 0) continue;
        for (let other = 0; other < 7; other += 1) await client.put({ key: `/leased/0/${other}`, lease: ID });
      }
    },
  });
  const open = browserForTests();
  const url = () => `${shared.server.url}/ui/#/cluster/`;

  test('the status and the members are shown', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByText('No alarm is active.').waitFor();
    const [member] = await rowsOf(page, 'Table of members');
    assert.equal(member?.[0], 'first');
    assert.match(member?.[1] ?? '', /^[0-9a-f]+$/);
    assert.equal(member?.[2], shared.server.url);
    assert.equal(member?.[3], 'leader, this instance');
    assert.match((await fact(page, 'Status', 'Database')) ?? '', /^[\d.,]+ [KM]iB, [\d.,]+ [KM]iB in use$/);
    assert.match((await fact(page, 'This instance', 'Running for')) ?? '', /^\d+ (s|min)/);
    assert.equal(await fact(page, 'This instance', 'Database'), driver.dialect);
    assert.deepEqual(faults, []);
  });

  test('leases are listed with their time left and their keys, a page at a time', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByRole('heading', { name: `Leases (${leaseCount})` }).waitFor();
    await page.getByRole('link', { name: '/leased/19' }).waitFor();
    const first = await rowsOf(page, 'Table of leases');
    assert.equal(first.length, 20);
    assert.match(first[0]?.[0] ?? '', /^[0-9a-f]+$/);
    assert.match(first[0]?.[1] ?? '', /^1[56] min/);
    assert.equal(first[0]?.[2], '16 min 40 s');
    assert.match(first[1]?.[3] ?? '', /^none$/);
    assert.equal(await page.getByRole('link', { name: '/leased/0/', exact: false }).count(), 4);
    await page.getByRole('button', { name: 'Show 3 further keys' }).click();
    assert.equal(await page.getByRole('link', { name: '/leased/0/', exact: false }).count(), 7);
    const pages = page.getByRole('navigation', { name: 'Pages of leases' });
    await pages.getByText('1 to 20 of 45').waitFor();
    assert.ok(await pages.getByRole('button', { name: 'Previous' }).isDisabled());
    await pages.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: '/leased/20' }).waitFor();
    await pages.getByRole('button', { name: 'Next' }).press('Enter');
    await page.getByRole('link', { name: '/leased/44' }).waitFor();
    assert.equal((await rowsOf(page, 'Table of leases')).length, 5);
    assert.ok(await pages.getByRole('button', { name: 'Next' }).isDisabled());
    assert.deepEqual(faults, []);
  });

  test('compaction and slow requests are shown, without values', async (context) => {
    const { client } = shared;
    const { header } = await client.put({ key: '/compacted', value: 's3cret' });
    const revision = Number(header.revision);
    await client.compact({ revision: revision - 3 });
    const { page, faults } = await open(context, { url: url() });
    await page.getByRole('heading', { name: 'Compaction' }).waitFor();
    assert.equal(await fact(page, 'Compaction', 'Compacted up to'), `revision ${revision - 3}`);
    assert.equal(await fact(page, 'Compaction', 'History'), '3 revisions');
    assert.match((await fact(page, 'Compaction', 'Last here')) ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(await fact(page, 'Compaction', 'Automatic'), 'off; clients compact');
    const slow = await rowsOf(page, 'Table of slow requests');
    assert.equal(slow.length, 10);
    for (const [ended, method, took, result, peer] of slow) {
      assert.match(ended ?? '', /^\d{4}-/);
      assert.match(method ?? '', /^[A-Za-z]+$/);
      assert.match(took ?? '', /s$/);
      assert.equal(result, 'ok');
      assert.match(peer ?? '', /^127\.0\.0\.1:\d+$/);
    }
    const pages = page.getByRole('navigation', { name: 'Pages of slow requests' });
    await pages.getByText('1 to 10 of 50').waitFor();
    await page.getByText('This server takes no snapshots by schedule.').waitFor();
    assert.equal(await page.getByText('s3cret').count(), 0);
    assert.deepEqual(faults, []);
  });

  test('snapshots by schedule are shown with the next slot', async (context) => {
    const folder = temporaryDirectory();
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const { server } = await ownServer(context, {
      driver,
      arguments: ['--snapshot-schedule', '* * * * * *', '--snapshot-dir', folder],
    });
    await waitFor('a snapshot', () => readdirSync(folder).some((name) => name.endsWith('.db')), { timeoutMs: 30_000 });
    const { page, faults } = await open(context, { url: `${server.url}/ui/#/cluster/` });
    await page.getByRole('region', { name: 'Table of snapshots' }).waitFor();
    assert.match((await fact(page, 'Snapshots', 'Next')) ?? '', /^\d{4}-/);
    const [[, place, name] = []] = await rowsOf(page, 'Table of snapshots');
    assert.equal(place, 'folder');
    assert.match(name ?? '', /^tine-snapshot/);
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(faults, []);
  });

  test('an alarm is shown with what it means', async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await client.alarm({ action: 'ACTIVATE', memberID: 255, alarm: 'NOSPACE' });
    const { page, faults } = await open(context, { url: `${server.url}/ui/#/cluster/` });
    await page
      .getByText(
        'NOSPACE: puts and new leases are refused, because the database has reached its quota or its disk is full.',
      )
      .waitFor();
    await page.getByText('Raised by member ff.').waitFor();
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(faults, []);
  });

  test('a user without rights sees what every user may, and is told what not', async (context) => {
    const { server, client } = await ownServer(context, { driver });
    for (const key of ['/mine/key', '/other/key']) {
      const { ID } = await client.leaseGrant({ TTL: 600 });
      await client.put({ key, lease: ID });
    }
    await addUser(client, 'ann', { permType: 'READ', key: '/mine/', range_end: '/mine0' });
    const root = await enableAuth(client);
    root.close();
    const { page, faults } = await open(context, { url: `${server.url}/ui/#/cluster/` });
    await page.getByLabel('Name').fill('ann');
    await page.getByLabel('Password').fill('ann-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('No alarm is active.').waitFor();
    assert.equal((await rowsOf(page, 'Table of members')).length, 1);
    for (const what of ['compaction and slow requests', 'snapshots'])
      await page.getByText(`You have no right to see ${what}. It needs the role root.`).waitFor();
    await page.getByText('You have no right to see all leases: one of them has a key that you may not read.').waitFor();
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(faults, []);
  });

  testAppearance(open, {
    url,
    fill: async (page) => {
      await page.getByRole('link', { name: '/leased/19' }).waitFor();
      await page.getByRole('heading', { name: 'Slow requests' }).waitFor();
    },
  });
}
