import type { LoadedConfig } from '../config/load-config.ts';

export interface CommandArguments extends LoadedConfig {
  /** What stands after the command's name. */
  readonly operands: readonly string[];
}

/** A subcommand. `run` gives the exit status, and throws UsageError or StartError for a line that explains itself. */
export type Command = { readonly operandCountMax: number } & (
  | { readonly kind: 'text'; readonly run: () => number }
  | { readonly kind: 'configured'; readonly run: (args: CommandArguments) => Promise<number> }
);
