/**
 * Detects that an open database file was removed or replaced. Later writes to it are lost when it
 * is closed.
 */
import { statSync } from 'node:fs';
import { DriverError } from '../../../errors.ts';

/**
 * Device and inode of a file. Undefined: the file does not exist. The system does not reuse an
 * inode while its file is open.
 */
export function fileId(path: string): string | undefined {
  const state = statSync(path, { throwIfNoEntry: false });
  return state === undefined ? undefined : `${state.dev}:${state.ino}`;
}

const recentMs = 5;

function movedError(path: string, now: string | undefined): DriverError {
  return new DriverError('removed', `${path} was ${now === undefined ? 'removed' : 'replaced'} while it is in use`);
}

/** The files of an open database, with their identities at the time of the open. */
export class FileIdentity {
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  readonly #files: readonly { readonly path: string; readonly id: string | undefined }[];

  /**
   * `id`: the identity of the database file to open.
   *
   * @throws DriverError if another file is at the path.
   */
  constructor(path: string, id: string | undefined) {
    if (fileId(path) !== id) throw movedError(path, fileId(path));
    const others = [`${path}-wal`, `${path}-shm`];
    this.#files = [{ path, id }, ...others.map((other) => ({ path: other, id: fileId(other) }))];
  }

  /** The fault. Undefined: all files are in place. Takes about 10 us. */
  fault(): string | undefined {
    return this.#movedFile()?.message;
  }

  /**
   * Checks unless the last check was at most `recentMs` ago. While batches follow each other, the
   * check after one batch serves for the next.
   */
  checkAgain(): void {
    if (performance.now() - this.#checkedAtMs > recentMs) this.check();
  }

  /** @throws DriverError if one of the files was removed or replaced. */
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
