/**
 * Bundles the page at /ui/ into dist/ui/: `npm run build:ui`. `npm ci` runs it too, so that a
 * checkout has the page. Each file is also written in gzip, as browsers load it.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A page opens within a second over 1.5 MBit/s. */
const gzippedBytesMax = 150 * 1024;

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist', 'ui');

const esbuild = await import('esbuild').catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error('build-ui: no page is built, because esbuild is not installed; tine works without the page');
});
if (esbuild !== undefined) await bundle(esbuild);

async function bundle({ build }: typeof import('esbuild')): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['ui/main.tsx', 'ui/main.css'],
    outdir: target,
    tsconfig: 'ui/tsconfig.json',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const path of ['index.html', 'kubernetes/kubernetes-fields.txt'])
    copyFileSync(join(root, 'ui', path), join(target, basename(path)));
  const sizes = ['index.html', 'main.css', 'main.js', 'kubernetes-fields.txt'].map(compress);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (total > gzippedBytesMax) throw new Error(`the page has ${total} bytes in gzip; at most ${gzippedBytesMax}`);
}

/** Returns the size of the file in gzip. */
function compress(name: string): number {
  const gzipped = gzipSync(readFileSync(join(target, name)), { level: 9 });
  writeFileSync(join(target, `${name}.gz`), gzipped);
  return gzipped.length;
}
