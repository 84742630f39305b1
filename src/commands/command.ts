import type { LoadedConfig } from '../config/load-config.ts';

/**
 * A subcommand. `run` returns the exit status, and throws UsageError or StartError with a line for
 * a person.
 * - `text`: prints a text, without a configuration.
 * - `configured`: uses the configuration. `operands`: the operands that it accepts; `endpoint` is
 *   another form of this option.
 * - `own`: has its own operands and flags.
 * - `transfer`: works on the two databases of its flags --from and --to.
 */
export type Command =
  | { readonly kind: 'text'; readonly run: () => number }
  | {
      readonly kind: 'configured';
      readonly operands: 'none' | 'endpoint';
      readonly run: (loaded: LoadedConfig) => Promise<number>;
    }
  | { readonly kind: 'own'; readonly run: (given: OwnArguments) => Promise<number> }
  | { readonly kind: 'transfer'; readonly run: (sides: TransferSides) => Promise<number> };

/** The arguments after the command's name. */
export interface OwnArguments {
  readonly operands: readonly string[];
  /** The value of a flag; `true` for a flag without a value. */
  readonly flag: (name: string) => string | undefined;
  /** Loads the options that are not the command's own. */
  readonly load: () => LoadedConfig;
}

/**
 * The two sides as the user wrote them, and a function that loads the options with one of them as
 * the endpoint.
 */
export interface TransferSides {
  readonly from: string;
  readonly to: string;
  /** Whether a flag without a value is given. */
  readonly has: (flag: string) => boolean;
  readonly load: (side: 'from' | 'to') => LoadedConfig;
}
