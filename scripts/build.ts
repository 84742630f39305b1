/** `npm run build`: what npm publishes. src/ and migrations/ in a few files, for a start costs by the files it loads, in each of its threads. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

rmSync(join(root, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: {
    main: 'src/main.ts',
    thread: 'src/drivers/sqlite/thread.ts',
    'large-value-thread': 'src/server/gateway/large-value-thread.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'es2024',
  logLevel: 'warning',
});
