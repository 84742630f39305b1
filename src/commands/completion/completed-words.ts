/** What a shell completes: the commands and flags of the tables in src/config/, in one form. */
import { type CommandEntry, commandList } from '../../config/command-list.ts';
import { type Option, options } from '../../config/options.ts';
import { boolean, choicesOf } from '../../config/values.ts';

export interface CompletedCommand {
  readonly name: string;
  readonly help: string;
  /** The words that its first operand may be. */
  readonly words: readonly string[];
  readonly takesPath: boolean;
}

export interface CompletedFlag {
  /** Without dashes. */
  readonly name: string;
  readonly help: string;
  readonly value: CompletedValue;
  /** The only command that has the flag. Undefined: every command accepts it. */
  readonly command: string | undefined;
}

/** The value of a flag. `none`: the flag is a boolean. `other`: nothing can be proposed. */
export type CompletedValue =
  | { readonly kind: 'none' | 'file' | 'directory' | 'other' }
  | { readonly kind: 'words'; readonly words: readonly string[] };

export const completedCommands: readonly CompletedCommand[] = Object.entries<CommandEntry>(commandList).map(
  ([name, { help, words = [], takesPath = false }]) => ({ name, help, words, takesPath }),
);

/** All flags. Secrets have none. */
export const completedFlags: readonly CompletedFlag[] = [
  ...Object.entries<Option>(options)
    .filter(([, { isSecret }]) => isSecret !== true)
    .map(([name, option]) => ({ name, help: option.help, value: valueOfOption(option), command: undefined })),
  ...Object.entries<CommandEntry>(commandList).flatMap(([command, { flags = {} }]) =>
    Object.entries(flags).map(([name, { help, placeholder }]) => ({
      name,
      help,
      value: placeholder === undefined ? { kind: 'none' as const } : valueNamed(placeholder),
      command,
    })),
  ),
];

function valueOfOption({ parse, placeholder }: Option): CompletedValue {
  if (parse === boolean) return { kind: 'none' };
  const words = choicesOf(parse);
  return words === undefined ? valueNamed(placeholder) : { kind: 'words', words };
}

function valueNamed(placeholder: string | undefined): CompletedValue {
  switch (placeholder) {
    case 'DIR':
      return { kind: 'directory' };
    // The address of a SQLite database may be a path.
    case 'FILE':
    case 'DSN':
      return { kind: 'file' };
    default:
      return { kind: 'other' };
  }
}
