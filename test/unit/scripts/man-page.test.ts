import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { manPage } from '../../../scripts/man/man-page.ts';
import { commandList } from '../../../src/config/command-list.ts';
import { environmentName } from '../../../src/config/given-options.ts';
import { type Option, options } from '../../../src/config/options.ts';

/** The page as a reader sees it. */
const plain = manPage().replaceAll('\\-', '-').replaceAll('\\(aq', "'").replaceAll('\\(dq', '"');

test('the manual page has every command, option and default', () => {
  for (const name of Object.keys(commandList)) assert.match(plain, new RegExp(`^\\.B ${name}( |$)`, 'm'));
  for (const [name, option] of Object.entries<Option>(options)) {
    const shown = option.isSecret === true ? environmentName(name) : `--${name}`;
    assert.match(plain, new RegExp(`^\\.B ${shown}[ ,\\n]`, 'm'));
    const value = option.defaultShown ?? option.default;
    if (value !== undefined && value !== '') assert.ok(plain.includes(`Default: ${value}.`), name);
  }
});

test('no line of a text is taken for a request of roff', () => {
  const requests = new Set(['TH', 'SH', 'SS', 'TP', 'PP', 'B', 'BR', 'RI', 'RS', 'RE', 'EX', 'EE', 'br', 'in', '\\"']);
  for (const line of manPage().split('\n')) {
    const [, request] = /^[.'](\S*)/.exec(line) ?? [];
    if (request !== undefined) assert.ok(requests.has(request), line);
  }
});

const groff = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-rLL=80n'], { input: manPage(), encoding: 'utf8' });

test('groff formats the page without a warning', { skip: groff.error !== undefined && 'groff is not here' }, () => {
  assert.equal(groff.stderr, '');
  assert.equal(groff.status, 0);
  assert.match(groff.stdout, /--data-dir/);
});
