import type { Random } from '../../parity/random.ts';
import { revisionOf } from './check-revisions.ts';
import { EventLog } from './event-log.ts';
import { eventsOf, type Fault, messageOf } from './fault.ts';
import { keysWrittenBy, type Operation, type Pair, type Recording, type Reply } from './recording.ts';

/** Faults in replies to clients. */
export const replyFaults: readonly Fault[] = [
  {
    name: 'a stale read with the current revision in its header',
    showsInOrder: true,
    plant: (recording, random) => staleRead(recording, random, (operation) => revisionOf(operation)),
  },
  {
    name: 'a stale read with the old revision in its header',
    showsInOrder: true,
    plant: (recording, random) => staleRead(recording, random, (_, revisionOfState) => revisionOfState),
  },
  { name: 'a list without an existing key', showsInOrder: true, plant: incompleteList },
  { name: 'a lost write', showsInOrder: true, plant: lostWrite },
  { name: 'two writes with one revision', showsInOrder: false, plant: sharedRevision },
];

/**
 * A stale read of one register: the reply has the key as it was before a write that had returned
 * before the read was called.
 * @param header the revision in the reply; `revisionOfState` is the first at which the reply was
 * true.
 */
function staleRead(
  recording: Recording,
  random: Random,
  header: (operation: Operation, revisionOfState: number) => number,
): Recording | undefined {
  const log = new EventLog(eventsOf(recording));
  return withOneChanged(recording, random, (operation) => {
    const { request, reply } = operation;
    if (request.kind !== 'get' || reply === undefined) return undefined;
    const writes = writesBefore(recording, operation).filter((write) =>
      keysWrittenBy(write.request).includes(request.key),
    );
    const newest = Math.max(...writes.map(revisionOf));
    const [pair] = log.pairsOf(request, newest - 1);
    // A reply without a pair may be correct again: a client may be deleting the key.
    return pair && withReply(operation, header(operation, pair.modRevision), [pair]);
  });
}

/** A list of a set without an element that was added before it was called. */
function incompleteList(recording: Recording, random: Random): Recording | undefined {
  return withOneChanged(recording, random, (operation) => {
    const { request, reply } = operation;
    if (request.kind !== 'list' || reply === undefined) return undefined;
    const added = writesBefore(recording, operation).filter(
      (write) => write.request.kind === 'swap' && write.request.key.startsWith('s/'),
    );
    const addRevisions = new Set(added.map(revisionOf));
    const oldest = reply.seen.find(({ modRevision }) => addRevisions.has(modRevision));
    if (oldest === undefined) return undefined;
    const others = reply.seen.filter((pair) => pair !== oldest);
    return withReply(operation, reply.revision, others);
  });
}

/** Changes the first operation that can be changed, from a random one on. */
function withOneChanged(
  recording: Recording,
  random: Random,
  change: (operation: Operation) => Operation | undefined,
): Recording | undefined {
  const { operations } = recording;
  const start = random.below(operations.length);
  for (const operation of [...operations.slice(start), ...operations.slice(0, start)]) {
    const changed = change(operation);
    if (changed !== undefined) return withOperation(recording, changed);
  }
  return undefined;
}

/** The writes that were acknowledged before an operation was called. */
function writesBefore({ operations }: Recording, { called }: Operation): Operation[] {
  return operations.filter(({ reply, returned }) => reply?.wrote && returned < called);
}

function withReply(operation: Operation, revision: number, seen: readonly Pair[]): Operation {
  return { ...operation, reply: { revision, wrote: false, seen } };
}

/** An acknowledged write that no later reply shows, although an operation read the key. */
function lostWrite(recording: Recording, random: Random): Recording | undefined {
  // The revisions that were read as an update. A missing key may be the effect of another
  // operation.
  const updatesSeen = new Set(
    recording.operations.flatMap(({ reply }) =>
      (reply?.seen ?? []).filter(({ version }) => version > 1).map(({ modRevision }) => modRevision),
    ),
  );
  const losses = recording.operations.filter(
    (operation) => operation.request.kind === 'put' && updatesSeen.has(revisionOf(operation)),
  );
  if (losses.length === 0) return undefined;
  const lost = revisionOf(random.pick(losses));
  const events = eventsOf(recording).filter(({ pair }) => pair.modRevision !== lost);
  const log = new EventLog(events);
  const operations = recording.operations.map((operation) => ({
    ...operation,
    reply: operation.reply && replyBy(log, operation, operation.reply),
  }));
  const messages = events.map((event) => messageOf([log.expectedOf(event)]));
  const watches = recording.watches.map(({ instance }) => ({ instance, messages }));
  return { ...recording, operations, watches };
}

function replyBy(log: EventLog, { request }: Operation, reply: Reply): Reply {
  return { ...reply, seen: log.pairsOf(request, reply.wrote ? reply.revision - 1 : reply.revision) };
}

function sharedRevision(recording: Recording, random: Random): Recording | undefined {
  const writes = recording.operations.filter(({ reply }) => reply?.wrote);
  const [first, ...others] = writes;
  if (first?.reply === undefined || others.length === 0) return undefined;
  return withOperation(recording, { ...first, reply: { ...first.reply, revision: revisionOf(random.pick(others)) } });
}

function withOperation(recording: Recording, changed: Operation): Recording {
  const operations = recording.operations.map((operation) =>
    operation.called === changed.called ? changed : operation,
  );
  return { ...recording, operations };
}
