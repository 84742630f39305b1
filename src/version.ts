import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** tine's version, from its package.json. */
export function tineVersion(): string {
  // Next to src/ in a checkout and next to dist/ in a package.
  const manifest: { readonly version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'),
  );
  return manifest.version;
}
