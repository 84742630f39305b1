/**
 * The page with many keys under one prefix: `node bench/ui.ts [--keys 1000000]`. Prints how long
 * the tree takes until its first keys are drawn, and how long other clients wait meanwhile.
 */
import { parseArgs } from 'node:util';
import { EtcdClient, Server, sleep, sqlite } from '../test/support/index.ts';
import { launchChromium } from '../test/support/ui/chromium.ts';

const { values: options } = parseArgs({ options: { keys: { type: 'string', default: '1000000' } } });
const keyCount = Number(options.keys);
const putsPerTxn = 100;
const txnsAtOnce = 16;
const othersMs = 10_000;
const rounds = 5;

const server = await Server.start({ driver: sqlite });
const client = new EtcdClient(server.address);
const browser = await launchChromium();
try {
  await fill();
  await measure('alone');
  await withOtherClient('without the page', () => sleep(othersMs));
  await withOtherClient('with the page', () => measure('beside another client'));
} finally {
  await browser.close();
  client.close();
  await server.remove();
}

async function fill(): Promise<void> {
  const startMs = performance.now();
  let next = 0;
  const fillOn = async () => {
    while (next < keyCount) {
      const start = next;
      next += putsPerTxn;
      const success = Array.from({ length: putsPerTxn }, (_, offset) => ({
        request_put: { key: `/registry/big/${String(start + offset).padStart(7, '0')}`, value: 'x'.repeat(100) },
      }));
      await client.txn({ success });
    }
  };
  await Promise.all(Array.from({ length: txnsAtOnce }, fillOn));
  for (const name of ['a', 'pods', 'zones']) await client.put({ key: `/registry/${name}/x`, value: 'x' });
  console.log(`${keyCount} keys put in ${Math.round((performance.now() - startMs) / 1000)} s`);
}

/** From the navigation to the first paint and to the first key, in tabs without any cache. */
async function measure(name: string): Promise<void> {
  const hashes = { '': /^registry/, '#/keys//registry/': /big/, '#/keys//registry/big/': /0000000/ };
  for (const [hash, first] of Object.entries(hashes)) {
    const times: string[] = [];
    const paints: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const tabs = await browser.newContext();
      const page = await tabs.newPage();
      const startMs = performance.now();
      await page.goto(`${server.url}/ui/${hash}`);
      await page.getByRole('treeitem', { name: first }).first().waitFor();
      times.push(`${Math.round(performance.now() - startMs)} ms`);
      paints.push(`${Math.round(await page.evaluate(firstPaintMs))} ms`);
      await page.waitForLoadState('networkidle');
      await tabs.close();
    }
    console.log(`${name}: /ui/${hash}: first paint after ${paints.join(', ')}; first keys after ${times.join(', ')}`);
  }
}

/** Runs in the page. */
function firstPaintMs(): number {
  return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
}

/** One get and one put every 10 ms, as long as the work takes. Prints how long they took. */
async function withOtherClient(when: string, work: () => Promise<void>): Promise<void> {
  const gets: number[] = [];
  const puts: number[] = [];
  let isOver = false;
  const other = new EtcdClient(server.address);
  const timed = async (times: number[], call: () => Promise<unknown>) => {
    const startMs = performance.now();
    await call();
    times.push(performance.now() - startMs);
  };
  const running = (async () => {
    while (!isOver) {
      await timed(gets, () => other.range({ key: '/registry/a/x' }));
      await timed(puts, () => other.put({ key: '/registry/a/x', value: 'y' }));
      await sleep(10);
    }
  })();
  await work();
  isOver = true;
  await running;
  other.close();
  for (const [name, times] of Object.entries({ gets, puts })) {
    const sorted = times.toSorted((left, right) => left - right);
    const [median, p99] = [0.5, 0.99].map((part) => sorted[Math.floor(part * sorted.length)] ?? 0);
    console.log(`${times.length} ${name} ${when}: median ${median?.toFixed(1)} ms, p99 ${p99?.toFixed(1)} ms`);
  }
}
