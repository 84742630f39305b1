import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot } from '../support/paths.ts';
import { namedDifferences } from './named-differences.ts';

test("docs/differences.md lists exactly the permitted differences of etcdctl's output", () => {
  const page = readFileSync(join(repositoryRoot, 'docs', 'differences.md'), 'utf8');
  const [, section = ''] = page.split('## In what etcdctl prints\n');
  const [list = ''] = section.split('\n## ');
  const listed = list.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| what'));
  assert.deepEqual(
    listed,
    namedDifferences.map(({ name, reason }) => `| ${name} | ${reason} |`),
  );
});
