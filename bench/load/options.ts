import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseTarget, type Target } from './target.ts';
import { UsageError } from './usage-error.ts';

/** The kind and the size of the load. */
export interface Options {
  readonly targets: readonly Target[];
  /** Phase names, in the order they run. */
  readonly phases: readonly string[];
  readonly keyCount: number;
  readonly valueBytes: number;
  readonly clientCount: number;
  readonly connectionCount: number;
  /** Times every key is updated: the depth of the history. */
  readonly roundCount: number;
  /** Length of the phases that run for a time. */
  readonly phaseSeconds: number;
  readonly threadCount: number;
  /** `NAME:PASSWORD`, for servers with auth enabled. */
  readonly user: string | undefined;
  /** For targets with TLS: PEM files. */
  readonly tls: TlsFiles;
  /** The beginning of every key, so that runs do not share keys. */
  readonly prefix: string;
}

export interface TlsFiles {
  /** Undefined: any certificate of the server is accepted. */
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

export const help = `Usage: npm run bench -- --target NAME=[https://]HOST:PORT[;HOST:PORT][@PID] [--target ...] [options]

Drives etcd v3 servers with the requests of a Kubernetes API server, one server after the other within each phase, and
prints the figures side by side. The first target is the yardstick: the others' ratios say how many times better they are.
With two addresses, writes go to the first and watches to the second. With @PID (on this machine, Linux) the memory and
the CPU time of that process are shown.

  --keys N          keys (10000)
  --size BYTES      length of a value (1024)
  --clients N       concurrent clients of the busy phases (64)
  --connections N   connections to each target (8)
  --rounds N        times every key is updated (3)
  --seconds N       length of the phases get, list, page, count, watch, fanout, mixed (8)
  --phases A,B,...  phases to run, in this order (all)
  --threads N       threads of this program (one for each processor, at most 2)
  --user NAME:PW    who to be on servers that ask
  --cacert FILE     authority of the certificates of https:// targets (none: they are not verified)
  --cert, --key FILE  this program's own certificate and key for them
  --help            this text

Phases: create1 (one client: the latency of a durable write), create, update, get, list (everything), page (500 keys),
count, watch (from a write to its event), fanout (the same, 100 watches), mixed, delete.

This program shares the processors with what it measures and is written in JavaScript: one in Go takes less for itself and
may show higher figures. Compare targets with each other, in one run.
`;

/** Throws `UsageError`. */
export function parseOptions(argv: readonly string[], phaseNames: readonly string[]): Options | 'help' {
  const values = parsed(argv);
  if (values.help) return 'help';
  const targets = (values.target ?? []).map(parseTarget);
  if (targets.length === 0) throw new UsageError('no --target NAME=HOST:PORT given; --help shows all options');
  const phases = values.phases === undefined ? phaseNames : values.phases.split(',');
  const unknown = phases.find((phase) => !phaseNames.includes(phase));
  if (unknown !== undefined) throw new UsageError(`no phase ${unknown}; there are ${phaseNames.join(', ')}`);
  return {
    targets,
    phases,
    keyCount: count('keys', values.keys ?? '10000'),
    valueBytes: count('size', values.size ?? '1024'),
    clientCount: count('clients', values.clients ?? '64'),
    connectionCount: count('connections', values.connections ?? '8'),
    roundCount: count('rounds', values.rounds ?? '3'),
    phaseSeconds: count('seconds', values.seconds ?? '8'),
    threadCount: count('threads', values.threads ?? String(Math.min(2, availableParallelism()))),
    user: values.user,
    tls: { caFile: values.cacert, certFile: values.cert, keyFile: values.key },
    prefix: `/registry/load/${Date.now().toString(36)}/`,
  };
}

function parsed(argv: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      options: {
        target: { type: 'string', multiple: true },
        phases: text,
        keys: text,
        size: text,
        clients: text,
        connections: text,
        rounds: text,
        seconds: text,
        threads: text,
        user: text,
        cacert: text,
        cert: text,
        key: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new UsageError(`--${name} is a whole number from 1, not ${text}`);
  return value;
}
