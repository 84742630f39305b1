import type { Driver } from './drivers.ts';

interface Users {
  count: number;
  /** The server that created the directory is removed: its data is no longer needed. */
  isOrphan: boolean;
}

/**
 * The servers on each data directory. The database, which is outside of the directory, must exist
 * until the last server is removed, in any order of removal.
 */
const usersOf = new Map<string, Users>();

/** Every server on the directory must call this before its first start. */
export function useStorage(directory: string): void {
  const users = usersOf.get(directory) ?? { count: 0, isOrphan: false };
  users.count += 1;
  usersOf.set(directory, users);
}

/**
 * Every server on the directory must call this once its process has ended. The owner is the server
 * that created the directory.
 */
export async function leaveStorage(driver: Driver, directory: string, who: 'owner' | 'guest'): Promise<void> {
  const users = usersOf.get(directory);
  if (users === undefined) return;
  users.count -= 1;
  if (who === 'owner') users.isOrphan = true;
  if (users.count > 0) return;
  usersOf.delete(directory);
  if (users.isOrphan) await driver.dropStorage(directory);
}
