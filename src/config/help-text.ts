import { environmentName } from './given-options.ts';
import { type Option, optionGroups, options } from './options.ts';

// Fits a terminal of 100 columns with a margin.
const WIDTH = 98;
const OPTION_COLUMN = 38;

const HEAD = (version: string): string => `tine ${version}: an etcd v3 server that keeps its data in SQL

Examples:
  tine                                    serve http://127.0.0.1:2379 from ./db/state.db
  tine --data-dir /var/lib/tine --listen-client-urls http://0.0.0.0:2379
  tine --endpoint sqlite:///var/lib/rancher/k3s/server/db/state.db      open kine's file in place
  tine --endpoint postgres://tine@db1,db2/kubernetes --datastore-password-file /etc/tine/password
  tine --auto-compaction-retention 1h     keep an hour of history (Kubernetes compacts by itself)

Commands:
  tine [options]              serve
  tine check [DSN]            test a database, also while it is served
  tine doctor [DSN]           examine the disk or server, settings and state of a database, also
                              while it is served, and advise what to do
  tine repair [DSN]           repair what check reports, where possible
  tine release [DSN]          return a database to kine
  tine copy --from DSN|http://HOST:PORT --to DSN
                              copy a database, a running etcd or kine into an empty database
  tine snapshot save|status|restore FILE
                              write a snapshot in etcd's format, describe one, or restore
                              one (or an etcd data directory) into an empty database
  tine version                print the version
  tine help                   print this

Options: -flag and --flag, --flag=value and --flag value are the same. Each can be set in the
environment too: --data-dir is TINE_DATA_DIR, ETCD_DATA_DIR or KINE_DATA_DIR. Flags come first.
`;

/** The output of `tine --help`, generated from the table of options. */
export function helpText(version: string): string {
  const groups = optionGroups.map((group) => {
    const entries = Object.entries<Option>(options).filter(([, option]) => option.group === group);
    return [`\n${group}:`, ...entries.map(([name, option]) => optionText(name, option))].join('\n');
  });
  return `${HEAD(version)}${groups.join('\n')}\n`;
}

function optionText(name: string, option: Option): string {
  const left = option.isSecret === true ? `  ${environmentName(name)}` : `  --${name}${placeholderText(option)}`;
  const shown = option.defaultShown ?? option.default;
  const text = shown === undefined ? option.help : `${option.help} Default: ${shown}`;
  const lines = wrap(text, WIDTH - OPTION_COLUMN);
  const indent = ' '.repeat(OPTION_COLUMN);
  const fits = left.length <= OPTION_COLUMN - 2;
  const first = fits ? left.padEnd(OPTION_COLUMN) : `${left}\n${indent}`;
  return first + lines.join(`\n${indent}`);
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
