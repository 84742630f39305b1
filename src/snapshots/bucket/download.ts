/**
 * Downloads a snapshot into a file, in a stream: memory does not grow with its size. A broken
 * connection is continued where it broke. The file gets its name after its SHA-256 was checked.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../errors.ts';
import { SnapshotError } from '../snapshot-error.ts';
import { partSuffix } from '../snapshot-name.ts';
import { verifyFile } from '../verify-file.ts';
import { writeWholeFile } from '../whole-file.ts';
import type { BucketPlace } from './bucket-place.ts';

/** Broken connections without a byte between them. */
const failuresMax = 5;
const pauseMs = 1_000;

export interface DownloadOptions {
  readonly path: string;
  readonly progress: (doneBytes: number, totalBytes: number) => void;
}

/** @throws StartError if the object is not there, unreachable, or damaged. */
export async function download(place: BucketPlace, name: string, { path, progress }: DownloadOptions): Promise<void> {
  try {
    await writeWholeFile(`${path}${partSuffix}`, bytesOf(place, name, progress), async (part) => {
      await verifyFile(part);
      return path;
    });
  } catch (error) {
    if (error instanceof StartError)
      throw new StartError(`${place.name}/${name}: it is damaged: its SHA-256 does not match`, { cause: error });
    if (error instanceof SnapshotError) throw new StartError(error.message, { cause: error });
    if ((error as NodeJS.ErrnoException).syscall !== undefined)
      throw new StartError(`${path}: ${(error as Error).message}; free some space, or set TMPDIR`, { cause: error });
    throw error;
  }
}

async function* bytesOf(
  place: BucketPlace,
  name: string,
  progress: DownloadOptions['progress'],
): AsyncGenerator<Uint8Array> {
  const { signal } = new AbortController();
  let doneBytes = 0;
  let tag: string | undefined;
  for (let failures = 0; ; failures += 1) {
    try {
      const opened = await place.read(name, { fromByte: doneBytes, tag, signal });
      tag = opened.tag;
      for await (const chunk of opened.chunks) {
        doneBytes += chunk.length;
        failures = 0;
        yield chunk;
        progress(doneBytes, opened.bytes);
      }
      if (doneBytes >= opened.bytes) return;
    } catch (error) {
      const explained = place.explain(error);
      const isLasting = explained instanceof SnapshotError && explained.isLasting;
      if (isLasting || failures >= failuresMax) throw explained;
    }
    await sleep(pauseMs);
  }
}
