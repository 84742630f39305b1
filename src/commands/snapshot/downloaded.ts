/** A snapshot in a bucket as a file of this machine, for as long as it is used. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SnapshotConfig } from '../../config/config.ts';
import { UsageError } from '../../config/usage-error.ts';
import { withTemporaryPath } from '../../kit/temporary-paths.ts';
import { withProgress } from '../../transfer/copy/progress.ts';

/** Whether an operand of `tine snapshot restore` names an object, not a file. */
export const isObject = (operand: string): boolean => /^s3:\/\//i.test(operand);

/**
 * Downloads `s3://BUCKET/FOLDER/NAME` and checks its SHA-256. The file is in `--snapshot-dir`, if
 * this folder exists, or else in the folder of TMPDIR, and is deleted after use.
 */
export async function withDownloaded<Result>(
  url: string,
  config: SnapshotConfig,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const [, bucket, folder = '', name] = /^s3:\/\/([^/]+)\/(?:(.+)\/)?([^/]+)$/i.exec(url) ?? [];
  if (bucket === undefined || name === undefined)
    throw new UsageError(`"${url}" is not the address of a snapshot; write s3://BUCKET/FOLDER/NAME`);
  const [{ BucketPlace }, { download }] = await Promise.all([
    import('../../snapshots/bucket/bucket-place.ts'),
    import('../../snapshots/bucket/download.ts'),
  ]);
  const { directory } = config;
  const parent = directory !== undefined && existsSync(directory) ? directory : tmpdir();
  const temporary = await mkdtemp(join(parent, 'restore-'));
  const place = new BucketPlace({ name: bucket, folder }, config.storage);
  return withTemporaryPath(temporary, async () => {
    try {
      const path = join(temporary, name);
      await withProgress((progress) => {
        progress.print(`downloading ${url}`);
        const report = (done: number, total: number) => progress.update('downloaded', done, total, 'bytes');
        return download(place, name, { path, progress: report });
      });
      return await use(path);
    } finally {
      place.close();
      await rm(temporary, { recursive: true, force: true });
    }
  });
}
