/** How `--datastore-max-open-connections` is divided. All connections that tine opens at once are counted, those of a start and of a defragmentation too. */
import { assert } from '../../errors.ts';

export interface ConnectionBudget {
  /** Connections that requests share, by way of `Lanes`. */
  readonly shared: number;
  /** Whether one is left for messages between instances. */
  readonly hasMessages: boolean;
}

/** Not used until an answer is overdue: then a new connection shows whether the database answers. */
const probes = 1;
/** Fewer would let a list, or a write that waits for a lock, hold up everything else. */
const sharedMin = 2;

/** `usesMessages`: the database can carry messages, over a connection of their own. Without it the database is polled. */
export function connectionBudget(countMax: number, usesMessages: boolean): ConnectionBudget {
  const shared = countMax - probes;
  assert(shared >= sharedMin, 'the smallest number that may be asked for is enough');
  const hasMessages = usesMessages && shared > sharedMin;
  return { shared: hasMessages ? shared - 1 : shared, hasMessages };
}
