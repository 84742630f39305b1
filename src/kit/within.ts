/**
 * Waits for work, but at most `ms`. After that time the result is that of `onLate`, which may also
 * throw. The work is not stopped; its later result or error is ignored.
 */
export async function within<Result, Late>(
  ms: number,
  work: Promise<Result>,
  onLate: () => Late,
): Promise<Result | Awaited<Late>> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    return await Promise.race([work, late.then(onLate)]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether work succeeds within a time. */
export function succeedsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const isDone = work.then(
    () => true,
    () => false,
  );
  return within(ms, isDone, () => false);
}
