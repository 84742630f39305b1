import { UsageError } from './usage-error.ts';

/** One flag of the command line. `value` is undefined for a bare boolean (`--debug`). */
export interface GivenFlag {
  readonly name: string;
  readonly value: string | undefined;
}

export interface CommandLine {
  readonly flags: readonly GivenFlag[];
  /** Arguments that are not flags, in order: the subcommand and its operands. */
  readonly operands: readonly string[];
}

/** Whether a flag is followed by its value. The caller reports `unknown` flags. */
export type FlagShape = 'boolean' | 'value' | 'unknown';

/**
 * Splits a command line by the rules of Go's flag package, as users of etcd and kine expect: one
 * dash or two, `--flag=value` or `--flag value`, and a boolean takes a value only after `=`.
 * (Libraries for the usual grammar read `-debug` as five one-letter flags.) Unlike in Go, flags may
 * follow operands, up to `--`.
 */
export function splitCommandLine(args: readonly string[], shapeOf: (name: string) => FlagShape): CommandLine {
  const flags: GivenFlag[] = [];
  const operands: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      operands.push(...args.slice(index + 1));
      break;
    }
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg);
    if (match === null) {
      if (arg.startsWith('-') && arg !== '-') throw new UsageError(`${arg} is not a flag; see tine --help`);
      operands.push(arg);
      continue;
    }
    const name = match[1] ?? '';
    const takesNext = match[2] === undefined && shapeOf(name) === 'value';
    if (takesNext && index + 1 >= args.length) throw new UsageError(`--${name} needs a value; see tine --help`);
    flags.push({ name, value: takesNext ? args[++index] : match[2] });
  }
  return { flags, operands };
}
