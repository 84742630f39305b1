/**
 * Divides `--datastore-max-open-connections`. It counts all connections that tine opens at once,
 * also during a start and a defragmentation.
 */
import { assert } from '../../../errors.ts';

export interface ConnectionBudget {
  /** Connections that requests share through `Lanes`. */
  readonly shared: number;
  /** Whether one connection is reserved for messages between instances. */
  readonly hasMessages: boolean;
}

/**
 * Reserved for probes: when a reply is overdue, a new connection shows whether the database
 * answers.
 */
const probes = 1;
/** With fewer, one list or one write that waits for a lock would delay all other work. */
const sharedMin = 2;

/**
 * `usesMessages`: the database can carry messages, over a connection of their own. Without this
 * connection the database is polled.
 */
export function connectionBudget(countMax: number, usesMessages: boolean): ConnectionBudget {
  const shared = countMax - probes;
  assert(shared >= sharedMin, 'the smallest number that the option accepts is enough');
  const hasMessages = usesMessages && shared > sharedMin;
  return { shared: hasMessages ? shared - 1 : shared, hasMessages };
}
