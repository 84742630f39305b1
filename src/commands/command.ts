import type { LoadedConfig } from '../config/load-config.ts';

/**
 * A subcommand. `run` gives the exit status, and throws UsageError or StartError for a line that explains itself.
 * - `text`: prints something that needs no configuration.
 * - `configured`: works on what the options say. `operands`: what may stand after its name; `endpoint` is another way to write that option.
 * - `own`: has operands and flags of its own.
 * - `transfer`: works on the two databases that its flags --from and --to name.
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

/** What stands after the command's name. */
export interface OwnArguments {
  readonly operands: readonly string[];
  /** What a flag says; `true` of one that stands alone. */
  readonly flag: (name: string) => string | undefined;
  /** The options that are not the command's own. */
  readonly load: () => LoadedConfig;
}

/** The two sides as the user wrote them, and the way to read the options as if they said this endpoint. */
export interface TransferSides {
  readonly from: string;
  readonly to: string;
  readonly load: (side: 'from' | 'to') => LoadedConfig;
}
