/** The pictures of the views that show work: events, load, cluster. */
import type { Page } from 'playwright-core';

/** Time of work before the pictures, so that the charts have lines. */
export const workMs = 150_000;

/** The same for a server that works already. */
export const chartMs = 45_000;

/** Options of the server with which there is something to see. */
export const liveArguments = [
  ...['--warning-unary-request-duration', '20ms'],
  ...['--auto-compaction-mode', 'periodic', '--auto-compaction-retention', '1m'],
];

export const livePictures = [
  {
    name: 'events',
    hash: '#/events//registry/pods/',
    prepare: async (page: Page) => {
      await page.getByText('deleted').first().waitFor();
      await page.getByText('created').first().waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText(/^[1-9][\d,]* events received, [1-9]/).waitFor();
    },
  },
  {
    name: 'load',
    hash: '#/load/',
    prepare: async (page: Page) => {
      await page.getByText('A number every 10 seconds').waitFor();
      await page.locator('.load-figure canvas').nth(13).waitFor();
    },
  },
  {
    name: 'cluster',
    hash: '#/cluster/',
    prepare: async (page: Page) => {
      await page.getByRole('link', { name: '/registry/' }).first().waitFor();
      await page.getByRole('heading', { name: 'Slow requests' }).waitFor();
    },
  },
] as const;
