/**
 * Sets up a connection, unless the signal aborts first. `abandon` closes the connection, then and
 * after a failure, so that no attempt outlives the wait for it.
 */
export async function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  { setUp, abandon }: { setUp(): Promise<Result>; abandon(): void },
): Promise<Result> {
  signal?.addEventListener('abort', abandon);
  try {
    signal?.throwIfAborted();
    const result = await setUp();
    signal?.throwIfAborted();
    return result;
  } catch (error) {
    abandon();
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    signal?.removeEventListener('abort', abandon);
  }
}
