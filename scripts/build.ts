/**
 * Builds the package that npm publishes: `npm run build`. src/ and migrations/ become a few files,
 * because the time of a start depends on the number of files loaded, in each of its threads.
 */
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
  outExtension: { '.js': '.cjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  supported: { 'dynamic-import': false },
  target: 'es2024',
  logLevel: 'warning',
});
