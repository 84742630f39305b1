import type { Random } from '../../parity/random.ts';
import type { Recording, WatchedEvent, WatchMessage } from './recording.ts';

/** A way in which a store is wrong. */
export interface Fault {
  readonly name: string;
  /** Whether the search for an order must find it by itself, from the operations without the watches. */
  readonly showsInOrder: boolean;
  /** The recording of a correct run as a store with the fault would have left it; undefined where there is no place for it. */
  readonly plant: (recording: Recording, random: Random) => Recording | undefined;
}

/** Of the first watch: in a correct run they are the same in all. */
export function eventsOf({ watches }: Recording): readonly WatchedEvent[] {
  return watches[0]?.messages.flatMap(({ events }) => events) ?? [];
}

/** A response of its own. */
export function messageOf(events: readonly WatchedEvent[]): WatchMessage {
  return { stream: 0, revision: events.at(-1)?.pair.modRevision ?? 0, events };
}
