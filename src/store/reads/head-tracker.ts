/**
 * The newest head that this process has seen, from any source, and the listeners for newer heads.
 */
import { initialAuthState } from '../../mvcc/auth/auth-state.ts';
import type { Head } from '../../mvcc/results.ts';

export class HeadTracker {
  #latest: Head = { id: 0, revision: 0, compactRevision: -1, authState: initialAuthState };
  readonly #listeners = new Set<(head: Head) => void>();

  get latest(): Head {
    return this.#latest;
  }

  /**
   * Records a head. Heads arrive out of order, because answers of several threads cross. An older
   * head changes nothing.
   */
  observeHead(head: Head): void {
    const latest = this.#latest;
    if (head.authState > latest.authState) this.#latest = { ...latest, authState: head.authState };
    if (head.id < latest.id || (head.id === latest.id && head.compactRevision <= latest.compactRevision)) return;
    const { authState } = this.#latest;
    this.#latest = { ...head, compactRevision: Math.max(head.compactRevision, latest.compactRevision), authState };
    for (const listener of this.#listeners) listener(this.#latest);
  }

  /** Returns the function that removes the listener. */
  onHead(listener: (head: Head) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
