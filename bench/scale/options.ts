import { parseArgs } from 'node:util';
import { UsageError } from '../load/usage-error.ts';
import { scenarios } from './scenarios.ts';

export interface ScaleOptions {
  readonly names: readonly string[];
  readonly fraction: number;
  /** A database server on which the databases are made; undefined: SQLite files. */
  readonly endpoint: string | undefined;
  /** Options for the server's Node, for a closer analysis. */
  readonly nodeOptions: string;
}

export const help = `Usage: npm run bench:scale -- [SCENARIO...] [options]

Starts tine on databases of its own and holds what it does to bars: one line for each, exit status 1 if one fails.

${Object.entries(scenarios)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

  --endpoint DSN       on this database server, named without a database: postgres://USER:PASSWORD@HOST:PORT or
                       mysql://USER:PASSWORD@tcp(HOST:PORT)/ (SQLite files)
  --size FRACTION      that part of the rows, for a quick look: the bars are meant for 1 (1)
  --node-options TEXT  given to the server's Node, for example --cpu-prof
  --help               this text
`;

/** Throws `UsageError`. */
export function parseScaleOptions(argv: readonly string[]): ScaleOptions | 'help' {
  const { values, positionals } = parsed(argv);
  if (values.help) return 'help';
  const unknown = positionals.find((name) => !(name in scenarios));
  if (unknown !== undefined) {
    throw new UsageError(`no scenario ${unknown}; there are ${Object.keys(scenarios).join(', ')}`);
  }
  if (values.endpoint !== undefined && !/^(postgres(ql)?|mysql):\/\//.test(values.endpoint)) {
    throw new UsageError(`--endpoint is postgres://... or mysql://..., not ${values.endpoint}`);
  }
  const fraction = Number(values.size ?? '1');
  if (!(fraction > 0 && fraction <= 1)) throw new UsageError(`--size is above 0 and at most 1, not ${values.size}`);
  return {
    names: positionals.length > 0 ? positionals : Object.keys(scenarios),
    fraction,
    endpoint: values.endpoint,
    nodeOptions: values['node-options'] ?? '',
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        endpoint: { type: 'string' },
        size: { type: 'string' },
        'node-options': { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
