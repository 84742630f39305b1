import type { Revision } from '../mvcc/operations.ts';
import type { LogEvent } from '../mvcc/results.ts';

/**
 * An event's previous value is the key as it was before the whole transaction, as in etcd, which reads it at the revision before. The
 * log knows what each row replaced: for a key that a transaction changes twice, that is a value nobody could ever read.
 * A key created anew within the transaction has none.
 */
export function withPreviousOfTransaction(events: readonly LogEvent[]): readonly LogEvent[] {
  let revision: Revision = 0;
  let earlier = new Map<string, LogEvent>();
  return events.map((event, index) => {
    const isAlone = event.revision !== revision && event.revision !== events[index + 1]?.revision;
    if (isAlone) return event;
    if (event.revision !== revision) earlier = new Map();
    revision = event.revision;
    const first = earlier.get(event.key);
    if (first === undefined) earlier.set(event.key, event);
    return first === undefined || event.previous.length === 0 ? event : { ...event, previous: first.previous };
  });
}
