import { describeEvent } from './describe.ts';
import type { Recording, Violation, WatchedEvent, WatchMessage, WatchRecord } from './recording.ts';

const contextCount = 3;

/**
 * Checks that each watch alone shows every revision once and in order, and the events of a
 * transaction in one response. No event may follow a progress notification of the same stream that
 * covers its revision. All watches must show the same events.
 */
export function checkWatches(recording: Recording): Violation[] {
  const alone = recording.watches.flatMap((watch) => checkWatch(watch, recording));
  return [...alone, ...checkAgreement(recording.watches)];
}

function checkWatch(watch: WatchRecord, { firstRevision, lastRevision }: Recording): Violation[] {
  let stream = -1;
  let announced = 0;
  let last = firstRevision;
  for (const [index, message] of watch.messages.entries()) {
    if (message.stream !== stream) announced = 0;
    stream = message.stream;
    if (message.events.length === 0) announced = Math.max(announced, message.revision);
    for (const revisionEvents of groupsOf(message.events)) {
      const revision = revisionEvents[0]?.pair.modRevision ?? 0;
      const wrong = wrongWith(revisionEvents, { last, announced });
      if (wrong !== undefined) return [violation(watch, index, wrong)];
      last = revision;
    }
    if (message.events.length > 0 && message.revision < last)
      return [violation(watch, index, `a header is at ${message.revision}, before its event at ${last}`)];
  }
  if (last >= lastRevision) return [];
  return [violation(watch, watch.messages.length - 1, `the events end at revision ${last} of ${lastRevision}`)];
}

/** Adjacent events of one revision: the writes of one transaction. */
export function groupsOf(events: readonly WatchedEvent[]): WatchedEvent[][] {
  const groups: WatchedEvent[][] = [];
  for (const event of events) {
    const group = groups.at(-1);
    if (group?.[0]?.pair.modRevision === event.pair.modRevision) group.push(event);
    else groups.push([event]);
  }
  return groups;
}

function wrongWith(
  events: readonly WatchedEvent[],
  { last, announced }: { last: number; announced: number },
): string | undefined {
  const revision = events[0]?.pair.modRevision ?? 0;
  if (revision <= last) return `revision ${revision} comes after ${last}: twice, torn apart or out of order`;
  if (revision > last + 1) return `revision ${revision} comes after ${last}: one is missing`;
  if (revision <= announced) return `revision ${revision} comes after progress was announced up to ${announced}`;
  const keys = new Set(events.map(({ pair }) => pair.key));
  return keys.size < events.length ? `revision ${revision} shows a key twice` : undefined;
}

function violation(watch: WatchRecord, index: number, what: string): Violation {
  const around = watch.messages.slice(Math.max(0, index - contextCount), index + contextCount);
  return { what: `the watch through ${watch.instance}: ${what}`, excerpt: around.flatMap(describeMessage) };
}

function describeMessage({ stream, revision, events }: WatchMessage): string[] {
  const head = `stream ${stream}, response at ${revision}${events.length === 0 ? ': progress' : ''}`;
  return [head, ...events.map((event) => `  ${describeEvent(event)}`)];
}

function checkAgreement([first, ...others]: readonly WatchRecord[]): Violation[] {
  const expected = eventsOf(first);
  return others.flatMap((watch) => {
    const actual = eventsOf(watch);
    const length = Math.max(actual.length, expected.length);
    const place = Array.from({ length }, (_, index) => index).find((index) => actual[index] !== expected[index]);
    if (place === undefined) return [];
    const around = (events: string[]) => events.slice(Math.max(0, place - contextCount), place + contextCount);
    return {
      what: `the watches through ${first?.instance} and ${watch.instance} differ from event ${place} on`,
      excerpt: [`${first?.instance}:`, ...around(expected), `${watch.instance}:`, ...around(actual)],
    };
  });
}

function eventsOf(watch: WatchRecord | undefined): string[] {
  return (watch?.messages ?? []).flatMap(({ events }) => events.map(describeEvent));
}
