/**
 * All facts about a command that a user sees. `--help`, the command line and the completions of
 * shells are derived from them.
 */
export interface CommandEntry {
  /** What follows the command's name in `--help`. Empty: nothing. */
  readonly operands: string;
  /** The words that the first operand may be. */
  readonly words?: readonly string[];
  /** Whether an operand is the path of a file, as the address of a SQLite database may be. */
  readonly takesPath?: true;
  /** Flags of this command only. */
  readonly flags?: Readonly<Record<string, CommandFlag>>;
  readonly help: string;
}

export interface CommandFlag {
  /** The name of the value. A boolean has none. */
  readonly placeholder?: string;
  readonly help: string;
}

/** The shells for which tine writes completions. */
export const completedShells = ['bash', 'zsh', 'fish'] as const;
export type CompletedShell = (typeof completedShells)[number];

const snapshotActions = ['save', 'status', 'restore', 'list', 'prune'] as const;
const address = 'DSN|http://HOST:PORT';

/** Every command, in the order of `--help`. Without a command, tine serves. */
export const commandList = {
  serve: { operands: '', help: 'serve' },
  check: { operands: '[DSN]', takesPath: true, help: 'test a database, also while it is served' },
  doctor: {
    operands: '[DSN]',
    takesPath: true,
    help: 'examine the disk or server, settings and state of a database, also while it is served, and advise what to do',
  },
  repair: { operands: '[DSN]', takesPath: true, help: 'repair the faults that check reports, where possible' },
  release: { operands: '[DSN]', takesPath: true, help: 'return a database to kine' },
  copy: {
    operands: `--from ${address} --to ${address} [--follow [--cutover]]`,
    flags: {
      from: { placeholder: address, help: 'The database, running etcd, tine or kine to copy from.' },
      to: { placeholder: address, help: 'The empty database to copy to. With --follow also a running etcd.' },
      follow: { help: 'Keep copying what is written to the running server, until stopped.' },
      cutover: { help: 'With --follow: refuse writes at the source, copy the rest, compare, and end.' },
    },
    help: 'copy a database or a running etcd, tine or kine into an empty database; with --follow, keep copying new writes until clients move',
  },
  snapshot: {
    operands: `${snapshotActions.join('|')} [FILE]`,
    words: snapshotActions,
    takesPath: true,
    flags: {
      'bump-revision': { placeholder: 'N', help: 'With restore: raise all revisions by N.' },
      'mark-compacted': { help: 'With restore: mark the raised revisions as compacted.' },
      'write-out': { placeholder: 'simple|json', help: 'With list and status: the output format.' },
      w: { placeholder: 'simple|json', help: 'Short for --write-out.' },
    },
    help: "write and read snapshots in etcd's format; save writes to FILE, or to --snapshot-dir and the bucket; status describes FILE; restore loads FILE, s3://BUCKET/FILE or an etcd data directory into an empty database; list prints the snapshots; prune deletes old ones",
  },
  completion: {
    operands: completedShells.join('|'),
    words: completedShells,
    help: 'print a script that completes commands and options in this shell',
  },
  version: { operands: '', help: 'print the version' },
  help: { operands: '', help: 'print this help' },
} as const satisfies Readonly<Record<string, CommandEntry>>;

export type CommandName = keyof typeof commandList;
