import { chmodSync, globSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';
import { sleep } from './wait.ts';

/** Debian's package `libfaketime`; the variant for programs with threads. */
export function findFakeTime(): string | undefined {
  return globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];
}

/**
 * A wall clock that a test sets while programs use it. Their monotonic clock does not change, as
 * when a person sets the clock.
 */
export class FakeClock {
  readonly #library: string;
  readonly #file: string;

  constructor(aheadSeconds = 0) {
    const library = findFakeTime();
    if (library === undefined)
      throw new Error('libfaketime is not on this machine: install the Debian package faketime');
    const directory = temporaryDirectory();
    // Database servers run as another user.
    chmodSync(directory, 0o755);
    this.#library = library;
    this.#file = join(directory, 'offset');
    this.#write(aheadSeconds);
  }

  /** Environment variables for a process that uses this clock, and its children. */
  get environment(): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /**
   * Sets the clock this far ahead of the machine's, or back, and waits until every process has read
   * it.
   */
  async set(aheadSeconds: number): Promise<void> {
    this.#write(aheadSeconds);
    await sleep(1_100);
  }

  /** Replaces the file: a program never reads half of it. */
  #write(aheadSeconds: number): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, `${aheadSeconds < 0 ? '-' : '+'}${Math.abs(aheadSeconds)}\n`);
    renameSync(next, this.#file);
  }
}
