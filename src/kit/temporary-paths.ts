/** Files and folders that exist only while work runs. A command that is stopped removes them. */
import { rmSync } from 'node:fs';

const paths = new Set<string>();

/** Runs work that creates a path, and removes it itself at its end. */
export async function withTemporaryPath<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  paths.add(path);
  try {
    return await work();
  } finally {
    paths.delete(path);
  }
}

/** Removes the paths of all work under way, before the process ends. */
export function removeTemporaryPaths(): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}
