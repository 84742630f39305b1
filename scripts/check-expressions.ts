/**
 * Finds regular expressions that can take more than linear time on some text: one text from a
 * client would block the server, and one value would block the page. recheck proves it. Where an
 * expression has a lookahead or lookbehind, recheck searches for a text instead.
 * eslint-plugin-regexp has more releases, but does not find repeated texts of several characters,
 * such as `//a://a://a:`. Tests are left out: their expressions match only output of tine.
 */
import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { type Options, parse } from 'acorn';
import { checkSync } from 'recheck';

/** How long the search for one text may take. */
const searchTimeoutMs = 3_000;

interface Expression {
  readonly source: string;
  readonly flags: string;
  readonly places: string[];
}

const given = process.argv.slice(2);
const ours = '{src,bench,scripts,ui}/**/*.ts';
process.exitCode = check(given.length > 0 ? given : globSync(ours, { exclude: ['src/wire/generated/**'] }));

function check(files: readonly string[]): number {
  let code = 0;
  for (const { source, flags, places } of expressionsOf(files)) {
    const found = checkSync(source, flags, { timeout: searchTimeoutMs, recallTimeout: -1 });
    if (found.status !== 'vulnerable') continue;
    code = 1;
    const attack = `${found.complexity.summary}, e.g. on ${found.attack.pattern}`;
    for (const place of places)
      process.stderr.write(`${place}: /${source}/${flags} takes more than linear time: ${attack}\n`);
  }
  return code;
}

/** Equal expressions once, with all their places. */
function expressionsOf(files: readonly string[]): Iterable<Expression> {
  const expressions = new Map<string, Expression>();
  for (const file of files) {
    for (const { source, flags, line } of literalsOf(file)) {
      const key = `/${source}/${flags}`;
      const known = expressions.get(key) ?? { source, flags, places: [] };
      expressions.set(key, known);
      known.places.push(`${file}:${line}`);
    }
  }
  return expressions.values();
}

interface Literal {
  readonly source: string;
  readonly flags: string;
  readonly line: number;
}

/** The regular expressions of a file. Types become blanks, so that places stay the same. */
function literalsOf(file: string): readonly Literal[] {
  const literals: Literal[] = [];
  const onToken: Options['onToken'] = (token) => {
    if (token.type.label !== 'regexp') return;
    // acorn's types leave the value out.
    const { pattern, flags } = (token as unknown as { readonly value: { pattern: string; flags: string } }).value;
    literals.push({ source: pattern, flags, line: token.loc?.start.line ?? 0 });
  };
  const text = stripTypeScriptTypes(readFileSync(file, 'utf8'));
  parse(text, { ecmaVersion: 'latest', sourceType: 'module', locations: true, onToken });
  return literals;
}
