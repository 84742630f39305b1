/**
 * Waits for the lock for schema changes. A start holds it while it migrates, and a command while it
 * works on the database. The client polls: a request that waits in the server would still take the
 * lock after its client is gone.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { DriverError } from '../../errors.ts';
import { remoteLimits } from './remote-limits.ts';

/** Tries to take the lock until the time is over. Returns whether it was taken. */
export async function takesSchemaLock(tryLock: () => Promise<boolean>, waitMsMax: number): Promise<boolean> {
  const deadlineMs = performance.now() + waitMsMax;
  while (!(await tryLock())) {
    if (performance.now() > deadlineMs) return false;
    await pause(remoteLimits.schemaLockPollMs);
  }
  return true;
}

/**
 * Waits for the lock at a start. A wait is logged once it is longer than a migration of a new
 * database.
 *
 * @throws DriverError `busy` after the bound. The next attempt continues the wait.
 */
export async function waitForSchemaLock(tryLock: () => Promise<boolean>, logger: Logger): Promise<void> {
  if (await takesSchemaLock(tryLock, remoteLimits.schemaLockQuietMs)) return;
  logger.info(lockedText);
  if (await takesSchemaLock(tryLock, remoteLimits.schemaLockWaitMsMax)) return;
  throw new DriverError('busy', lockedText);
}

const lockedText =
  'waiting for the schema lock: another instance changes the schema, or a command works on the database';
