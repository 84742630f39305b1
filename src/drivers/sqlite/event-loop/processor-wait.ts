import { closeSync, openSync, readSync } from 'node:fs';

/** Counts how long the calling thread has been ready to run and waited for a processor. */
export class ProcessorWait {
  /** Undefined where the system does not count this: the wait is then 0. */
  readonly #file: number | undefined;
  readonly #text = Buffer.alloc(96);

  /** `path`: Linux's count for the thread that opens it. */
  constructor(path = '/proc/thread-self/schedstat') {
    this.#file = openIfThere(path);
  }

  /** In milliseconds, since the thread began. Takes 2 us. */
  get totalMs(): number {
    if (this.#file === undefined) return 0;
    const length = readSync(this.#file, this.#text, 0, this.#text.length, 0);
    // Nanoseconds on a processor, nanoseconds waiting for one, and how often it ran.
    const [, waitedNs] = this.#text.toString('latin1', 0, length).split(' ');
    return Number(waitedNs) / 1e6;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch {
    return undefined;
  }
}
