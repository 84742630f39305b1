import type { Operation, Pair, Reply, Request } from './recording.ts';

/** The key of hand-written histories. */
export const key = 'k';

export const get: Request = { kind: 'get', key };
export const remove: Request = { kind: 'delete', key };

export function put(value: string): Request {
  return { kind: 'put', keys: [key], value };
}

export function swap(expectedRevision: number, value: string): Request {
  return { kind: 'swap', key, expectedRevision, value };
}

/** A request that adds an element to the set `s/1/` if it does not exist. */
export function add(element: string): Request {
  return { kind: 'swap', key: `s/1/${element}`, expectedRevision: 0, value: element };
}

export const members: Request = { kind: 'list', prefix: 's/1/' };

/** An operation from one moment to another. */
export function from(called: number, returned: number, request: Request, reply: Reply): Operation {
  const times = { called, returned, calledMs: called, returnedMs: returned };
  return { client: `${called}`, instance: 'a', request, reply, ...times };
}

/** An operation that has not returned. */
export function doubtful(called: number, request: Request): Operation {
  const times = { called, returned: Number.POSITIVE_INFINITY, calledMs: called, returnedMs: Number.POSITIVE_INFINITY };
  return { client: `${called}`, instance: 'a', request, reply: undefined, ...times };
}

/** The reply of a write that took a revision. */
export function wrote(revision: number, ...before: Pair[]): Reply {
  return { revision, wrote: true, seen: before };
}

/** The reply of a read, or of a write that wrote nothing. */
export function saw(revision: number, ...seen: Pair[]): Reply {
  return { revision, wrote: false, seen };
}

export function pair(value: string, modRevision: number, version = 1, createRevision = modRevision): Pair {
  return { key, value, modRevision, version, createRevision };
}

/** The pairs of a set's elements, as `add` makes them. */
export function elements(...all: (readonly [element: string, revision: number])[]): Pair[] {
  return all.map(([element, revision]) => ({ ...pair(element, revision), key: `s/1/${element}` }));
}
