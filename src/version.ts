import { readFileSync } from 'node:fs';

/** tine's version, from its package.json. */
export function tineVersion(): string {
  // Next to src/ in a checkout and next to dist/ in a package.
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
