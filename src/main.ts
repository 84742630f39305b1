import type { Command, OwnArguments, TransferSides } from './commands/command.ts';
import { type CommandEntry, type CommandName, commandList } from './config/command-list.ts';
import { flagShape, unknownFlag } from './config/given-options.ts';
import { type CommandLine, type FlagShape, type GivenFlag, splitCommandLine } from './config/go-flags.ts';
import { loadConfig } from './config/load-config.ts';
import { nearest } from './config/nearest.ts';
import { redact } from './config/redact.ts';
import { UsageError } from './config/usage-error.ts';
import { StartError } from './errors.ts';

// Commands are loaded on demand: the help needs neither gRPC nor a database.
const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  check: async () => (await import('./commands/check.ts')).check,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  repair: async () => (await import('./commands/repair.ts')).repair,
  copy: async () => (await import('./commands/copy.ts')).copy,
  snapshot: async () => (await import('./commands/snapshot.ts')).snapshot,
  release: async () => (await import('./commands/release.ts')).release,
  completion: async () => (await import('./commands/completion.ts')).completion,
  version: async () => (await import('./commands/version.ts')).version,
  help: async () => (await import('./commands/help.ts')).help,
};

const flagsThatAreCommands: ReadonlyMap<string, string> = new Map([
  ['help', 'help'],
  ['h', 'help'],
  ['version', 'version'],
  ['v', 'version'],
]);

/** Flags of one command only, and how they take their value. */
const ownFlags: ReadonlyMap<string, { readonly command: string; readonly shape: FlagShape }> = new Map(
  Object.entries<CommandEntry>(commandList).flatMap(([command, { flags = {} }]) =>
    Object.entries(flags).map(([name, { placeholder }]): [string, { command: string; shape: FlagShape }] => [
      name,
      { command, shape: placeholder === undefined ? 'boolean' : 'value' },
    ]),
  ),
);

/** Runs a command line. Resolves with the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const { flags, operands } = splitCommandLine(args, shapeOf);
  const requested = flags.map(({ name }) => flagsThatAreCommands.get(name)).find((name) => name !== undefined);
  const mistyped = flags.find(({ name }) => shapeOf(name) === 'unknown');
  // The value of an unknown flag would be taken for a command.
  if (requested === undefined && mistyped !== undefined) throw unknownFlag(mistyped.name);
  const [name = 'serve', ...rest] = requested === undefined ? operands : [requested];
  if (!isCommand(name)) throw unknownCommand(name);
  return run(name, await commands[name](), { flags, operands: rest });
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

function shapeOf(flag: string): FlagShape {
  if (flagsThatAreCommands.has(flag)) return 'boolean';
  return ownFlags.get(flag)?.shape ?? flagShape(flag);
}

async function run(name: string, command: Command, { flags, operands }: CommandLine): Promise<number> {
  // The help must be available even if the environment is wrong.
  if (command.kind === 'text') return command.run();
  const takesEndpoint = command.kind === 'configured' && command.operands === 'endpoint';
  if (command.kind !== 'own' && operands.length > (takesEndpoint ? 1 : 0))
    throw new UsageError(`${name} does not accept the argument "${operands.at(-1)}"; see tine --help`);
  const foreign = flags.find((flag) => (ownFlags.get(flag.name)?.command ?? name) !== name);
  if (foreign !== undefined) {
    throw new UsageError(
      `--${foreign.name} is a flag of \`tine ${ownFlags.get(foreign.name)?.command}\` only; leave it out`,
    );
  }
  if (command.kind === 'transfer') return command.run(transferSides(flags));
  if (command.kind === 'own') return command.run(ownArguments({ flags, operands }));
  return command.run(loadConfig([...flags, ...operands.map(endpointFlag)], process.env));
}

function ownArguments({ flags, operands }: CommandLine): OwnArguments {
  return {
    operands,
    flag: (name) => {
      const given = flags.findLast((each) => each.name === name);
      return given === undefined ? undefined : (given.value ?? 'true');
    },
    load: () =>
      loadConfig(
        flags.filter(({ name }) => !ownFlags.has(name)),
        process.env,
      ),
  };
}

function transferSides(flags: readonly GivenFlag[]): TransferSides {
  const others = flags.filter(({ name }) => !ownFlags.has(name));
  const text = (side: 'from' | 'to'): string => {
    const value = flags.findLast(({ name }) => name === side)?.value;
    if (value === undefined || value === '') throw new UsageError(`copy needs --${side}; see tine --help`);
    return value;
  };
  const load = (side: 'from' | 'to') => {
    const password = process.env[`TINE_${side.toUpperCase()}_PASSWORD`];
    try {
      return loadConfig([...others, endpointFlag(text(side))], { ...process.env, TINE_DATASTORE_PASSWORD: password });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(error.message.replace(/^--endpoint\b/, `--${side}`), { cause: error });
    }
  };
  const has = (name: string): boolean => {
    const given = flags.findLast((flag) => flag.name === name);
    const value = given === undefined ? 'false' : (given.value ?? 'true');
    if (value !== 'true' && value !== 'false') throw new UsageError(`--${name}: "${value}" is not true or false`);
    return value === 'true';
  };
  return { from: text('from'), to: text('to'), has, load };
}

const endpointFlag = (value: string): GivenFlag => ({ name: 'endpoint', value });

function unknownCommand(name: string): UsageError {
  const near = nearest(name, Object.keys(commands));
  return new UsageError(
    `unknown command "${name}"${near === undefined ? '' : `; did you mean ${near}?`}; see tine --help`,
  );
}

function exitStatus(error: unknown): number {
  if (error instanceof UsageError || error instanceof StartError) {
    process.stderr.write(`tine: ${redact(error.message)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`tine: this is a bug in tine: ${redact(text)}\n`);
  return 1;
}

/**
 * How long a finished command may take to end by itself, for example to write its output. An open
 * connection over a broken network must not keep the process alive.
 */
const exitDelayMsMax = 500;

// Node 24 may loop forever while it frees connections that were closed while they were opening
// (seen with a database that refused them). All output is written at this point, so the process
// exits without freeing them.
process.once('exit', (status) => process.exit(status));

// Ignores the two signals, as Go's programs do. Without a handler, Node answers SIGUSR1 with a
// debugger on a port that every user of the machine may use, and SIGUSR2 ends the process.
for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) process.on(signal, () => {});

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
    setTimeout(() => process.exit(), exitDelayMsMax).unref();
  },
  // Exits at once, so that nothing that is still open keeps the process alive.
  (error: unknown) => process.exit(exitStatus(error)),
);
