import { type ChildProcess, spawn } from 'node:child_process';
import { childEnvironment } from '../support/child-environment.ts';
import { type Exit, exitOf } from '../support/exit.ts';
import { waitFor, within } from '../support/index.ts';
import { tineProgram } from '../support/paths.ts';

const endTimeoutMs = 60_000;

/** A `tine copy --follow` that runs. */
export class FollowProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<Exit>;
  #stdout = '';
  #stderr = '';

  constructor(from: string, to: string, ...flags: readonly string[]) {
    this.#child = spawn(tineProgram(), ['copy', '--from', from, '--to', to, '--follow', ...flags], {
      env: childEnvironment(),
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      this.#stdout += chunk.toString();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.#exit = exitOf(this.#child);
  }

  get printed(): string {
    return this.#stderr + this.#stdout;
  }

  /** Waits until the process has printed a text. */
  async untilPrinted(pattern: RegExp): Promise<void> {
    const isPrinted = waitFor(`a copy that prints ${pattern}`, () => pattern.test(this.printed), {
      timeoutMs: endTimeoutMs,
    });
    const ended = this.#exit.then(() => {
      if (!pattern.test(this.printed)) throw new Error(`the copy ended without ${pattern}: ${this.printed}`);
    });
    await Promise.race([isPrinted, ended]);
    isPrinted.catch(() => {});
    ended.catch(() => {});
  }

  untilFollowing(): Promise<void> {
    return this.untilPrinted(/following /);
  }

  /** Sends a signal without waiting. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  end(signal: NodeJS.Signals): Promise<Exit> {
    this.#child.kill(signal);
    return this.ended();
  }

  ended(): Promise<Exit> {
    return within(endTimeoutMs, `the end of the copy, which printed ${this.printed}`, this.#exit);
  }
}

/** Runs the cutover to its end. Returns what it printed. */
export async function cutOver(from: string, to: string): Promise<string> {
  const process = new FollowProcess(from, to, '--cutover');
  const { status } = await process.ended();
  if (status !== 0) throw new Error(`the cutover failed: ${process.printed}`);
  return process.printed;
}
