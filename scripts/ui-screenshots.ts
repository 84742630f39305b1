/**
 * Takes the pictures of docs/ui.md, in docs/images/. It needs Chromium as the tests of the page do.
 *
 *     npm run screenshots                           # a tine with the keys of a small cluster
 *     npm run screenshots -- --address HOST:PORT    # a tine that a Kubernetes control plane uses
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { EtcdClient, repositoryRoot, Server, sqlite } from '../test/support/index.ts';
import { startActivity } from '../test/support/ui/activity.ts';
import { launchChromium } from '../test/support/ui/chromium.ts';
import { putClusterKeys } from '../test/support/ui/cluster-keys.ts';
import { chartMs, liveArguments, livePictures, workMs } from './ui-live-pictures.ts';

interface Picture {
  readonly name: string;
  readonly hash: string;
  /** Brings the page into the state that the picture shows. */
  readonly prepare: (page: Page) => Promise<void>;
}

/** The pictures of keys: an object, and the versions of a key. */
function picturesOf({ object, changed }: { readonly object: string; readonly changed: string }): [Picture, Picture] {
  return [
    {
      name: 'keys',
      hash: `#/value/${object}`,
      prepare: async (page) => {
        await page.getByText('managedFields').first().waitFor();
        // On a phone the tree is not visible.
        const name = object.slice(object.lastIndexOf('/') + 1);
        await page.locator('.tree').getByText(name).first().waitFor({ state: 'attached' });
      },
    },
    {
      name: 'history',
      hash: `#/value/${changed}`,
      prepare: async (page) => {
        await page.getByRole('button', { name: 'History' }).click();
        await page.getByText('back to the creation').waitFor();
      },
    },
  ];
}

const directory = join(repositoryRoot, 'docs', 'images');
const sizes = { '': { width: 1200, height: 720 }, '-phone': { width: 390, height: 760 } } as const;

mkdirSync(directory, { recursive: true });
const { values } = parseArgs({ options: { address: { type: 'string' } } });
const browser = await launchChromium();
try {
  if (values.address === undefined) await takeOwnServer();
  else await takeRunningServer(values.address);
} finally {
  await browser.close();
}

async function takeOwnServer(): Promise<void> {
  const server = await Server.start({ driver: sqlite, arguments: ['--ui-write', ...liveArguments] });
  const client = new EtcdClient(server.address);
  try {
    await putClusterKeys(client);
    await takeKeys(server.address, { object: '/registry/pods/shop/web-003', changed: '/app/settings' });
    const activity = await startActivity(client);
    await pause(workMs);
    await takeLive(server.address);
    await activity.stop();
  } finally {
    client.close();
    await server.remove();
  }
}

/** To be started while the control plane creates and deletes pods. */
async function takeRunningServer(address: string): Promise<void> {
  const [events, load, cluster] = livePictures;
  await takeInBothColours(address, [events, cluster]);
  const client = new EtcdClient(address);
  const pods = await client.range({ key: '/registry/pods/', range_end: '/registry/pods0', limit: 1 });
  client.close();
  const [first] = pods.kvs;
  if (first === undefined)
    throw new Error(`${address}: no pod is stored there; start a Kubernetes control plane on it`);
  const pod = String(first.key);
  await takeKeys(address, { object: pod, changed: pod });
  await pause(chartMs);
  await takeInBothColours(address, [load]);
  await take(address, load, 'light', '-phone');
}

async function takeKeys(address: string, keys: Parameters<typeof picturesOf>[0]): Promise<void> {
  const pictures = picturesOf(keys);
  await takeInBothColours(address, pictures);
  await take(address, pictures[0], 'light', '-phone');
}

async function takeLive(address: string): Promise<void> {
  await takeInBothColours(address, livePictures);
  await take(address, livePictures[1], 'light', '-phone');
}

async function takeInBothColours(address: string, pictures: readonly Picture[]): Promise<void> {
  for (const picture of pictures) {
    for (const scheme of ['light', 'dark'] as const) await take(address, picture, scheme, '');
  }
}

async function take(
  address: string,
  { name, hash, prepare }: Picture,
  colorScheme: 'light' | 'dark',
  size: keyof typeof sizes,
): Promise<void> {
  const tabs = await browser.newContext({ colorScheme, viewport: sizes[size] });
  const page = await tabs.newPage();
  await page.goto(`http://${address}/ui/${hash}`);
  await prepare(page);
  await page.screenshot({ path: join(directory, `ui-${name}-${colorScheme}${size}.png`) });
  await tabs.close();
}
