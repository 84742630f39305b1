import type { Interval, Operation } from './recording.ts';
import type { Model } from './search.ts';
import type { NextUnclaimed } from './unclaimed-revisions.ts';

/** An add of an element that does not exist yet, or a read of all elements. */
export interface SetOperation extends Interval {
  readonly source: Operation;
  readonly change: { readonly kind: 'add'; readonly element: string } | { readonly kind: 'read' };
  /** `elements`: all for a read; for an add that found its element, that one. */
  readonly reply:
    | { readonly revision: number; readonly wrote: boolean; readonly elements: readonly string[] }
    | undefined;
}

export interface ElementSet {
  /** Sorted by name. */
  readonly elements: readonly string[];
  /** As in a register. */
  readonly storeRevision: number;
}

/** A set kept as keys under a prefix, which only grows. */
export function setModel(nextUnclaimed: NextUnclaimed): Model<ElementSet, SetOperation> {
  return {
    initial: { elements: [], storeRevision: 0 },

    step({ elements, storeRevision }, { change, reply }) {
      if (reply !== undefined && !isAfter(reply, storeRevision)) return undefined;
      const next = reply?.revision ?? nextUnclaimed(storeRevision);
      if (change.kind === 'read')
        return sameElements(reply?.elements, elements) ? { elements, storeRevision: next } : undefined;
      const isNew = !elements.includes(change.element);
      if (isNew !== (reply?.wrote ?? true)) return undefined;
      return { elements: isNew ? [...elements, change.element].sort() : elements, storeRevision: next };
    },

    mayAnswer: ({ storeRevision }, { reply }) => reply === undefined || isAfter(reply, storeRevision),

    describe: ({ elements, storeRevision }) => `{${elements.join(' ')}} at revision ${storeRevision}`,
  };
}

function isAfter({ revision, wrote }: NonNullable<SetOperation['reply']>, storeRevision: number): boolean {
  return wrote ? revision > storeRevision : revision >= storeRevision;
}

function sameElements(seen: readonly string[] | undefined, elements: readonly string[]): boolean {
  return seen?.length === elements.length && elements.every((element, index) => element === seen[index]);
}
