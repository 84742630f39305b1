import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addUser, enableAuth } from '../support/auth.ts';
import { ANY_DRIVER, ownServer, suite, waitFor } from '../support/index.ts';
import { accessibilityFindings } from '../support/ui/accessibility.ts';
import { testAppearance } from '../support/ui/appearance.ts';
import { browserForTests } from '../support/ui/open-page.ts';

const titles = [
  'Requests',
  'Latency, 99 of 100',
  'Latency, median',
  'Write batches',
  'Writes in a batch',
  'Commit',
  'Watches',
  'Events',
  'Watch lag',
  'Database',
  'Event loop',
  'Processor',
  'Memory',
  'Connections',
];

/** A new server has its first sample after 10 s. */
const firstSampleMs = 40_000;

/** The pixels of the first chart; the same text means the same picture. */
function picture(page: Page): Promise<string> {
  return page.evaluate("document.querySelector('.load-figure canvas').toDataURL()");
}

/** How many colours the first chart has, without the ones of blurred edges. */
function colourCount(page: Page): Promise<number> {
  return page.evaluate(`(() => {
    const canvas = document.querySelector('.load-figure canvas');
    const { width, height } = canvas;
    // A copy, because Chromium warns about a canvas that is read often.
    const copy = Object.assign(document.createElement('canvas'), { width, height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    const counts = new Map();
    for (const pixel of new Uint32Array(data.buffer))
      if (pixel >>> 24 === 255) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
    return [...counts.values()].filter((count) => count > 10).length;
  })()`);
}

/** The numbers of a line in the table below a chart: now, and the highest. */
async function numbersOf(page: Page, title: string, line: string): Promise<readonly (string | null)[]> {
  const heading = page.getByRole('heading', { name: title, exact: true });
  const row = page.locator('.load-figure').filter({ has: heading }).locator('tbody tr').filter({ hasText: line });
  return row.locator('td').allTextContents();
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver, {
    // Work in the first samples.
    prepare: async ({ client }) => {
      for (let index = 0; index < 200; index += 1) {
        await client.put({ key: `/load/${index % 20}`, value: 'x'.repeat(200) });
        await client.range({ key: '/load/', range_end: '/load0' });
      }
    },
  });
  const open = browserForTests();
  const url = () => `${shared.server.url}/ui/#/load/`;

  test('a new server says when its first numbers come, and shows them then', async (context) => {
    const { server } = await ownServer(context, { driver });
    const { page, faults } = await open(context, { url: `${server.url}/ui/#/load/` });
    await page.getByText('The first numbers come 10 seconds after the start of the server.').waitFor();
    await page.getByRole('heading', { name: 'Requests' }).waitFor({ timeout: firstSampleMs });
    assert.deepEqual(faults, []);
  });

  test('the charts are drawn, and their tables have the numbers', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByText('A number every 10 seconds').waitFor({ timeout: firstSampleMs });
    assert.deepEqual(await page.getByRole('heading', { level: 2 }).allTextContents(), titles);
    assert.equal(await page.locator('.load-figure canvas').count(), titles.length);
    await waitFor('lines in the chart', async () => (await colourCount(page)) >= 3, { timeoutMs: firstSampleMs });
    const [, mostPuts = ''] = await numbersOf(page, 'Requests', 'Put');
    assert.match(mostPuts ?? '', /^[1-9][\d,.]*\/s$/);
    assert.match((await numbersOf(page, 'Latency, 99 of 100', 'Range')).at(1) ?? '', /^[\d.]+ (µs|ms|s)$/);
    assert.match((await numbersOf(page, 'Database', 'Size')).at(0) ?? '', /^[\d.,]+ [KM]iB$/);
    assert.match((await numbersOf(page, 'Memory', 'Resident')).at(0) ?? '', /^[\d.,]+ MiB$/);
    assert.deepEqual(faults, []);
  });

  test('a pointer on a chart shows the numbers of that time', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    await page.getByText('A number every 10 seconds').waitFor({ timeout: firstSampleMs });
    const column = page.locator('.load-figure thead').first().getByRole('columnheader').nth(1);
    assert.equal(await column.textContent(), 'Now');
    await page.locator('.load-figure .u-over').first().hover();
    await waitFor('the time', async () => /^\d\d:\d\d:\d\d$/.test((await column.textContent()) ?? ''));
    await page.mouse.move(0, 0);
    await waitFor('the newest numbers', async () => (await column.textContent()) === 'Now');
    assert.deepEqual(faults, []);
  });

  test('the charts follow the colours that are chosen', async (context) => {
    const { page, faults } = await open(context, { url: url(), colorScheme: 'light' });
    await page.getByText('A number every 10 seconds').waitFor({ timeout: firstSampleMs });
    await waitFor('a drawn chart', async () => (await colourCount(page)) > 1);
    const light = await picture(page);
    await page.getByLabel('Colours').selectOption('dark');
    await waitFor('other colours', async () => (await picture(page)) !== light);
    assert.equal(await page.locator('.load-figure canvas').count(), titles.length);
    assert.deepEqual(faults, []);
  });

  test('the load is read every 10 s while the page is visible, and not while it is hidden', async (context) => {
    const { page, faults } = await open(context, { url: url() });
    let reads = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/ui/api/load')) reads += 1;
    });
    await page.getByText('A number every 10 seconds').waitFor({ timeout: firstSampleMs });
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'hidden' })`);
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    reads = 0;
    await page.waitForTimeout(12_000);
    assert.equal(reads, 0);
    await page.evaluate(`Object.defineProperty(document, 'visibilityState', { configurable: true, value: 'visible' })`);
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await waitFor('a read', () => reads === 1);
    await waitFor('the next read', () => reads === 2, { timeoutMs: 20_000 });
    assert.deepEqual(faults, []);
  });

  test('a user without the role root is told that the load needs it', async (context) => {
    const { server, client } = await ownServer(context, { driver });
    await addUser(client, 'ann', { permType: 'READWRITE', key: 'a' });
    const root = await enableAuth(client);
    root.close();
    const { page, faults } = await open(context, { url: `${server.url}/ui/#/load/` });
    await page.getByLabel('Name').fill('ann');
    await page.getByLabel('Password').fill('ann-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You have no right to see the load of the server. It needs the role root.').waitFor();
    assert.deepEqual(await accessibilityFindings(page), []);
    assert.deepEqual(faults, []);
  });

  testAppearance(open, {
    url,
    fill: (page) => page.getByText('A number every 10 seconds').waitFor({ timeout: firstSampleMs }),
  });
}
