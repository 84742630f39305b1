/** The progress of commands, as a person at a terminal and a log file receive it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { runTine, temporaryDirectory } from '../support/index.ts';
import { kineRows, writeKineFile } from '../support/kine-file.ts';
import { tineProgram } from '../support/paths.ts';

const eraseLine = '\r\x1b[K';
const green = '\x1b[32m';

const directory = temporaryDirectory();
const kineFile = join(directory, 'kine.db');
writeKineFile(kineFile, kineRows);

/** Runs tine in a terminal that `script` opens. Returns what the terminal received. */
function inTerminal(commandArguments: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  const command = [tineProgram(), ...commandArguments].join(' ');
  const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    timeout: 60_000,
    env: childEnvironment({ TERM: 'xterm', ...environment }),
  });
  assert.equal(status, 0, stdout);
  return stdout;
}

/** What is left on the screen: an erased line is not. */
const screen = (text: string): string =>
  text
    .split('\r\n')
    .map((line) => line.split(eraseLine).at(-1))
    .join('\n');

test('in a terminal a copy, a check and a snapshot draw bars, and leave none', () => {
  const target = join(directory, 'copy.db');
  const snapshot = join(directory, 'snapshot.db');
  for (const { commandArguments, bar, end } of [
    {
      commandArguments: ['copy', '--from', kineFile, '--to', target],
      bar: 'ids copied [',
      end: /^(comparing\n)?copied up to revision \d+;/,
    },
    { commandArguments: ['check', target], bar: 'checking the rows of ', end: /^\/.*copy\.db: no faults: / },
    {
      commandArguments: ['snapshot', 'save', snapshot, '--endpoint', target],
      bar: `writing ${snapshot}`,
      end: /^saved .*: revision \d+\n$/,
    },
    { commandArguments: ['snapshot', 'status', snapshot], bar: `reading ${snapshot}`, end: /^ {2}hash: / },
  ]) {
    const text = inTerminal(commandArguments);
    assert.ok(text.includes(`${eraseLine}${bar}`), text);
    assert.match(screen(text), end);
  }
});

test('bars have a colour, and none with NO_COLOR', () => {
  const check = ['check', join(directory, 'copy.db')];
  assert.ok(inTerminal(check).includes(green));
  assert.ok(!inTerminal(check, { NO_COLOR: '1' }).includes(green));
});

test('without a terminal, short work prints its result alone', () => {
  const { stdout, stderr, status } = runTine(['check', join(directory, 'copy.db')]);
  assert.equal(status, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /^[^\r]*: no faults: [^\r]*\n$/);
});

test('a bar is gone before an error is printed', () => {
  const command = [tineProgram(), 'copy', '--from', kineFile, '--to', kineFile].join(' ');
  const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    env: childEnvironment({ TERM: 'xterm' }),
  });
  assert.match(screen(stdout), /^tine: .*: cannot copy a database into itself/);
});
