import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentName } from '../../../src/config/given-options.ts';
import { helpText } from '../../../src/config/help-text.ts';
import { type Option, options } from '../../../src/config/options.ts';

const help = helpText('1.2.3');

test('the help fits 100 columns', () => {
  for (const line of help.split('\n')) assert.ok(line.length < 100, line);
});

test('every option is in the help, with its default', () => {
  for (const [name, option] of Object.entries<Option>(options)) {
    const shownName = option.isSecret === true ? environmentName(name) : `--${name}`;
    assert.match(help, new RegExp(`^  ${shownName}( |$)`, 'm'));
    const shown = option.defaultShown ?? option.default;
    if (shown !== undefined) assert.ok(help.replaceAll(/\s+/g, ' ').includes(`Default: ${shown}`), name);
  }
});

test('every default is a valid value of its option', () => {
  for (const [name, option] of Object.entries<Option>(options)) {
    if (option.default !== undefined) assert.doesNotThrow(() => option.parse(option.default ?? ''), name);
  }
});
