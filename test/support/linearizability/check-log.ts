import { newestToldBefore, revisionOf } from './check-revisions.ts';
import { groupsOf } from './check-watches.ts';
import { describeEvent, describeOperation } from './describe.ts';
import { EventLog } from './event-log.ts';
import { keysWrittenBy, type Operation, type Recording, type Violation, type WatchedEvent } from './recording.ts';

/**
 * Checks all replies against the events of a watch, which are the order of the writes. Replayed,
 * the events must give exactly every reply at its header's revision. Each revision must be the
 * whole work of one operation, acknowledged or in doubt. This check is stronger than the search,
 * because it needs no luck and sees several keys at once, but it trusts revisions and the watch.
 */
export function checkLog({ operations, watches, lastRevision }: Recording): Violation[] {
  const log = new EventLog(watches[0]?.messages.flatMap(({ events }) => events) ?? []);
  const within = operations.filter(({ reply }) => reply !== undefined && reply.revision <= lastRevision);
  return [
    ...checkEvents(log),
    ...within.flatMap((operation) => checkReply(operation, log)),
    ...checkAuthors(log, operations),
  ];
}

/** Versions, creations and previous values of events follow from the events before. */
function checkEvents(log: EventLog): Violation[] {
  return log.events.flatMap((event) => {
    const expected = log.expectedOf(event);
    if (describeEvent(event) === describeEvent(expected)) return [];
    return { what: 'an event does not follow from those before it', excerpt: contrast(event, expected) };
  });
}

function contrast(event: WatchedEvent, expected: WatchedEvent): string[] {
  return [`seen:      ${describeEvent(event)}`, `should be: ${describeEvent(expected)}`];
}

function checkReply(operation: Operation, log: EventLog): Violation[] {
  const { request, reply } = operation;
  if (reply === undefined) return [];
  const revision = reply.wrote ? reply.revision - 1 : reply.revision;
  const expected: Operation = { ...operation, reply: { ...reply, seen: log.pairsOf(request, revision) } };
  if (describeOperation(operation) !== describeOperation(expected)) {
    const excerpt = [describeOperation(operation), `should be  ${describeOperation(expected)}`];
    return [{ what: `a reply is not what the events up to revision ${revision} amount to`, excerpt }];
  }
  if (request.kind !== 'swap') return [];
  const isExpected = (reply.seen[0]?.modRevision ?? 0) === request.expectedRevision;
  if (isExpected === reply.wrote) return [];
  return [{ what: 'a compare has the wrong outcome', excerpt: [describeOperation(operation)] }];
}

/**
 * Each revision has exactly one operation with these writes, and each acknowledged write has its
 * revision.
 */
function checkAuthors(log: EventLog, operations: readonly Operation[]): Violation[] {
  const newest = newestToldBefore(operations);
  const writes = new Map(operations.filter(({ reply }) => reply?.wrote).map((write) => [revisionOf(write), write]));
  const doubtful = operations.filter(({ reply }) => reply === undefined);
  const violations: Violation[] = [];
  for (const group of groupsOf(log.events)) {
    const revision = group[0]?.pair.modRevision ?? 0;
    const author = writes.get(revision);
    writes.delete(revision);
    if (author !== undefined && isWorkOf(group, author, log)) continue;
    const place = doubtful.findIndex((one) => revision > revisionOf(newest.get(one)) && isWorkOf(group, one, log));
    if (author === undefined && place !== -1) {
      doubtful.splice(place, 1);
      continue;
    }
    const excerpt = [...group.map(describeEvent), author === undefined ? 'nobody' : describeOperation(author)];
    violations.push({ what: `the events of revision ${revision} are not what its writer asked for`, excerpt });
  }
  for (const [revision, write] of writes)
    if (revision <= log.lastRevision)
      violations.push({
        what: `no event shows the write of revision ${revision}`,
        excerpt: [describeOperation(write)],
      });
  return violations;
}

function isWorkOf(group: readonly WatchedEvent[], { request }: Operation, log: EventLog): boolean {
  const keys = keysWrittenBy(request);
  if (keys.length !== group.length || group.some(({ pair }, index) => pair.key !== keys[index])) return false;
  const [event] = group;
  if (event === undefined || request.kind === 'get' || request.kind === 'list') return false;
  if (request.kind === 'delete') return event.kind === 'delete';
  if (group.some(({ kind, pair }) => kind !== 'put' || pair.value !== request.value)) return false;
  if (request.kind === 'put') return true;
  const before = log.pairsOf(request, event.pair.modRevision - 1);
  return (before[0]?.modRevision ?? 0) === request.expectedRevision;
}
