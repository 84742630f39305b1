import { parseArgs } from 'node:util';
import { type Driver, etcd, mariadb, mysql, postgres, sqlite } from '../../test/support/drivers.ts';
import type { Attack } from '../../test/support/hostile/attacker.ts';
import { attacks } from '../../test/support/hostile/attacks.ts';
import { UsageError } from '../load/usage-error.ts';

export interface HostileOptions {
  readonly attacks: readonly Attack[];
  /** The servers that are attacked, tine's first. */
  readonly drivers: readonly Driver[];
  readonly seconds: number;
}

const drivers: Readonly<Record<string, Driver>> = { sqlite, postgres, mariadb, mysql };

export const help = `Usage: npm run bench:hostile -- [options]

Attacks a tine and an etcd with hostile clients, one attack after the other, while a good client of each gets, puts and
connects. Prints a row of Markdown for each attack: the good client's latencies, its errors, the server's memory and
processor time, and whether tine stays within its bars.

  --seconds N        length of an attack (10)
  --attacks TEXT     only attacks whose name contains this; may be given several times
  --store NAME       tine's database: sqlite, postgres, mariadb or mysql (sqlite); the server is the one of which
                     TINE_TEST_POSTGRES_URL, TINE_TEST_MARIADB_URL or TINE_TEST_MYSQL_URL tells
  --without-etcd     tine alone
  --list             the names of the attacks, and what they do
  --help             this text

All ${attacks.length} attacks of 10 s beside etcd take some ${Math.round((attacks.length * 2 * 13) / 60)} minutes. On Linux alone.
`;

/** Throws `UsageError`. */
export function parseHostileOptions(argv: readonly string[]): HostileOptions | 'help' | 'list' {
  const values = parsed(argv);
  if (values.help) return 'help';
  if (values.list) return 'list';
  const seconds = Number(values.seconds ?? 10);
  if (!(seconds > 0 && seconds <= 600)) throw new UsageError(`--seconds ${values.seconds}: it must be 1 to 600`);
  const driver = drivers[values.store ?? 'sqlite'];
  if (driver === undefined) {
    throw new UsageError(`--store ${values.store}: there are ${Object.keys(drivers).join(', ')}`);
  }
  const wanted = values.attacks ?? [''];
  const chosen = attacks.filter(({ name }) => wanted.some((text) => name.includes(text)));
  if (chosen.length === 0) throw new UsageError(`no attack is named like ${wanted.join(' or ')}; --list names all`);
  return { attacks: chosen, drivers: values['without-etcd'] ? [driver] : [driver, etcd], seconds };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        seconds: { type: 'string' },
        attacks: { type: 'string', multiple: true },
        store: { type: 'string' },
        'without-etcd': { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
