/**
 * Takes the pictures of docs/ui.md, in docs/images/: `npm run screenshots`. It starts a tine with
 * the keys of a small cluster, and needs Chromium as the tests of the page do.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { EtcdClient, repositoryRoot, Server, sqlite } from '../test/support/index.ts';
import { startActivity } from '../test/support/ui/activity.ts';
import { launchChromium } from '../test/support/ui/chromium.ts';
import { putClusterKeys } from '../test/support/ui/cluster-keys.ts';
import { liveArguments, livePictures, workMs } from './ui-live-pictures.ts';

interface Picture {
  readonly name: string;
  readonly hash: string;
  /** Brings the page into the state that the picture shows. */
  readonly prepare: (page: Page) => Promise<void>;
}

const pictures: readonly Picture[] = [
  {
    name: 'keys',
    hash: '#/value//registry/pods/shop/web-003',
    prepare: async (page) => {
      await page.getByText('managedFields').waitFor();
      // On a phone the tree is not visible.
      await page.locator('.tree').getByText('web-003').waitFor({ state: 'attached' });
    },
  },
  {
    name: 'history',
    hash: '#/value//app/settings',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'History' }).click();
      await page.getByText('back to the creation').waitFor();
    },
  },
];

const directory = join(repositoryRoot, 'docs', 'images');
const schemes = ['light', 'dark'] as const;
const sizes = { '': { width: 1200, height: 720 }, '-phone': { width: 390, height: 760 } } as const;

mkdirSync(directory, { recursive: true });
const server = await Server.start({ driver: sqlite, arguments: ['--ui-write', ...liveArguments] });
const client = new EtcdClient(server.address);
const browser = await launchChromium();
try {
  await putClusterKeys(client);
  for (const picture of pictures) {
    for (const scheme of schemes) await take(browser, picture, scheme, '');
  }
  const [keys] = pictures;
  if (keys !== undefined) await take(browser, keys, 'light', '-phone');
  const activity = await startActivity(client);
  await pause(workMs);
  for (const picture of livePictures) {
    for (const scheme of schemes) await take(browser, picture, scheme, '');
  }
  await take(browser, livePictures[1], 'light', '-phone');
  await activity.stop();
} finally {
  await browser.close();
  client.close();
  await server.remove();
}

async function take(
  from: Browser,
  { name, hash, prepare }: Picture,
  colorScheme: (typeof schemes)[number],
  size: keyof typeof sizes,
): Promise<void> {
  const tabs = await from.newContext({ colorScheme, viewport: sizes[size] });
  const page = await tabs.newPage();
  await page.goto(`${server.url}/ui/${hash}`);
  await prepare(page);
  await page.screenshot({ path: join(directory, `ui-${name}-${colorScheme}${size}.png`) });
  await tabs.close();
}
