/**
 * Writes src/wire/generated/ from proto/: `npm run generate`. With --check it writes nothing, and
 * fails when the existing files differ from the files that it would write.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { descriptorsSource } from './codec/descriptors-source.ts';
import { fileSource } from './codec/file-source.ts';
import { loadSchema } from './codec/schema.ts';

const root = join(import.meta.dirname, '..');
const outputDirectory = join(root, 'src/wire/generated');

const files = loadSchema(join(root, 'proto'));
const wanted = new Map(files.map((file) => [file.path.replace(/\.proto$/, '.ts'), fileSource(file)]));
wanted.set('descriptors.ts', descriptorsSource(files));

if (process.argv.includes('--check')) {
  const stale = [...wanted].filter(([path, source]) => read(join(outputDirectory, path)) !== source);
  const extra = filesThere().filter((path) => !wanted.has(path));
  if (stale.length + extra.length > 0) {
    const paths = [...stale.map(([path]) => path), ...extra];
    console.error(`src/wire/generated is not what proto/ says (${paths.join(', ')}): npm run generate`);
    process.exitCode = 1;
  }
} else {
  rmSync(outputDirectory, { recursive: true, force: true });
  for (const [path, source] of wanted) {
    mkdirSync(dirname(join(outputDirectory, path)), { recursive: true });
    writeFileSync(join(outputDirectory, path), source);
  }
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function filesThere(): string[] {
  if (!existsSync(outputDirectory)) return [];
  return readdirSync(outputDirectory, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
}
