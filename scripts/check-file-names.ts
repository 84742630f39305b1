/**
 * Checks that every source file that a Markdown file or a comment names in backquotes exists. A
 * name with NAME in it stands for several files.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const folders = '{src,test,bench,scripts,ui,docs,deploy,migrations}';
const sources = globSync(`${folders}/**/*.{ts,tsx}`);
const names = new Set(sources.map((file) => basename(file)));

for (const file of [...globSync(['*.md', `${folders}/**/*.md`]), ...sources]) {
  const text = readFileSync(file, 'utf8');
  for (const [index, line] of text.split('\n').entries()) {
    for (const [, name] of line.matchAll(/`(?:[\w.-]+\/)*([\w.-]+\.tsx?)`/g)) {
      if (name === undefined || name.includes('NAME') || names.has(name)) continue;
      console.error(`${file}:${index + 1}: there is no file ${name}`);
      process.exitCode = 1;
    }
  }
}
