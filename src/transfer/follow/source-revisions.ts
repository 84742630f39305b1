/** Reads the revisions of a source in order, as they are written. */
import { OutageError, StartError } from '../../errors.ts';
import { Watch, type WatchResponse } from '../../wire/generated/etcdserverpb/watch.ts';
import type { Event } from '../../wire/generated/mvccpb/kv.ts';
import { type EtcdClient, RevisionCompacted } from '../copy/etcd-client.ts';
import type { Interval } from '../copy/etcd-keys.ts';

/** Everything that was written at one revision, in the order of the source. */
export interface SourceRevision {
  readonly revision: number;
  readonly events: readonly Event[];
}

export interface WatchedSource {
  readonly client: EtcdClient;
  readonly keys: Interval;
  /** Ends the reading. Its reason is then thrown. */
  readonly signal: AbortSignal;
}

/**
 * The revisions after a revision, a page for each message of the source. A page has whole revisions
 * only. Between two pages nothing is read, and the source waits.
 *
 * @throws RevisionCompacted if the source no longer has the next revision.
 */
export async function* revisionsAfter(
  { client, keys, signal }: WatchedSource,
  revision: number,
): AsyncGenerator<readonly SourceRevision[]> {
  signal.throwIfAborted();
  const watch = client.duplex(Watch.methods.watch);
  const cancel = (): void => watch.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const pages = new Pages();
  try {
    watch.send({
      requestUnion: {
        case: 'createRequest',
        value: { key: keys.start, rangeEnd: keys.end, startRevision: revision + 1, fragment: true },
      },
    });
    for await (const response of watch.messages) {
      refuseEnd(response, client);
      const page = pages.add(response);
      if (page.length > 0) yield page;
    }
    throw new OutageError(`${client.name}: the source ended the watch`);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

function refuseEnd({ canceled, compactRevision, cancelReason }: WatchResponse, { name }: EtcdClient): void {
  if (compactRevision > 0) throw new RevisionCompacted(`${name}: compacted at revision ${compactRevision}`);
  if (canceled) throw new StartError(`${name}: the source ended the watch: ${cancelReason}`);
}

/** Collects events into revisions. Large messages come in fragments, which may split a revision. */
class Pages {
  #open: { readonly revision: number; readonly events: Event[] } | undefined;

  /** The revisions that are complete with this message. */
  add({ events, fragment: continues }: WatchResponse): readonly SourceRevision[] {
    const page: SourceRevision[] = [];
    for (const event of events) {
      const revision = event.kv?.modRevision ?? 0;
      if (this.#open !== undefined && this.#open.revision !== revision) page.push(this.#close(this.#open));
      this.#open ??= { revision, events: [] };
      this.#open.events.push(event);
    }
    if (!continues && this.#open !== undefined) page.push(this.#close(this.#open));
    return page;
  }

  #close(open: SourceRevision): SourceRevision {
    this.#open = undefined;
    return open;
  }
}
