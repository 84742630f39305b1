/** The command line, or the environment, asks for something that cannot be: one line, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
