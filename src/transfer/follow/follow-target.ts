import type { Digest } from '../copy/digest.ts';
import type { Progress } from '../copy/progress.ts';
import type { SourceRevision } from './source-revisions.ts';

/** The target of a copy that follows its source. */
export interface FollowTarget {
  readonly name: string;
  /** The revision up to which the target has everything. */
  readonly revision: number;
  /**
   * Appends revisions that follow its own. Each revision of the source is one revision of the
   * target, with the same number.
   */
  append(page: readonly SourceRevision[]): Promise<void>;
  /** Reaches a revision, although nothing that is copied was written since the target's own. */
  reach(revision: number): Promise<void>;
  /** Grants the leases that the source has, and ends the others if they have no keys. */
  alignLeases(): Promise<void>;
  keyCount(): Promise<number>;
  /** The digest of all keys, in key order. */
  digest(progress: Progress): Promise<Digest>;
  /** The digest of the existing keys of a sorted list, in its order. */
  digestOf(names: readonly string[]): Promise<Digest>;
  /**
   * Compares the history up to the revision of the target with the source. `unknown`: the two sides
   * have compacted at different revisions.
   */
  compareHistory(): Promise<'same' | 'differs' | 'unknown'>;
  /** Ends the copy. Clients may then use the target. */
  complete(): Promise<void>;
}
