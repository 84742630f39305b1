import { keyText } from '../../sql/key-text.ts';
import type { SourceRevision } from './source-revisions.ts';

/** Bound of the memory of names, in characters. */
const charactersMax = 64 * 1024 * 1024;

/** The names of the keys that were written since the last comparison. */
export class ChangedKeys {
  #names = new Set<string>();
  #characters = 0;
  #isComplete = false;

  add(page: readonly SourceRevision[]): void {
    if (!this.#isComplete) return;
    for (const { events } of page) {
      for (const { kv } of events) if (kv !== undefined) this.#addName(keyText(kv.key));
    }
  }

  /** Forgets all names. From now on, all written keys are collected. */
  restart(): void {
    this.#names = new Set();
    this.#characters = 0;
    this.#isComplete = true;
  }

  /** Adds names that are still to be compared. */
  addNames(names: readonly string[]): void {
    if (this.#isComplete) for (const name of names) this.#addName(name);
  }

  /** The sorted names. Undefined: too many were written to remember them. */
  names(): readonly string[] | undefined {
    return this.#isComplete ? [...this.#names].sort() : undefined;
  }

  #addName(name: string): void {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    this.#characters += name.length;
    if (this.#characters <= charactersMax) return;
    this.#names = new Set();
    this.#isComplete = false;
  }
}
