/**
 * Checks the prose of the Markdown files: no line is longer than 100 columns, and no banned word is used. Code blocks,
 * code spans, and text between `<!-- NAME: begin -->` and `<!-- NAME: end -->`, which repeats the code, are left out.
 * Tables may be wider.
 */
import { globSync, readFileSync } from 'node:fs';

/** Banned words, as a part of a regular expression, and what to write instead. A space matches a line break too. */
type Ban = readonly [words: string, instead: string];

/** Files that are checked alike. Another folder, or code, gets an entry with the words that it is free of. */
interface Area {
  readonly files: string;
  readonly except: readonly string[];
  readonly columnsMax: number;
  readonly banned: readonly Ban[];
}

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

const areas: readonly Area[] = [
  {
    files: '{*,{bench,docs,migrations,proto,scripts,src,test}/**/*}.md',
    except: ['CONTRIBUTING.md'],
    columnsMax: 100,
    banned: [...metaphors, ...machines, ...dialect],
  },
];

let faults = 0;
for (const area of areas) {
  for (const file of globSync(area.files, { exclude: area.except })) check(file, area);
}
process.exitCode = faults === 0 ? 0 : 1;

function check(file: string, { columnsMax, banned }: Area): void {
  const lines = proseOf(readFileSync(file, 'utf8').split('\n'));
  for (const [index, line] of lines.entries()) {
    const columns = [...line].length;
    if (columns > columnsMax && !line.trimStart().startsWith('|'))
      report(file, index + 1, `${columns} columns; break the line at ${columnsMax}`);
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

/** The lines, with code blocks and repeated code emptied. */
function proseOf(lines: readonly string[]): readonly string[] {
  let end: string | undefined;
  return lines.map((line) => {
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
}

function report(file: string, line: number, fault: string): void {
  faults += 1;
  process.stderr.write(`${file}:${line}: ${fault}\n`);
}
