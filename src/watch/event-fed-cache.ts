import type { LogEvent } from '../mvcc/results.ts';
import type { Position } from './position.ts';

/** What this process remembers of the newest key-values. The hub gives it every event, like a watcher, while it wants them. */
export interface EventFedCache {
  /** Called once. */
  connect(feed: EventFeed): void;
  /** All events between two positions, after they were given to the watchers. Must not throw. */
  apply(events: readonly LogEvent[], from: Position, to: Position): void;
  /** Events may be missing: what is remembered is of no use. */
  clear(): void;
}

export interface EventFeed {
  /** Every event after the returned position is applied from now on. */
  begin(): Position;
  end(): void;
}
