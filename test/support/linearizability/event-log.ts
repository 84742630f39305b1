import type { Pair, Request, WatchedEvent } from './recording.ts';

/** The state of a key after a write. */
interface Change {
  readonly revision: number;
  readonly pair: Pair | undefined;
}

/** The history of an initially empty store from its events: each key at each revision. */
export class EventLog {
  readonly events: readonly WatchedEvent[];
  /** The changes by key, in the order of revisions. */
  readonly #changes = new Map<string, Change[]>();

  constructor(events: readonly WatchedEvent[]) {
    this.events = events;
    for (const event of events) this.#follow(event);
  }

  get lastRevision(): number {
    return this.events.at(-1)?.pair.modRevision ?? 0;
  }

  /** The newest write to a key at a revision or before. */
  lastChange(key: string, revision: number): Change | undefined {
    return this.#changes.get(key)?.findLast((change) => change.revision <= revision);
  }

  /** The pairs of every key that the request names, in the request's order. For a list, by key. */
  pairsOf(request: Request, revision: number): Pair[] {
    return this.#keysOf(request).flatMap((key) => this.lastChange(key, revision)?.pair ?? []);
  }

  /** The event as it follows from the previous events and its own key, value and revision. */
  expectedOf({ kind, pair }: WatchedEvent): WatchedEvent {
    const previous = this.lastChange(pair.key, pair.modRevision - 1)?.pair;
    return { kind, pair: kind === 'delete' ? deletedPair(pair) : writtenPair(pair, previous), previous };
  }

  #follow(event: WatchedEvent): void {
    const { key, modRevision } = event.pair;
    const changes = this.#changes.get(key) ?? [];
    this.#changes.set(key, changes);
    const { pair } = this.expectedOf(event);
    changes.push({ revision: modRevision, pair: event.kind === 'delete' ? undefined : pair });
  }

  #keysOf(request: Request): readonly string[] {
    if (request.kind === 'put') return request.keys;
    if (request.kind !== 'list') return [request.key];
    return [...this.#changes.keys()].filter((key) => key.startsWith(request.prefix)).sort();
  }
}

function deletedPair({ key, modRevision }: Pair): Pair {
  return { key, value: '', createRevision: 0, modRevision, version: 0 };
}

function writtenPair({ key, value, modRevision }: Pair, previous: Pair | undefined): Pair {
  const createRevision = previous?.createRevision ?? modRevision;
  return { key, value, createRevision, modRevision, version: (previous?.version ?? 0) + 1 };
}
