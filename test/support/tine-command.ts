import { spawnSync } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';
import { tineProgram } from './paths.ts';

export interface TineResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface TineOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs as this user, where the test process may. */
  readonly userId?: number;
}

/** Standard error without the lines of the log: a start on a busy machine logs slow statements. */
export function withoutLog(stderr: string): string {
  return stderr.replace(/^\{.*\}\n/gm, '');
}

/** Runs `tine` with these arguments to its end, which must come within 20 s. */
export function runTine(commandArguments: readonly string[], options: TineOptions = {}): TineResult {
  const { status, stdout, stderr } = spawnSync(tineProgram(), commandArguments, {
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
    env: childEnvironment(options.environment),
    ...(options.userId === undefined ? {} : { uid: options.userId, gid: options.userId }),
  });
  return { status, stdout, stderr };
}
