import { createHash } from 'node:crypto';
import { readFile } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../package-root.ts';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Buffer;
  /** The same in gzip. */
  readonly gzipped: Buffer;
}

/** `node:fs/promises` would load ten modules that nothing else needs. */
const read = promisify(readFile);

/** `npm run build:ui` writes each file, and the same with `.gz`. */
const directory = join(packageRoot, 'dist', 'ui');

const types: ReadonlyMap<string, string> = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['main.js', 'text/javascript; charset=utf-8'],
  ['main.css', 'text/css; charset=utf-8'],
  ['kubernetes-fields.txt', 'text/plain; charset=utf-8'],
]);

/** The folder has no built page. */
export class PageNotBuiltError extends Error {}

/** Files that were requested. All answers share their bytes, however slowly clients read them. */
const files = new Map<string, Promise<PageFile>>();

/**
 * A file of the page by its name; undefined if the page has no file of this name. It is read when
 * it is first requested, and kept.
 *
 * @throws PageNotBuiltError
 */
export async function pageFile(name: string): Promise<PageFile | undefined> {
  const type = types.get(name);
  if (type === undefined) return undefined;
  let file = files.get(name);
  if (file === undefined) {
    file = readPageFile(name, type);
    files.set(name, file);
    file.catch(() => files.delete(name));
  }
  return await file;
}

async function readPageFile(name: string, type: string): Promise<PageFile> {
  try {
    const [bytes, gzipped] = await Promise.all([read(join(directory, name)), read(join(directory, `${name}.gz`))]);
    return { type, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`, bytes, gzipped };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new PageNotBuiltError(name, { cause });
    throw cause;
  }
}
