/**
 * The newest head that this process has seen, from any source, and the listeners for newer heads
 * and for rewinds.
 */
import { initialAuthState } from '../../mvcc/auth/auth-state.ts';
import type { Head, Rewind } from '../../mvcc/results.ts';

/** What was known when a read or a batch of writes began. */
export interface KnownHead {
  readonly head: Head;
  /** How often the database was rewound before. */
  readonly rewinds: number;
}

/** An answer of the database. `opened`: the newest row when a batch of writes began. */
export interface AnsweredHead {
  readonly head: Head;
  readonly opened?: Pick<Head, 'id' | 'revision'> | undefined;
}

export class HeadTracker {
  #known: KnownHead = {
    head: { id: 0, revision: 0, compactRevision: -1, authState: initialAuthState },
    rewinds: 0,
  };
  readonly #listeners = new Set<(head: Head) => void>();
  readonly #rewindListeners = new Set<(rewind: Rewind) => void>();

  get latest(): Head {
    return this.#known.head;
  }

  /** Called before a read or a batch begins. `observe` receives it with the answer. */
  get known(): KnownHead {
    return this.#known;
  }

  /**
   * Whether the database was not rewound since. If it was, an answer may show rows that are gone.
   */
  isCurrent(known: KnownHead): boolean {
    return known.rewinds === this.#known.rewinds;
  }

  /**
   * Records a head. Heads arrive out of order, because answers of several threads cross. An older
   * head changes nothing, unless its read began after a newer head was known: then the database has
   * lost its newest rows. Ignores answers that are not current.
   */
  observe({ head, opened = head }: AnsweredHead, known: KnownHead): void {
    if (!this.isCurrent(known)) return;
    if (isRewound(opened, known.head)) this.#rewind(head);
    else this.#advance(head);
  }

  /** Returns the function that removes the listener. */
  onHead(listener: (head: Head) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back when rows were lost, with `latest` already moved back. */
  onRewind(listener: (rewind: Rewind) => void): () => void {
    this.#rewindListeners.add(listener);
    return () => this.#rewindListeners.delete(listener);
  }

  #advance(head: Head): void {
    const { head: latest, rewinds } = this.#known;
    const authState = Math.max(head.authState, latest.authState);
    const compactRevision = Math.max(head.compactRevision, latest.compactRevision);
    const isNewer = head.id > latest.id || (head.id === latest.id && head.compactRevision > latest.compactRevision);
    if (!isNewer) {
      if (authState > latest.authState) this.#known = { head: { ...latest, authState }, rewinds };
      return;
    }
    this.#known = { head: { ...head, compactRevision, authState }, rewinds };
    for (const listener of this.#listeners) listener(this.latest);
  }

  #rewind(to: Head): void {
    const { head: from, rewinds } = this.#known;
    this.#known = { head: to, rewinds: rewinds + 1 };
    for (const listener of this.#rewindListeners) listener({ from, to });
  }
}

/** Whether the newest row is gone that was known before. */
function isRewound({ id, revision }: Pick<Head, 'id' | 'revision'>, known: Head): boolean {
  return id < known.id || (id === known.id && revision !== known.revision);
}
