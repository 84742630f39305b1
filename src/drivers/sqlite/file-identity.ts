/** Notices that a database file which is open was removed or replaced: what is written to it then is lost when it is closed. */
import { statSync } from 'node:fs';
import { DriverError } from '../../errors.ts';

/** Device and inode; undefined: there is no such file. An inode is not used again while the file is open. */
export function fileId(path: string): string | undefined {
  const state = statSync(path, { throwIfNoEntry: false });
  return state === undefined ? undefined : `${state.dev}:${state.ino}`;
}

const recentMs = 5;

function movedError(path: string, now: string | undefined): DriverError {
  return new DriverError('removed', `${path} was ${now === undefined ? 'removed' : 'replaced'} while it is in use`);
}

/** The files of an open database, as they were when it was opened. */
export class FileIdentity {
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  readonly #files: readonly { readonly path: string; readonly id: string | undefined }[];

  /**
   * `id`: of the database file that is meant.
   *
   * @throws DriverError when another one is there.
   */
  constructor(path: string, id: string | undefined) {
    if (fileId(path) !== id) throw movedError(path, fileId(path));
    const others = [`${path}-wal`, `${path}-shm`];
    this.#files = [{ path, id }, ...others.map((other) => ({ path: other, id: fileId(other) }))];
  }

  /** What is wrong; undefined: all are where they were. Takes some 10 us. */
  fault(): string | undefined {
    return this.#movedFile()?.message;
  }

  /** The same, unless it was looked a moment ago: while batches follow each other, the look after one is the look before the next. */
  checkAgain(): void {
    if (performance.now() - this.#checkedAtMs > recentMs) this.check();
  }

  /** @throws DriverError when one of them was removed or replaced. */
  check(): void {
    this.#checkedAtMs = performance.now();
    const fault = this.#movedFile();
    if (fault !== undefined) throw fault;
  }

  #movedFile(): DriverError | undefined {
    for (const { path, id } of this.#files) {
      const now = fileId(path);
      if (now !== id) return movedError(path, now);
    }
    return undefined;
  }
}
