import type { Command } from './commands/command.ts';
import { flagShape, unknownFlag } from './config/given-options.ts';
import { splitCommandLine } from './config/go-flags.ts';
import { loadConfig } from './config/load-config.ts';
import { nearest } from './config/nearest.ts';
import { redact } from './config/redact.ts';
import { UsageError } from './config/usage-error.ts';
import { StartError } from './errors.ts';

// Loaded when called for: the help needs neither gRPC nor a database.
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  check: async () => (await import('./commands/check.ts')).check,
  release: async () => (await import('./commands/release.ts')).release,
  version: async () => (await import('./commands/version.ts')).version,
  help: async () => (await import('./commands/help.ts')).help,
};

const flagsThatAreCommands: ReadonlyMap<string, string> = new Map([
  ['help', 'help'],
  ['h', 'help'],
  ['version', 'version'],
  ['v', 'version'],
]);

/** Runs a command line; resolves with the exit status. */
async function main(args: readonly string[]): Promise<number> {
  const { flags, operands } = splitCommandLine(args, (name) =>
    flagsThatAreCommands.has(name) ? 'boolean' : flagShape(name),
  );
  const asked = flags.map(({ name }) => flagsThatAreCommands.get(name)).find((name) => name !== undefined);
  const mistyped = flags.find(({ name }) => !flagsThatAreCommands.has(name) && flagShape(name) === 'unknown');
  // Its value would be taken for a command.
  if (asked === undefined && mistyped !== undefined) throw unknownFlag(mistyped.name);
  const [name = 'serve', ...rest] = asked === undefined ? operands : [asked];
  const load = commands[name];
  if (load === undefined) throw unknownCommand(name);
  const command = await load();
  if (rest.length > command.operandCountMax) throw new UsageError(`${name} does not take "${rest.at(-1)}"`);
  // A broken environment must not keep the help from being read.
  if (command.kind === 'text') return command.run();
  return command.run({ ...loadConfig(flags, process.env), operands: rest });
}

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

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // At once: whatever was opened before it failed must not keep the process.
  process.exit(exitStatus(error));
}
