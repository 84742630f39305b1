import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bashCompletion } from '../../../src/commands/completion/bash-completion.ts';
import { fishCompletion } from '../../../src/commands/completion/fish-completion.ts';
import { zshCompletion } from '../../../src/commands/completion/zsh-completion.ts';
import { type CommandEntry, commandList } from '../../../src/config/command-list.ts';
import { type Option, options } from '../../../src/config/options.ts';
import { temporaryDirectory } from '../../support/index.ts';
import { findOnPath } from '../../support/paths.ts';

const scripts = { bash: bashCompletion(), zsh: zshCompletion(), fish: fishCompletion() };

const commandNames = Object.keys(commandList);
const flagNames = [
  ...Object.entries<Option>(options).flatMap(([name, { isSecret }]) => (isSecret === true ? [] : [name])),
  ...Object.values<CommandEntry>(commandList).flatMap(({ flags = {} }) => Object.keys(flags)),
];

/** Arguments that make a shell check the syntax of a file without running it. */
const syntaxArguments = { bash: ['-n'], zsh: ['-f', '-n'], fish: ['--no-execute'] } as const;

const directory = temporaryDirectory();
mkdirSync(join(directory, 'folder'));
writeFileSync(join(directory, 'file with spaces.db'), '');

/** What bash proposes at the end of a line, which it splits as it does at a prompt. */
function proposals(line: string): readonly string[] {
  const words = line.split(/ |(?<==)|(?==)/);
  const list = words.map((word) => `'${word}'`).join(' ');
  const script = `${scripts.bash}
COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}
_tine
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: directory });
  assert.deepEqual({ stderr, status }, { stderr: '', status: 0 }, line);
  return stdout.split('\n').filter((each) => each !== '');
}

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  test(`the completion of ${shell} contains every command and every flag`, () => {
    const script = scripts[shell];
    for (const name of commandNames) assert.match(script, new RegExp(`[ '(]${name}[ ':)]`), name);
    const dashes = shell === 'fish' ? '-l ' : '--';
    for (const name of flagNames) assert.match(script, new RegExp(`${dashes}${name}[ '=[)|]`), name);
    assert.doesNotMatch(script, new RegExp(`${dashes}datastore-password[ '=[)|]`), 'a secret has no flag');
  });

  test(`the completion of ${shell} has no syntax error`, { skip: findOnPath(shell) === undefined }, () => {
    const path = join(directory, `tine.${shell}`);
    writeFileSync(path, scripts[shell]);
    const { stderr, status } = spawnSync(shell, [...syntaxArguments[shell], path], { encoding: 'utf8' });
    assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
  });
}

test('bash completes commands, and flags at every place', () => {
  assert.deepEqual(proposals('tine '), commandNames);
  assert.deepEqual(proposals('tine do'), ['doctor']);
  assert.deepEqual(proposals('tine --name check do'), ['doctor'], 'the value of a flag is no command');
  assert.deepEqual(proposals('tine --name=check do'), ['doctor']);
  assert.deepEqual(proposals('tine doctor --quota'), ['--quota-backend-bytes']);
  assert.deepEqual(proposals('tine check state.db --data-'), ['--data-dir']);
});

test('bash completes the words of a command, and the flags of this command only', () => {
  assert.deepEqual(proposals('tine snapshot '), ['save', 'status', 'restore', 'list', 'prune']);
  assert.deepEqual(proposals('tine completion '), ['bash', 'zsh', 'fish']);
  assert.deepEqual(proposals('tine snapshot restore --bump'), ['--bump-revision']);
  assert.deepEqual(proposals('tine check --bump'), []);
  assert.deepEqual(proposals('tine version '), []);
});

test('bash completes files, directories and the words of an option', () => {
  const everything = ['file with spaces.db', 'folder'];
  const files = (line: string): readonly string[] => proposals(line).filter((name) => !name.startsWith('tine.'));
  assert.deepEqual(files('tine check ').toSorted(), everything);
  assert.deepEqual(files('tine snapshot save ').toSorted(), everything);
  assert.deepEqual(files('tine --cert-file fi'), ['file with spaces.db']);
  assert.deepEqual(files('tine --data-dir '), ['folder']);
  assert.deepEqual(files('tine --data-dir=fo'), ['folder']);
  assert.deepEqual(proposals('tine --log-level '), ['debug', 'info', 'warn', 'error']);
  assert.deepEqual(proposals('tine --log-level=w'), ['warn']);
  assert.deepEqual(proposals('tine --name '), [], 'nothing is known about a name');
});
