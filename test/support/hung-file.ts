import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

/** A file call that does not return, as of a network file system whose server is gone. */
export class HungFile {
  readonly #path = join(temporaryDirectory(), 'hung');

  constructor() {
    execFileSync('mkfifo', [this.#path]);
  }

  /** Returns after `release`. */
  async call(): Promise<void> {
    await (await open(this.#path, 'r')).close();
  }

  async release(): Promise<void> {
    await (await open(this.#path, 'w')).close();
  }
}
