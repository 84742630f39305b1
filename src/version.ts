import { readFileSync } from 'node:fs';

/** tine's own version, as its package says it. */
export function tineVersion(): string {
  // Beside src/ in a checkout and beside dist/ in a package.
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
