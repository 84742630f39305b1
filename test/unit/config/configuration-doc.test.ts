/** The table in docs/configuration.md is generated from the options. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { environmentName, flagShape } from '../../../src/config/given-options.ts';
import { type Option, optionGroups, options } from '../../../src/config/options.ts';
import { repositoryRoot } from '../../support/index.ts';

const path = join(repositoryRoot, 'docs', 'configuration.md');
const [begin, end] = ['<!-- options: begin -->', '<!-- options: end -->'];

/**
 * Names in sentences that are not options of the server: options of etcdctl, and options that print
 * and end.
 */
const notOptions: ReadonlySet<string> = new Set(['help', 'version', 'no-password']);

function optionsText(): string {
  return optionGroups
    .map((group) => {
      const rows = Object.entries<Option>(options)
        .filter(([, option]) => option.group === group)
        .map(([name, option]) => row(name, option));
      return [`### ${group}`, '', '| option | default | |', '|---|---|---|', ...rows].join('\n');
    })
    .join('\n\n');
}

function row(name: string, option: Option): string {
  const flag = option.isSecret === true ? environmentName(name) : `--${name}${placeholder(option)}`;
  const names = [flag, ...(option.aliases ?? []).map((alias) => `--${alias}`)].map((each) => `\`${each}\``);
  const shown = option.defaultShown ?? option.default ?? '';
  return `| ${names.join(', ')} | ${shown} | ${option.help.replaceAll('|', '\\|')} |`;
}

const placeholder = (option: Option): string => (option.placeholder === undefined ? '' : ` ${option.placeholder}`);

test('the table of options in docs/configuration.md is up to date', () => {
  const text = readFileSync(path, 'utf8');
  const [start, stop] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
  assert.ok(start >= begin.length && stop > start, 'the table stands between its two marks');
  const upToDate = `${text.slice(0, start)}\n\n${optionsText()}\n\n${text.slice(stop)}`;
  if (process.env.TINE_WRITE_DOCS !== undefined) writeFileSync(path, upToDate);
  else assert.equal(text, upToDate, `run this test with TINE_WRITE_DOCS=1 to bring the table up to date`);
});

test('every flag named in the configuration and security documents exists', () => {
  for (const document of ['configuration.md', 'security.md']) {
    const text = readFileSync(join(repositoryRoot, 'docs', document), 'utf8');
    // Lines that call other programs have options of these programs.
    const lines = text.split('\n').filter((line) => !/etcdctl|kube-apiserver|openssl|curl|k3s|npm/.test(line));
    for (const [, flag = ''] of lines.join('\n').matchAll(/(?<![\w-])--([a-z][a-z0-9-]*[a-z0-9])/g)) {
      if (!notOptions.has(flag)) assert.notEqual(flagShape(flag), 'unknown', `--${flag} in ${document}`);
    }
  }
});
