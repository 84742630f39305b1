import { setTimeout as sleep } from 'node:timers/promises';
import { within as inTime } from '../../src/kit/within.ts';
import { onThisMachine } from './slowness.ts';

export { sleep };

/**
 * The first truthy value of `probe`, called every `intervalMs` for at most `timeoutMs`, longer on a
 * slow machine.
 * @throws an error that names `what`.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 10_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const started = Date.now();
  let patienceMs = timeoutMs;
  let isExtended = false;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() - started > patienceMs) {
      if (isExtended) throw new Error(`waited ${Date.now() - started} ms in vain for ${what}`);
      patienceMs = onThisMachine(timeoutMs);
      isExtended = true;
    }
    await sleep(intervalMs);
  }
}

/** The promise's value, or an error naming `what` after `timeoutMs`, later on a slow machine. */
export function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  return inTime(timeoutMs, promise, () =>
    inTime(onThisMachine(timeoutMs) - timeoutMs, promise, () => {
      throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    }),
  );
}
