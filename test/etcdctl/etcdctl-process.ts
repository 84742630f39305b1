import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { childEnvironment } from '../support/child-environment.ts';
import { type Exit, exitOf } from '../support/exit.ts';
import { waitFor, within } from '../support/wait.ts';

const endTimeoutMs = 30_000;
const printTimeoutMs = 15_000;
/** A reply is printed in several writes, in some formats one for each line. */
const silenceMs = 150;

/** The output of etcdctl, and how it ended. */
export interface Printed {
  readonly exit: string;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** One run of etcdctl. */
export class EtcdctlProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exit: Promise<Exit>;
  readonly #closed: Promise<unknown>;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #hasEnded = false;
  #seenLength = 0;

  constructor(program: string, commandArguments: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#child = spawn(program, commandArguments, { env: childEnvironment(environment) });
    this.#exit = exitOf(this.#child);
    this.#closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdout.on('data', (bytes: Buffer) => this.#stdout.push(bytes));
    this.#child.stderr.on('data', (bytes: Buffer) => this.#stderr.push(bytes));
    // The process may end before it has read everything.
    this.#child.stdin.on('error', () => {});
    void this.#closed.then(() => {
      this.#hasEnded = true;
    });
  }

  say(text: string): void {
    this.#child.stdin.write(text);
  }

  endInput(text = ''): void {
    this.#child.stdin.end(text);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /**
   * Waits for one of the texts in new output, or without texts for any output and a pause, or for
   * the end of the process.
   */
  async prints(texts: readonly string[]): Promise<void> {
    let length = this.#seenLength;
    let lastMs = performance.now();
    const isPrinted = () => {
      const printed = Buffer.concat(this.#stdout);
      if (texts.length > 0) return texts.some((text) => printed.subarray(this.#seenLength).includes(text));
      if (printed.length !== length) lastMs = performance.now();
      length = printed.length;
      return length > this.#seenLength && performance.now() - lastMs > silenceMs;
    };
    const isThere = () => this.#hasEnded || isPrinted();
    // The output so far is compared: a difference explains more than a timeout.
    await waitFor(texts.join(' or '), isThere, { timeoutMs: printTimeoutMs, intervalMs: 5 }).catch(() => {});
    this.#seenLength = Buffer.concat(this.#stdout).length;
  }

  /** Waits for the end of the process, which must come. */
  async ended(): Promise<Printed> {
    try {
      await within(endTimeoutMs, `the end of ${this.#child.spawnargs.join(' ')}`, this.#closed);
    } finally {
      this.#child.kill('SIGKILL');
    }
    const { status, signal } = await this.#exit;
    return {
      exit: signal ?? `status ${status}`,
      stdout: Buffer.concat(this.#stdout),
      stderr: Buffer.concat(this.#stderr),
    };
  }
}
