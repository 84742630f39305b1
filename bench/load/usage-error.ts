/** A mistake in the command line. The message gives the correction. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
