import { type CommandEntry, commandList } from './command-list.ts';
import { environmentName } from './given-options.ts';
import { type Option, optionGroups, options } from './options.ts';

// Fits a terminal of 100 columns with a margin.
const WIDTH = 98;
const COMMAND_COLUMN = 30;
const OPTION_COLUMN = 38;

const HEAD = (version: string): string => `tine ${version}: an etcd v3 server that keeps its data in a SQL database

Examples:
  tine                                    serve http://127.0.0.1:2379 from ./db/state.db
  tine --data-dir /var/lib/tine --listen-client-urls http://0.0.0.0:2379
  tine --endpoint sqlite:///var/lib/rancher/k3s/server/db/state.db      open kine's file in place
  tine --endpoint postgres://tine@db1,db2/kubernetes --datastore-password-file /etc/tine/password
  tine --auto-compaction-retention 1h     keep an hour of history (not needed for Kubernetes)

Commands:
${commandsText()}

Options: -flag and --flag, --flag=value and --flag value are the same. Each can be set in the
environment too: --data-dir is TINE_DATA_DIR, ETCD_DATA_DIR or KINE_DATA_DIR. A flag takes
precedence over a variable.
`;

/** The output of `tine --help`, generated from the table of options. */
export function helpText(version: string): string {
  const groups = optionGroups.map((group) => {
    const entries = Object.entries<Option>(options).filter(([, option]) => option.group === group);
    return [`\n${group}:`, ...entries.map(([name, option]) => optionText(name, option))].join('\n');
  });
  return `${HEAD(version)}${groups.join('\n')}\n`;
}

function commandsText(): string {
  const entries = Object.entries<CommandEntry>(commandList);
  return entries.map(([name, { operands, help }]) => entryText(usage(name, operands), help, COMMAND_COLUMN)).join('\n');
}

/** To serve needs no command. */
function usage(name: string, operands: string): string {
  if (name === 'serve') return '  tine [options]';
  return operands === '' ? `  tine ${name}` : `  tine ${name} ${operands}`;
}

function optionText(name: string, option: Option): string {
  const left = option.isSecret === true ? `  ${environmentName(name)}` : `  --${name}${placeholderText(option)}`;
  const shown = option.defaultShown ?? option.default;
  const text = shown === undefined ? option.help : `${option.help} Default: ${shown}`;
  return entryText(left, text, OPTION_COLUMN);
}

/** A name, and its text from a column on. A long name has its own line. */
function entryText(left: string, text: string, column: number): string {
  const indent = ' '.repeat(column);
  const first = left.length <= column - 2 ? left.padEnd(column) : `${left}\n${indent}`;
  return first + wrap(text, WIDTH - column).join(`\n${indent}`);
}

const placeholderText = ({ placeholder }: Option): string => (placeholder === undefined ? '' : ` ${placeholder}`);

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
