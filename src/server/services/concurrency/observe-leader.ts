import { assert } from '../../../errors.ts';
import type { Interval } from '../../../kit/intervals.ts';
import type { Revision } from '../../../mvcc/ids.ts';
import { type KeyText, keyText } from '../../../sql/key-text.ts';
import type { LocalEvents } from '../../../watch/local-watch.ts';
import { Event, type KeyValue } from '../../../wire/generated/mvccpb/kv.ts';
import type { ClientKeys } from './client-keys.ts';

/** The leader of an election, and its proclaimed value. */
export interface Leadership {
  /** The revision for the reply's header. */
  readonly revision: Revision;
  readonly keyValue: KeyValue;
}

/**
 * Yields the leader of a queue, its proclaimed values, and each following leader. A slow reader may
 * miss values, but never the last one.
 */
export async function* observeLeader(client: ClientKeys, queue: Interval<KeyText>): AsyncGenerator<Leadership> {
  for (;;) {
    const { keyValue, revision } = await client.retryTransient(() => client.oldest(queue));
    const leader = keyValue === undefined ? await firstIn(client, queue, revision) : { keyValue, revision };
    if (leader === undefined) continue;
    yield leader;
    yield* proclaimed(client, keyText(leader.keyValue.key), leader.revision);
  }
}

/** The first key that is put into an empty queue. Undefined: read the queue again. */
async function firstIn(
  client: ClientKeys,
  queue: Interval<KeyText>,
  afterRevision: Revision,
): Promise<Leadership | undefined> {
  const watch = client.watch({ keys: [queue], selection: { puts: true, deletes: false }, afterRevision });
  try {
    const seen = await client.untilOver(watch.next());
    const [first] = eventsOf(seen);
    // Newer events may follow. They are read from this revision on.
    return first && { keyValue: keyValueOf(first.body), revision: first.revision };
  } finally {
    watch.close();
  }
}

/** Yields the values of a leader's key until it is deleted, or until its events are compacted. */
async function* proclaimed(client: ClientKeys, key: KeyText, afterRevision: Revision): AsyncGenerator<Leadership> {
  const watch = client.watch({ keys: [{ one: key }], selection: { puts: true, deletes: true }, afterRevision });
  try {
    for (;;) {
      const seen = await client.untilOver(watch.next());
      if (seen === 'compacted') return;
      for (const { type, body } of seen.events) {
        if (type === 'delete') return;
        yield { keyValue: keyValueOf(body), revision: seen.revision };
      }
    }
  } finally {
    watch.close();
  }
}

function eventsOf(seen: LocalEvents) {
  return seen === 'compacted' ? [] : seen.events;
}

function keyValueOf(body: Uint8Array): KeyValue {
  const { kv } = Event.decode(body);
  assert(kv !== undefined, 'a put has a key');
  return kv;
}
