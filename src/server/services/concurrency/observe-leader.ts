import { assert } from '../../../errors.ts';
import type { Revision } from '../../../mvcc/operations.ts';
import { type Interval, type KeyText, keyText } from '../../../sql/key-text.ts';
import type { LocalEvents } from '../../../watch/local-watch.ts';
import { Event, type KeyValue } from '../../../wire/generated/mvccpb/kv.ts';
import type { ClientKeys } from './client-keys.ts';

/** Who leads, and what is proclaimed. */
export interface Leadership {
  /** For the reply's header. */
  readonly revision: Revision;
  readonly keyValue: KeyValue;
}

/** The leader of a line and each that follows, with all that is proclaimed meanwhile. A reader that is slow may miss some, but never what comes last. */
export async function* observeLeader(client: ClientKeys, line: Interval): AsyncGenerator<Leadership> {
  for (;;) {
    const { keyValue, revision } = await client.patiently(() => client.oldest(line));
    const leader = keyValue === undefined ? await firstIn(client, line, revision) : { keyValue, revision };
    if (leader === undefined) continue;
    yield leader;
    yield* proclaimed(client, keyText(leader.keyValue.key), leader.revision);
  }
}

/** The first key that comes into an empty line; undefined: it is to be looked at again. */
async function firstIn(client: ClientKeys, line: Interval, afterRevision: Revision): Promise<Leadership | undefined> {
  const watch = client.watch({ keys: [line], selection: { puts: true, deletes: false }, afterRevision });
  try {
    const seen = await client.whileAsked(watch.next());
    const [first] = eventsOf(seen);
    // Others may have come since: what follows is read from here on.
    return first && { keyValue: keyValueOf(first.body), revision: first.revision };
  } finally {
    watch.close();
  }
}

/** What is written to a leader's key until it is deleted, or that cannot be told any more. */
async function* proclaimed(client: ClientKeys, key: KeyText, afterRevision: Revision): AsyncGenerator<Leadership> {
  const watch = client.watch({ keys: [{ one: key }], selection: { puts: true, deletes: true }, afterRevision });
  try {
    for (;;) {
      const seen = await client.whileAsked(watch.next());
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
