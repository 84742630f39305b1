import { after, before, type TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from './chromium.ts';

/** A tab, and everything that went wrong in it. */
export interface OpenPage {
  readonly page: Page;
  /**
   * Errors of scripts, violations of the Content-Security-Policy, and requests to other servers.
   * Requests that the server refuses are no faults.
   */
  readonly faults: readonly string[];
}

export interface OpenPageOptions extends BrowserContextOptions {
  readonly url: string;
}

/** What a page on this machine needs at most, while other tests use the processors. */
const timeoutMs = 30_000;

/** One browser for the tests of a file. The function opens a tab with empty storage. */
export function browserForTests(): (context: TestContext, options: OpenPageOptions) => Promise<OpenPage> {
  let browser: Browser | undefined;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());
  return async (context, { url, ...options }) => {
    if (browser === undefined) throw new Error('the browser of this file runs only while its tests run');
    const tabs = await browser.newContext(options);
    context.after(() => tabs.close());
    const page = await tabs.newPage();
    page.setDefaultTimeout(timeoutMs);
    const faults = watchFaults(page, new URL(url).origin);
    await page.goto(url);
    return { page, faults };
  };
}

function watchFaults(page: Page, origin: string): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // The browser reports each refused request.
    const isRefusal = message.text().startsWith('Failed to load resource: the server responded');
    if (['error', 'warning'].includes(message.type()) && !isRefusal) faults.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:')) faults.push(`request to ${url}`);
  });
  return faults;
}
