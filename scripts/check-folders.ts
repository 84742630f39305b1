/** Checks that no folder of src/ has more than 20 source files: a larger one needs subfolders. */
import { globSync } from 'node:fs';
import { dirname } from 'node:path';

const filesMax = 20;

const counts = new Map<string, number>();
for (const file of globSync('src/**/*.ts', { exclude: ['src/wire/generated/**'] })) {
  const folder = dirname(file);
  counts.set(folder, (counts.get(folder) ?? 0) + 1);
}
for (const [folder, count] of counts) {
  if (count <= filesMax) continue;
  console.error(`${folder}: ${count} source files; move some into folders inside it (at most ${filesMax})`);
  process.exitCode = 1;
}
