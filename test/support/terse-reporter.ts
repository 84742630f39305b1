import { relative } from 'node:path';
import type { EventData, TestsStream } from 'node:test';
import { inspect } from 'node:util';
import { repositoryRoot } from './paths.ts';

type Counts = EventData.TestSummary['counts'];

/**
 * Prints one line for each file when it ends, every failure in full with the file's output, and the
 * sums last. The output of a file that passed is not printed, so that only relevant output is.
 */
export class TerseReport {
  readonly #failures: string[] = [];
  readonly #counts: Partial<Record<keyof Counts, number>> = {};
  #durationMs = 0;

  /** Reports a run. It may be called for several runs in sequence. */
  follow(stream: TestsStream): void {
    const outputs = new Map<string, string[]>();
    const keep = (file: string | undefined, text: string) => {
      const output = outputs.get(file ?? '') ?? [];
      output.push(text);
      outputs.set(file ?? '', output);
    };
    stream.on('test:stdout', ({ file, message }) => keep(file, message));
    stream.on('test:stderr', ({ file, message }) => keep(file, message));
    stream.on('test:diagnostic', ({ file, message }) => keep(file, `${message}\n`));

    stream.on('test:fail', (failure) => {
      if (isFileItself(failure) && this.#failures.some((earlier) => earlier.includes(nameOf(failure.file)))) return;
      const text = describe(failure);
      this.#failures.push(text);
      print(text);
    });

    stream.on('test:summary', ({ file, counts, success, duration_ms: durationMs }) => {
      if (file === undefined) {
        this.#add(counts, durationMs);
        return;
      }
      print(
        `${success ? 'ok  ' : 'FAIL'} ${nameOf(file)}  ${counts.passed} of ${counts.tests} passed, ${seconds(durationMs)}`,
      );
      if (!success) print(indent((outputs.get(file) ?? []).join('').trimEnd()));
      outputs.delete(file);
    });
  }

  /** The sums of all runs. */
  end(): void {
    const headlines = this.#failures.map((failure) => failure.split('\n')[0] ?? '');
    if (headlines.length > 0) print(`\nFailed:\n${indent(headlines.join('\n'))}`);
    const { tests = 0, passed = 0, cancelled = 0, skipped = 0, todo = 0 } = this.#counts;
    const others = Object.entries({ cancelled, skipped, todo })
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `, ${count} ${kind}`);
    const failed = tests - passed - cancelled - skipped - todo;
    print(`\n${passed} passed, ${failed} failed${others.join('')} in ${seconds(this.#durationMs)}`);
  }

  #add(counts: Counts, durationMs: number): void {
    this.#durationMs += durationMs;
    for (const kind of ['tests', 'passed', 'cancelled', 'skipped', 'todo'] as const) {
      this.#counts[kind] = (this.#counts[kind] ?? 0) + counts[kind];
    }
  }
}

function describe({ file, name, line, details }: EventData.TestFail): string {
  const error = details.error.cause ?? details.error;
  return `FAIL ${nameOf(file)}:${line ?? 0}  ${name}\n${indent(inspect(error))}`;
}

/** The runner also reports a file with failed tests as failed, which adds nothing. */
function isFileItself({ nesting, name }: EventData.TestFail): boolean {
  return nesting === 0 && name.endsWith('.test.ts');
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
