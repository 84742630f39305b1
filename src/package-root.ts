import { join } from 'node:path';

/** The folder of package.json: beside src/ in a checkout, and beside dist/ in a package. */
export const packageRoot = join(import.meta.dirname, '..');
