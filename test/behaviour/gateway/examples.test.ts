import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ANY_DRIVER, repositoryRoot, suite } from '../../support/index.ts';

const run = promisify(execFile);
const text = readFileSync(join(repositoryRoot, 'docs', 'gateway.md'), 'utf8');

/** The shell examples in docs/gateway.md, one script per block. */
const examples = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, example = '']) => example);

/** The expected output in comment lines, with `...` for parts that depend on the server. */
function promisesOf(example: string): readonly RegExp[] {
  return example
    .split('\n')
    .filter((line) => line.startsWith('# {'))
    .map((line) => new RegExp(line.slice(2).split('...').map(literally).join('.*')));
}

function literally(part: string): string {
  return part.replaceAll(/[^\w]/g, '\\$&');
}

for (const driver of ANY_DRIVER) {
  const shared = suite(driver);

  test(`${driver.name}: the examples in docs/gateway.md return what the document shows`, async () => {
    assert.ok(examples.length >= 4);
    for (const example of examples) {
      // An open-ended reply is read for a second while a key changes.
      const isWatch = example.includes('/v3/watch');
      const patient = isWatch ? example.replace('curl -N', 'curl -N --max-time 1') : example;
      const script = patient
        .replaceAll('http://localhost:2379', shared.server.url)
        .replaceAll('curl ', 'curl --silent --show-error ');
      const running = run('sh', ['-c', isWatch ? `${script}test $? = 28` : `set -e\n${script}`]);
      if (isWatch) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        await shared.client.put({ key: 'foo', value: 'baz' });
      }
      const { stdout } = await running;
      const answers = stdout.replaceAll(/(?<=[,:{}\]]) +/g, '');
      for (const promise of promisesOf(example)) assert.match(answers, promise);
      assert.doesNotMatch(stdout, /"(?:code|error)":/, example);
    }
  });
}
