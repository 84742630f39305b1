import { keysWrittenBy, type Pair, type Reply, type Request, type WatchedEvent } from './recording.ts';

const firstRevision = 1;

/** etcd's key-values in memory, one request after the other: correct because it is simple. */
export class SimulatedStore {
  readonly firstRevision = firstRevision;
  readonly events: WatchedEvent[] = [];
  readonly #pairs = new Map<string, Pair>();
  #revision = firstRevision;

  get revision(): number {
    return this.#revision;
  }

  answer(request: Request): Reply {
    const seen = this.#pairsOf(request);
    const wrote = this.#writes(request, seen);
    if (wrote) {
      this.#revision += 1;
      for (const key of keysWrittenBy(request)) this.#write(key, request);
    }
    return { revision: this.#revision, wrote, seen };
  }

  #writes(request: Request, seen: readonly Pair[]): boolean {
    switch (request.kind) {
      case 'get':
      case 'list':
        return false;
      case 'put':
        return true;
      case 'swap':
        return (seen[0]?.modRevision ?? 0) === request.expectedRevision;
      case 'delete':
        return seen.length > 0;
    }
  }

  #write(key: string, request: Request): void {
    const previous = this.#pairs.get(key);
    const modRevision = this.#revision;
    if (request.kind === 'put' || request.kind === 'swap') {
      const createRevision = previous?.createRevision ?? modRevision;
      const version = (previous?.version ?? 0) + 1;
      const pair: Pair = { key, value: request.value, createRevision, modRevision, version };
      this.#pairs.set(key, pair);
      this.events.push({ kind: 'put', pair, previous });
      return;
    }
    this.#pairs.delete(key);
    const pair: Pair = { key, value: '', createRevision: 0, modRevision, version: 0 };
    this.events.push({ kind: 'delete', pair, previous });
  }

  #pairsOf(request: Request): Pair[] {
    if (request.kind === 'put') return request.keys.flatMap((key) => this.#pairs.get(key) ?? []);
    if (request.kind !== 'list') return [this.#pairs.get(request.key) ?? []].flat();
    const keys = [...this.#pairs.keys()].filter((key) => key.startsWith(request.prefix)).sort();
    return keys.flatMap((key) => this.#pairs.get(key) ?? []);
  }
}
