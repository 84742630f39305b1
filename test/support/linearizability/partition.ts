import { keysWrittenBy, type Operation, type Request } from './recording.ts';
import type { RegisterOperation } from './register-model.ts';
import type { SetOperation } from './set-model.ts';

/** Keys of sets are `s/SET/ELEMENT`; all others are registers. */
const setsPrefix = 's/';

/**
 * The operations on each register. Histories of different keys can be checked one by one: each is
 * linearizable if, and only if, all together are. `checkLog` checks the effects of one transaction
 * or one list on several keys at once.
 */
export function registerHistories(operations: readonly Operation[]): Map<string, RegisterOperation[]> {
  const keys = registerKeys(operations);
  const histories = new Map([...keys].map((key): [string, RegisterOperation[]] => [key, []]));
  for (const operation of operations)
    for (const key of keysOf(operation.request, keys)) histories.get(key)?.push(onRegister(operation, key));
  return histories;
}

/**
 * The operations on each set: an add is a swap of a missing key, a read is a list of the prefix.
 */
export function setHistories(operations: readonly Operation[]): Map<string, SetOperation[]> {
  const histories = new Map<string, SetOperation[]>();
  for (const operation of operations) {
    const set = setOf(operation.request);
    if (set === undefined) continue;
    const history = histories.get(set) ?? [];
    histories.set(set, history);
    history.push(onSet(operation, set));
  }
  return histories;
}

function registerKeys(operations: readonly Operation[]): Set<string> {
  const keys = new Set<string>();
  for (const { request } of operations) {
    if (request.kind === 'get') keys.add(request.key);
    for (const key of keysWrittenBy(request)) if (!key.startsWith(setsPrefix)) keys.add(key);
  }
  return keys;
}

function keysOf(request: Request, registers: ReadonlySet<string>): readonly string[] {
  if (request.kind === 'get') return [request.key];
  if (request.kind === 'list') return [...registers].filter((key) => key.startsWith(request.prefix));
  return keysWrittenBy(request).filter((key) => registers.has(key));
}

function onRegister(operation: Operation, key: string): RegisterOperation {
  const { called, returned, request, reply } = operation;
  const own = reply && {
    revision: reply.revision,
    wrote: reply.wrote,
    seen: reply.seen.find((pair) => pair.key === key),
  };
  return { source: operation, called, returned, change: changeOf(request), reply: own };
}

function changeOf(request: Request): RegisterOperation['change'] {
  return request.kind === 'list' ? { kind: 'get' } : request;
}

function setOf(request: Request): string | undefined {
  if (request.kind === 'list') return request.prefix.startsWith(setsPrefix) ? request.prefix : undefined;
  if (request.kind !== 'swap' || !request.key.startsWith(setsPrefix)) return undefined;
  return request.key.slice(0, request.key.lastIndexOf('/') + 1);
}

function onSet(operation: Operation, set: string): SetOperation {
  const { called, returned, request, reply } = operation;
  const elementOf = (key: string) => key.slice(set.length);
  const own = reply && {
    revision: reply.revision,
    wrote: reply.wrote,
    elements: reply.seen.map(({ key }) => elementOf(key)).sort(),
  };
  const change: SetOperation['change'] =
    request.kind === 'swap' ? { kind: 'add', element: elementOf(request.key) } : { kind: 'read' };
  return { source: operation, called, returned, change, reply: own };
}
