import type { Random } from '../../parity/random.ts';
import type { Recording, WatchedEvent, WatchMessage } from './recording.ts';

/** A fault that a store could have. */
export interface Fault {
  readonly name: string;
  /** Whether the search for an order must find the fault from the operations alone. */
  readonly showsInOrder: boolean;
  /**
   * Changes the recording of a correct run as if the store had the fault. Undefined if the
   * recording has no suitable operation.
   */
  readonly plant: (recording: Recording, random: Random) => Recording | undefined;
}

/** The events of the first watch: in a correct run they are the same in all watches. */
export function eventsOf({ watches }: Recording): readonly WatchedEvent[] {
  return watches[0]?.messages.flatMap(({ events }) => events) ?? [];
}

/** A response with these events only. */
export function messageOf(events: readonly WatchedEvent[]): WatchMessage {
  return { stream: 0, revision: events.at(-1)?.pair.modRevision ?? 0, events };
}
