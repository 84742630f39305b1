import { relative } from 'node:path';
import type { EventData, TestsStream } from 'node:test';
import { inspect } from 'node:util';
import { repositoryRoot } from './paths.ts';

/**
 * Prints one line a file as it ends, every failure in full with the file's output, and the sums last.
 * A file that passed keeps its output to itself, so that what is printed is what matters.
 */
export function reportTersely(stream: TestsStream): void {
  const outputs = new Map<string, string[]>();
  const failures: string[] = [];

  const keep = (file: string | undefined, text: string) => {
    const output = outputs.get(file ?? '') ?? [];
    output.push(text);
    outputs.set(file ?? '', output);
  };
  stream.on('test:stdout', ({ file, message }) => keep(file, message));
  stream.on('test:stderr', ({ file, message }) => keep(file, message));
  stream.on('test:diagnostic', ({ file, message }) => keep(file, `${message}\n`));

  stream.on('test:fail', (failure) => {
    if (isFileItself(failure) && failures.some((earlier) => earlier.includes(nameOf(failure.file)))) return;
    const text = describe(failure);
    failures.push(text);
    print(text);
  });

  stream.on('test:summary', ({ file, counts, success, duration_ms: durationMs }) => {
    if (file === undefined) {
      printSums({ failures, counts, durationMs });
      return;
    }
    print(
      `${success ? 'ok  ' : 'FAIL'} ${nameOf(file)}  ${counts.passed} of ${counts.tests} passed, ${seconds(durationMs)}`,
    );
    if (!success) print(indent((outputs.get(file) ?? []).join('').trimEnd()));
    outputs.delete(file);
  });
}

function describe({ file, name, line, details }: EventData.TestFail): string {
  const error = details.error.cause ?? details.error;
  return `FAIL ${nameOf(file)}:${line ?? 0}  ${name}\n${indent(inspect(error))}`;
}

/** The runner reports a file whose tests failed as failed too; that one says nothing new. */
function isFileItself({ nesting, name }: EventData.TestFail): boolean {
  return nesting === 0 && name.endsWith('.test.ts');
}

function printSums(sums: { failures: string[]; counts: EventData.TestSummary['counts']; durationMs: number }): void {
  const { failures, counts, durationMs } = sums;
  const headlines = failures.map((failure) => failure.split('\n')[0] ?? '');
  if (headlines.length > 0) print(`\nFailed:\n${indent(headlines.join('\n'))}`);
  const others = Object.entries({ cancelled: counts.cancelled, skipped: counts.skipped, todo: counts.todo })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `, ${count} ${kind}`);
  const failed = counts.tests - counts.passed - counts.cancelled - counts.skipped - counts.todo;
  print(`\n${counts.passed} passed, ${failed} failed${others.join('')} in ${seconds(durationMs)}`);
}

function nameOf(file: string | undefined): string {
  return file === undefined ? '' : relative(repositoryRoot, file);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

function print(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}
