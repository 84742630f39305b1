import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, test } from 'node:test';

const program = join(import.meta.dirname, '../../../bin/tine');

const newNode = nodeOf('v22.18.0');
const oldNode = nodeOf('v22.9.1');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tine-bin-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("bin/tine runs its checkout's sources from any directory and through symbolic links", async () => {
  symlinkSync(program, join(directory, 'first'));
  symlinkSync('first', join(directory, 'second'));
  const { output, status } = await run(join(directory, 'second'), ['version'], process.env.PATH ?? '');
  assert.match(output, /^tine \d+\.\d+\.\d+$/m);
  assert.equal(status, 0);
});

test('bin/tine is replaced by the server process, so signals reach the server', async () => {
  const copy = installed({ main: 'dist/main.cjs', node: newNode, nodeDirectory: 'path' });
  const { output, pid } = await run(copy, ['--name', 'two words'], pathWith('path'));
  assert.match(output, new RegExp(`^${pid} .*dist/main.cjs --name two words$`, 'm'));
});

test('the shell of npm start is replaced by the server process too', async () => {
  installed({ main: 'src/main.ts', node: newNode, nodeDirectory: 'path' });
  const { scripts } = JSON.parse(readFileSync(join(program, '../../package.json'), 'utf8'));
  // npm starts a script with sh -c.
  const line = `cd '${directory}' && ${scripts.start} --name x`;
  const { output, pid } = await run('/bin/sh', ['-c', line], pathWith('path'));
  assert.match(output, new RegExp(`^${pid} .*src/main.ts --name x$`, 'm'));
});

test("if the Node on PATH is too old, the project's own Node is used", async () => {
  const copy = installed({ main: 'src/main.ts', node: newNode, nodeDirectory: 'node_modules/.bin' });
  addNode('path', oldNode);
  const { output, status } = await run(copy, [], pathWith('path'));
  assert.match(output, /src\/main\.ts$/m);
  assert.equal(status, 0);
});

test('without a new enough Node, one line gives advice', async () => {
  const copy = installed({ main: 'src/main.ts', node: oldNode, nodeDirectory: 'path' });
  const { output, errors, status } = await run(copy, [], pathWith('path'));
  assert.equal(output, '');
  assert.match(errors, /^tine: needs Node\.js 22\.18 or newer, found v22\.9\.1: install it, or run npm ci in .*\n$/);
  assert.equal(status, 1);
});

/** A copy of bin/tine in a project of its own. */
function installed(project: { main: string; node: string; nodeDirectory: string }): string {
  for (const path of ['bin', join(project.main, '..')]) mkdirSync(join(directory, path), { recursive: true });
  writeFileSync(join(directory, project.main), '');
  addNode(project.nodeDirectory, project.node);
  const copy = join(directory, 'bin/tine');
  copyFileSync(program, copy);
  return copy;
}

function addNode(nodeDirectory: string, script: string): void {
  mkdirSync(join(directory, nodeDirectory), { recursive: true });
  writeFileSync(join(directory, nodeDirectory, 'node'), script, { mode: 0o755 });
}

/** A PATH of this directory, followed by the system's, for the commands of the script. */
function pathWith(nodeDirectory: string): string {
  return `${join(directory, nodeDirectory)}:/usr/bin:/bin`;
}

async function run(file: string, parameters: string[], path: string) {
  const child = spawn(file, parameters, { cwd: '/', env: { PATH: path }, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { output, errors, status: status as number | null, pid: child.pid };
}

/** A fake Node of this version that prints what it would run and its process id. */
function nodeOf(version: string): string {
  return `#!/bin/sh\n[ "$1" = --version ] && exec echo ${version}\necho "$$ $*"\n`;
}
