/** A mistake on the command line or in the environment: one line, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs `parse` and prefixes its error with `source`, as the user wrote it: `--data-dir`,
 * `TINE_DATA_DIR`.
 */
export function withSource<Value>(source: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (cause) {
    throw new UsageError(`${source}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
