/**
 * Detects that an open database file was removed or replaced. Later writes to it are lost when it
 * is closed.
 */
import { realpathSync, statSync } from 'node:fs';
import { DriverError } from '../../../errors.ts';

/**
 * Device and inode of a file. Undefined: the file does not exist. The system does not reuse an
 * inode while its file is open.
 *
 * @throws the error of the system, for example if a directory of the path has lost its permissions.
 */
export function fileId(path: string): string | undefined {
  const state = statSync(path, { throwIfNoEntry: false });
  return state === undefined ? undefined : `${state.dev}:${state.ino}`;
}

/**
 * The path of a file behind symbolic links. SQLite names its WAL after this path. The same path if
 * there is no file.
 */
export function actualPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/**
 * `id`: the expected identity of the file.
 *
 * @throws DriverError if another file, or none, is at the path, or if the system does not show it.
 */
export function refuseMovedFile(path: string, id: string | undefined): void {
  const fault = faultOf(path, id);
  if (fault !== undefined) throw new DriverError('removed', fault);
}

/** The reason why the file at the path is not the expected one, or cannot be recognized. */
function faultOf(path: string, id: string | undefined): string | undefined {
  let now: string | undefined;
  try {
    now = fileId(path);
  } catch (error) {
    return `${path} cannot be examined: ${(error as Error).message}`;
  }
  if (now === id) return undefined;
  return `${path} was ${now === undefined ? 'removed' : 'replaced'} while it is in use`;
}

/** The files of an open database, with their identities at the time of the open. */
export class FileIdentity {
  readonly #files: readonly { readonly path: string; readonly id: string | undefined }[];

  /**
   * `id`: the identity of the database file to open.
   *
   * @throws DriverError if another file is at the path.
   */
  constructor(path: string, id: string | undefined) {
    refuseMovedFile(path, id);
    const others = [`${path}-wal`, `${path}-shm`];
    this.#files = [{ path, id }, ...others.map((other) => ({ path: other, id: fileId(other) }))];
  }

  /** The fault. Undefined: all files are in place. Takes about 10 us. */
  fault(): string | undefined {
    for (const { path, id } of this.#files) {
      const fault = faultOf(path, id);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
}
