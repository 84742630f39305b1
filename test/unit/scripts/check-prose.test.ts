import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

const script = join(import.meta.dirname, '../../../scripts/check-prose.ts');

/** The faults that the check reports in a file, without the path. */
function faultsOf(t: TestContext, name: string, text: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tine-prose-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, text);
  const options = ['--disable-warning=ExperimentalWarning', script, file];
  const { stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
  return stderr
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(file.length + 1));
}

test('the check finds banned words and long lines in comments of code, also inside types', (t) => {
  const text = `
/** Nobody knows. */
export interface Door {
  /** It stood
   * still. */
  readonly url: 'http://those';
}
const a = 1; // in such cases
/** ${'x'.repeat(100)} */
`;
  assert.deepEqual(faultsOf(t, 'code.ts', text), [
    '9: 107 columns; break the line at 100',
    '4: "stood still" is banned; write: is blocked, is paused',
    '2: "knows" is banned; write: stores, has',
    '8: "such" is banned; write: the noun',
    '2: "Nobody" is banned; write: client, caller, instance, user',
  ]);
});

test('the check leaves code, strings, regular expressions and code spans alone', (t) => {
  const text = `
export const long = '${'x'.repeat(100)}';
export const door = 'nobody // knows' + \`/* those \${'//'} rooms\` + /\\/\\/ such/.source;
// The field \`rooms\` is sent as it is.
// biome-ignore lint/suspicious/noConsole: those ${'x'.repeat(100)}
`;
  assert.deepEqual(faultsOf(t, 'code.ts', text), []);
});

test('the check finds banned words and long lines in prose of Markdown, but not in code blocks and tables', (t) => {
  const text = `
| ${'x'.repeat(100)} |

\`\`\`
nobody ${'x'.repeat(100)}
\`\`\`
Nobody ${'x'.repeat(100)}
`;
  assert.deepEqual(faultsOf(t, 'text.md', text), [
    '7: 107 columns; break the line at 100',
    '7: "Nobody" is banned; write: client, caller, instance, user',
  ]);
});

test('the check finds banned words and long lines in comments of JSX, but not in its text', (t) => {
  const text = `
/** Nobody. */
export function Part() {
  // such
  return (
    <p title="such">
      {/* ${'x'.repeat(100)} */}
      Nobody
    </p>
  );
}
`;
  assert.deepEqual(faultsOf(t, 'part.tsx', text), [
    '7: 114 columns; break the line at 100',
    '4: "such" is banned; write: the noun',
    '2: "Nobody" is banned; write: client, caller, instance, user',
  ]);
});
