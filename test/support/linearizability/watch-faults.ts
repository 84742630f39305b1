import type { Random } from '../../parity/random.ts';
import { revisionOf } from './check-revisions.ts';
import { groupsOf } from './check-watches.ts';
import { type Fault, messageOf } from './fault.ts';
import type { Recording, WatchMessage } from './recording.ts';

/** A change of a watch that shows one revision a response. */
type WatchChange = (messages: readonly WatchMessage[], place: number) => readonly WatchMessage[];

/** Faults in events of watches. */
export const watchFaults: readonly Fault[] = [
  ...inOneWatchAndInAll('a swapped event', swapped),
  ...inOneWatchAndInAll('a duplicated event', duplicated),
  ...inOneWatchAndInAll('a missing event', (messages, place) => messages.toSpliced(place, 1)),
  ...inOneWatchAndInAll('two events with exchanged revisions', exchanged),
  ...inOneWatchAndInAll('an event with the value of another write', foreignValue),
  ...inOneWatchAndInAll('progress before its event', earlyProgress),
  { name: 'a transaction in two responses', showsInOrder: false, plant: tornTransaction },
];

/**
 * A fault in the watch of one instance, which then differs from the others, and the same fault in
 * the table that all of them read.
 */
function inOneWatchAndInAll(name: string, change: WatchChange): Fault[] {
  const plantIn = (isChosen: (index: number, recording: Recording) => boolean): Fault['plant'] => {
    return (recording, random) => {
      const places = certainPlaces(recording);
      if (places.length === 0) return undefined;
      const place = random.pick(places);
      const watches = recording.watches.map(({ instance, messages }, index) => ({
        instance,
        messages: isChosen(index, recording) ? change(oneRevisionEach(messages), place) : messages,
      }));
      return { ...recording, watches };
    };
  };
  return [
    {
      name: `${name}, in one watch`,
      showsInOrder: false,
      plant: plantIn((i, { watches }) => i === watches.length - 1),
    },
    { name: `${name}, in all watches`, showsInOrder: false, plant: plantIn(() => true) },
  ];
}

/**
 * Positions of two adjacent acknowledged revisions. The order of adjacent writes in doubt is
 * unknown.
 */
function certainPlaces({ operations, watches }: Recording): number[] {
  const certain = new Set(operations.filter(({ reply }) => reply?.wrote).map(revisionOf));
  const revisions = oneRevisionEach(watches[0]?.messages ?? []).map(({ revision }) => revision);
  return revisions.flatMap((revision, place) =>
    certain.has(revision) && certain.has(revisions[place + 1] ?? 0) ? place : [],
  );
}

function oneRevisionEach(messages: readonly WatchMessage[]): WatchMessage[] {
  return groupsOf(messages.flatMap(({ events }) => events)).map(messageOf);
}

function swapped(messages: readonly WatchMessage[], place: number): WatchMessage[] {
  return messages.toSpliced(place, 2, ...messages.slice(place, place + 2).reverse());
}

/** The watch as it would be after resuming one revision too early. */
function duplicated(messages: readonly WatchMessage[], place: number): WatchMessage[] {
  const resumed = messages.slice(place).map((message) => ({ ...message, stream: 1 }));
  return [...messages.slice(0, place + 1), ...resumed];
}

function exchanged(messages: readonly WatchMessage[], place: number): WatchMessage[] {
  const [first, second] = messages.slice(place, place + 2);
  if (first === undefined || second === undefined) throw new Error('a place has one behind it');
  return messages.toSpliced(place, 2, at(second, first.revision), at(first, second.revision));
}

function at({ stream, events }: WatchMessage, revision: number): WatchMessage {
  const moved = events.map((event) => ({ ...event, pair: { ...event.pair, modRevision: revision } }));
  return { stream, revision, events: moved };
}

function foreignValue(messages: readonly WatchMessage[], place: number): WatchMessage[] {
  // The first event of all is a put, because there was nothing to delete.
  const first = messages.findLastIndex(({ events }, index) => index <= place && events[0]?.kind === 'put');
  const changed = messages.slice(first, first + 1).map(({ stream, revision, events }) => ({
    stream,
    revision,
    events: events.map((event) => ({ ...event, pair: { ...event.pair, value: 'foreign' } })),
  }));
  return messages.toSpliced(first, 1, ...changed);
}

function earlyProgress(messages: readonly WatchMessage[], place: number): WatchMessage[] {
  const progress = { stream: 0, revision: messages[place]?.revision ?? 0, events: [] };
  return messages.toSpliced(place, 0, progress);
}

function tornTransaction(recording: Recording, random: Random): Recording | undefined {
  const [first, ...others] = recording.watches;
  if (first === undefined) return undefined;
  const messages = oneRevisionEach(first.messages);
  const several = messages.flatMap(({ events }, index) => (events.length > 1 ? index : []));
  if (several.length === 0) return undefined;
  const place = random.pick(several);
  const { events } = messages[place] ?? { events: [] };
  const torn = messages.toSpliced(place, 1, messageOf(events.slice(0, 1)), messageOf(events.slice(1)));
  return { ...recording, watches: [{ instance: first.instance, messages: torn }, ...others] };
}
