import type { LogEvent } from '../../mvcc/results.ts';
import type { Position } from '../position.ts';

/**
 * A cache that the hub keeps current: while the cache is fed, it receives every event, as a watcher
 * does.
 */
export interface EventFedCache {
  /** Called once. */
  connect(feed: EventFeed): void;
  /**
   * Applies all events between two positions, after they were sent to the watchers. Must not throw.
   */
  apply(events: readonly LogEvent[], from: Position, to: Position): void;
  /** Drops everything, because events may be missing. */
  clear(): void;
}

export interface EventFeed {
  /** Starts the feed. Every event after the returned position is applied from now on. */
  begin(): Position;
  end(): void;
}
