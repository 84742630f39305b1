import type { Revision } from '../../mvcc/ids.ts';
import type { LogEvent } from '../../mvcc/results.ts';

/**
 * Sets the previous value of each event to the value before the whole transaction. etcd does the
 * same: it reads the key at the revision before. The log stores what each row replaced. If a
 * transaction changes a key twice, the log's value was never readable. A key that was created
 * within the transaction has no previous value.
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
