import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

const script = join(import.meta.dirname, '../../../scripts/check-expressions.ts');

/** The output of the check for a file with these expressions. */
function checked(t: TestContext, expressions: readonly RegExp[]): { readonly status: number | null; stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'tine-expressions-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'expressions.ts');
  const lines = expressions.map((each, index) => `export const e${index}: RegExp = ${each};`);
  writeFileSync(file, lines.join('\n'));
  return spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', script, file], { encoding: 'utf8' });
}

test('the check finds an expression with quadratic time from each possible start', (t) => {
  const { status, stderr } = checked(t, [/0+$/, /(\/\/[^:/@\s"]*):(?:\\["\\]|[^\s"\\])*@/g]);
  assert.equal(status, 1);
  assert.match(stderr, /expressions\.ts:1: \/0\+\$\/ takes more than linear time: 2nd degree polynomial/);
  assert.match(stderr, /expressions\.ts:2: .* takes more than linear time: 2nd degree polynomial/);
});

test('the check accepts expressions with linear time', (t) => {
  const { status, stderr } = checked(t, [/^[1-9]\d{0,14}$/, /\b(password|pwd)=[^&\s]*/gi]);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
});
