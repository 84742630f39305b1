/**
 * Checks the prose of Markdown files, and of the comments in code: no line is longer than 100
 * columns, and no banned word is used.
 *
 * Left out in Markdown: code blocks, code spans, and text between `<!-- NAME: begin -->` and
 * `<!-- NAME: end -->`, which repeats the code. Tables may be wider. Left out in code: everything
 * but comments, and code spans in comments.
 */
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { type Options, parse } from 'acorn';

/**
 * Banned words, as a part of a regular expression, and what to write instead. A space matches a
 * line break too.
 */
type Ban = readonly [words: string, instead: string];

const metaphors: readonly Ban[] = [
  ['weather', 'outage, failure'],
  ['bites?', 'chunk'],
  ['stretch(?:es)?', 'interval, range'],
  ['turnstiles?', 'queue'],
  ['rooms?', 'space, limit'],
  ['doors?', 'entry point, converter'],
  ['(?:stands?|stood|standing) still', 'is blocked, is paused'],
  ['(?:hangs?|hung) up', 'closes the connection'],
  ['stirred', 'rounds'],
  ['mend(?:s|ed|ing|able)?', 'repair, fix'],
];

const machines: readonly Ban[] = [
  ['knows|knew', 'stores, has'],
  ['says|said|tells|told', 'returns, reports, prints, shows'],
  ['asks|asked', 'requests, reads, queries'],
  ['hears|heard', 'receives'],
  ['wants|wanted', 'needs, requires'],
];

const products = 'etcd|tine|kine|node|SQLite|Postgres|MySQL|MariaDB|Galera|Kubernetes';

const dialect: readonly Ban[] = [
  ['those', 'the noun'],
  ['such(?! as)', 'the noun'],
  ['so many', 'the number'],
  ['what (?:it|they) did', 'the noun'],
  ['nobody|somebody|everybody|whoever', 'client, caller, instance, user'],
  ['is none', 'there is no ...'],
  [`of (?:${products})'s`, "in etcd's ..., etcd's ..."],
  ['some \\d+', 'about'],
  ['anew', 'again'],
];

const columnsMax = 100;

const banned: readonly Ban[] = [...metaphors, ...machines, ...dialect];

const ours = [
  '{*,{bench,docs,migrations,proto,scripts,src,test,ui}/**/*}.md',
  '{bench,migrations,scripts,src,test,ui}/**/*.{ts,tsx}',
];

let faults = 0;
const given = process.argv.slice(2);
const files = given.length > 0 ? given : globSync(ours, { exclude: ['src/wire/generated/**'] });
for (const file of files) check(file);
process.exitCode = faults === 0 ? 0 : 1;

function check(file: string): void {
  const lines = proseOf(file, readFileSync(file, 'utf8')).split('\n');
  for (const [index, line] of lines.entries()) {
    const columns = [...line].length;
    const isProse = /[^\0\s]/.test(line) && !line.trimStart().startsWith('|');
    if (isProse && columns > columnsMax) report(file, index + 1, `${columns} columns; break the line at ${columnsMax}`);
  }
  const text = lines.join('\n').replaceAll(/`[^`]+`/g, (span) => span.replaceAll(/[^\n]/g, '`'));
  for (const [words, instead] of banned) {
    const pattern = new RegExp(`\\b(?:${words.replaceAll(' ', '\\s+')})\\b`, 'gi');
    for (const { index, 0: found } of text.matchAll(pattern))
      report(
        file,
        text.slice(0, index).split('\n').length,
        `"${found.replaceAll(/\s+/g, ' ')}" is banned; write: ${instead}`,
      );
  }
}

/** The text with everything but prose emptied. Lines and columns stay the same. */
function proseOf(file: string, text: string): string {
  if (file.endsWith('.md')) return proseOfMarkdown(text);
  return file.endsWith('.tsx') ? proseOfJsx(text) : proseOfCode(text);
}

/** Code blocks and repeated code are emptied. */
function proseOfMarkdown(text: string): string {
  let end: string | undefined;
  const lines = text.split('\n').map((line) => {
    const mark = line.trim();
    if (end !== undefined) {
      if (mark === end) end = undefined;
      return '';
    }
    if (mark.startsWith('```')) end = '```';
    else if (mark.endsWith(': begin -->')) end = mark.replace(': begin -->', ': end -->');
    else return line;
    return '';
  });
  return lines.join('\n');
}

/**
 * Returns the comments only. Strings and regular expressions may look like comments; the tokens of
 * the code exclude them. Types have no tokens, so their comments are found in the source.
 */
function proseOfCode(source: string): string {
  const literals: [start: number, end: number][] = [];
  const onToken: Options['onToken'] = ({ type: { label }, start, end }) => {
    if (['string', 'template', 'regexp'].includes(label)) literals.push([start, end]);
  };
  const script = stripTypeScriptTypes(source.replace(/^#!/, '//'));
  parse(script, { ecmaVersion: 'latest', sourceType: 'module', onToken });
  let code = source;
  for (const [start, end] of literals) code = code.slice(0, start) + blank(code.slice(start, end)) + code.slice(end);
  let prose = '';
  let done = 0;
  const starts = /'|\/[*/]/g;
  for (let start = starts.exec(code); start !== null; start = starts.exec(code)) {
    const { length } = start[0];
    const ending = start[0] === '/*' ? '*/' : start[0] === '//' ? '\n' : "'";
    const found = code.indexOf(ending, start.index + length);
    const end = found === -1 ? code.length : found + (ending === '\n' ? 0 : ending.length);
    starts.lastIndex = end;
    const comment = code.slice(start.index, end);
    if (comment.startsWith("'") || comment.startsWith('// biome-ignore')) continue;
    const marks = /\/\*\*?|\*\/|^ *\*|^\/\//gm;
    prose += blank(code.slice(done, start.index)) + comment.replaceAll(marks, (mark) => ' '.repeat(mark.length));
    done = end;
  }
  return prose;
}

/**
 * Returns the comments that begin a line. Node cannot take the types out of JSX, and the formatter
 * puts nearly all comments on lines of their own.
 */
function proseOfJsx(source: string): string {
  let isInComment = false;
  const lines = source.split('\n').map((line) => {
    const begins = /^\s*(?:\{?\/\*|\/\/)/.test(line);
    const isComment = isInComment || begins;
    isInComment = isComment && !line.includes('*/') && !line.trimStart().startsWith('//');
    return isComment && !line.includes('biome-ignore') ? line.replaceAll(/[/*{}]/g, ' ') : blank(line);
  });
  return lines.join('\n');
}

/**
 * Blanks of the same length as the code. Spaces would join the comments before and after the code.
 */
function blank(code: string): string {
  return code.replaceAll(/[^\s]/g, '\0');
}

function report(file: string, line: number, fault: string): void {
  faults += 1;
  process.stderr.write(`${file}:${line}: ${fault}\n`);
}
