/** The browser of the tests: a Chromium without windows, from Debian or from a variable. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import type { DebianPackage } from '../debian-packages.ts';
import { findOnPath } from '../paths.ts';

const programs = ['chromium-headless-shell', 'chromium', 'google-chrome'];
const instead = 'name a Chromium in TINE_TEST_CHROMIUM, or leave test/ui/ out';

export const chromiumPackages: readonly DebianPackage[] = [
  { name: 'chromium-headless-shell', isHere: () => findChromium() !== undefined, instead },
  // A browser without any font ends at once.
  { name: 'fonts-dejavu-core', isHere: () => existsSync('/usr/share/fonts/truetype'), instead },
];

function findChromium(): string | undefined {
  const named = process.env.TINE_TEST_CHROMIUM;
  if (named) return named;
  return programs.map(findOnPath).find((path) => path !== undefined);
}

export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('install the Debian package chromium-headless-shell, or name a Chromium in TINE_TEST_CHROMIUM');
  }
  // Root may run tests in a container, where Chromium's own sandbox does not work.
  return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
