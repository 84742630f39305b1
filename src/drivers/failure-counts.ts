import { DriverError, type DriverErrorKind } from '../errors.ts';

/** Counts failures of the database since the start, by kind. */
export class FailureCounts {
  readonly byKind: Record<DriverErrorKind, number> = {
    busy: 0,
    lost: 0,
    full: 0,
    corrupt: 0,
    tooLarge: 0,
    removed: 0,
    other: 0,
  };

  /** Counts `DriverError`, and ignores all other errors. */
  count(error: unknown): void {
    if (error instanceof DriverError) this.byKind[error.kind] += 1;
  }
}
