import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { accessibilityFindings } from './accessibility.ts';
import type { browserForTests } from './open-page.ts';

const viewports = [
  { width: 1280, height: 800 },
  { width: 390, height: 800 },
];

/**
 * Tests a view in light and dark, on a wide screen and on a phone: axe-core finds nothing, and the
 * page is not wider than the screen. `fill` waits until the view shows what it can show.
 */
export function testAppearance(
  open: ReturnType<typeof browserForTests>,
  { url, fill }: { readonly url: () => string; fill(page: Page): Promise<void> },
): void {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing, ${colorScheme}, wide and on a phone`, async (context) => {
      for (const viewport of viewports) {
        const { page, faults } = await open(context, { url: url(), colorScheme, viewport });
        await fill(page);
        assert.deepEqual(await accessibilityFindings(page), []);
        assert.ok(
          await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
          'the page is not too wide',
        );
        assert.deepEqual(faults, []);
      }
    });
  }
}
