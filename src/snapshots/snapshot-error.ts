/** A failed snapshot, as one line for an operator: what is wrong and what to do. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  /** The next try would fail too, until an operator acts. */
  readonly isLasting: boolean;

  constructor(message: string, { isLasting, cause }: { readonly isLasting: boolean; readonly cause?: unknown }) {
    super(message, { cause });
    this.isLasting = isLasting;
  }
}
