/** Snapshots in a folder of this machine. */
import { access, constants, mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnError } from '../errors.ts';
import { bytesText } from '../kit/amount-text.ts';
import { byTime, type KnownSnapshot, type SnapshotPlace } from './known-snapshot.ts';
import { SnapshotError } from './snapshot-error.ts';
import {
  isPartName,
  type NameStart,
  parseSnapshotName,
  partSuffix,
  type SnapshotName,
  snapshotNameStart,
  snapshotNameText,
} from './snapshot-name.ts';
import { verifyFile } from './verify-file.ts';
import { writeWholeFile } from './whole-file.ts';

/** Space that a snapshot leaves free: the database may be on the same disk. */
const freeBytesMin = 16 * 1024 * 1024;

export interface FolderWrite {
  /** The size of the file that `chunks` will have. */
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Runs before the file gets its name, and throws if it must not get it. */
  readonly confirm?: () => Promise<void>;
  /** Runs while the file is read back. */
  readonly progress?: () => void;
}

export class FolderPlace implements SnapshotPlace {
  readonly kind = 'folder';
  readonly name: string;

  constructor(path: string) {
    this.name = path;
  }

  async list(): Promise<readonly KnownSnapshot[]> {
    const found: KnownSnapshot[] = [];
    for (const name of await this.#names()) {
      const parsed = parseSnapshotName(name);
      if (parsed === undefined) continue;
      const location = join(this.name, name);
      // Another instance may delete it meanwhile.
      const facts = await stat(location).catch(() => undefined);
      if (facts?.isFile() === true) found.push({ ...parsed, name, bytes: facts.size, place: this.kind, location });
    }
    return found.sort(byTime);
  }

  /** @throws SnapshotError if the folder cannot be created or written. */
  requireWritable(): Promise<void> {
    return this.#explained(async () => {
      await this.#make();
      await access(this.name, constants.W_OK);
    });
  }

  async remove({ location }: KnownSnapshot): Promise<void> {
    await this.#explained(() => rm(location, { force: true }));
  }

  /** Deletes unfinished files, which a crash has left and no process has written for some time. */
  async removeParts(start: NameStart, { idleMs }: { readonly idleMs: number }): Promise<void> {
    for (const name of await this.#names()) {
      if (!name.startsWith(snapshotNameStart(start)) || !isPartName(name)) continue;
      const path = join(this.name, name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (idleMs > 0 && mtimeMs > Date.now() - idleMs) continue;
      await this.#explained(() => rm(path, { force: true }));
    }
  }

  /**
   * Writes a snapshot, reads it back, and gives it its name.
   *
   * @throws SnapshotError; what `chunks` and `confirm` throw.
   */
  write(name: SnapshotName, { bytes, chunks, confirm, progress }: FolderWrite): Promise<KnownSnapshot> {
    const text = snapshotNameText(name);
    const location = join(this.name, text);
    return this.#explained(async () => {
      await this.#make();
      await this.#requireSpace(bytes);
      let writtenBytes = 0;
      await writeWholeFile(`${location}${partSuffix}`, chunks, async (part) => {
        writtenBytes = (await verifyFile(part, progress)).bytes;
        await confirm?.();
        return location;
      });
      return { ...name, name: text, bytes: writtenBytes, place: this.kind, location };
    });
  }

  async #make(): Promise<void> {
    await mkdir(this.name, { recursive: true, mode: 0o700 });
  }

  async #names(): Promise<readonly string[]> {
    return this.#explained(async () => {
      try {
        return await readdir(this.name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    });
  }

  async #requireSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.name);
    if (bavail * bsize >= bytes + freeBytesMin) return;
    throw new SnapshotError(
      `${this.name}: a snapshot of ${bytesText(bytes)} does not fit into the free ${bytesText(bavail * bsize)} (${bytesText(freeBytesMin)} stay free); ${spaceAdvice}`,
      { isLasting: true },
    );
  }

  /** Runs work. Errors of the file system become one line; other errors stay. */
  async #explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException;
      if (isOwnError(error) || code === undefined || syscall === undefined) throw error;
      const isFull = code === 'ENOSPC' || code === 'EDQUOT';
      const advice = isFull ? spaceAdvice : 'give tine the right to write there, or another --snapshot-dir';
      const reason = isFull ? 'no space left for a snapshot' : `${syscall} failed (${code})`;
      throw new SnapshotError(`${this.name}: ${reason}; ${advice}`, { isLasting: true, cause: error });
    }
  }
}

const spaceAdvice = 'free some space, lower --snapshot-retention, or give another --snapshot-dir';
