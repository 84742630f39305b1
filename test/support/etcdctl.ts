import { spawn } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';
import { etcdctlProgram } from './paths.ts';
import { watchChild } from './reaper.ts';
import { within } from './wait.ts';

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const timeoutMs = 20_000;
/** etcdctl's own 5 s are too short for a password's hash on a slow machine. */
const commandTimeout = '15s';

/**
 * Runs etcdctl against a server until it ends. `input` is its standard input, which `txn` reads.
 */
export async function etcdctl(
  address: string,
  commandArguments: readonly string[],
  input = '',
): Promise<CommandResult> {
  const child = startEtcdctl(address, commandArguments);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.on('data', (text: string) => {
    stderr += text;
  });
  // The process may end before it has read anything.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    return { status: await within(timeoutMs, `etcdctl ${commandArguments.join(' ')}`, ended), stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}

/** Starts an etcdctl that keeps running, such as `watch`. The caller kills it. */
export function startEtcdctl(address: string, commandArguments: readonly string[]) {
  const child = spawn(
    etcdctlProgram(),
    ['--endpoints', address, '--command-timeout', commandTimeout, ...commandArguments],
    {
      env: childEnvironment(),
    },
  );
  watchChild(child);
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  return child;
}
