import type { Interval, Operation, Pair } from './recording.ts';
import type { Model } from './search.ts';
import type { NextUnclaimed } from './unclaimed-revisions.ts';

/** The effect of an operation, certain or possible, on one key. */
export interface RegisterOperation extends Interval {
  readonly source: Operation;
  readonly change:
    | { readonly kind: 'get' }
    | { readonly kind: 'put'; readonly value: string }
    | { readonly kind: 'swap'; readonly expectedRevision: number; readonly value: string }
    | { readonly kind: 'delete' };
  readonly reply: { readonly revision: number; readonly wrote: boolean; readonly seen: Pair | undefined } | undefined;
}

/** A key. Revisions are unknown after a write in doubt, until a reply shows them. */
export interface Register {
  readonly value: string | undefined;
  readonly version: number;
  readonly createRevision: number | undefined;
  readonly modRevision: number | undefined;
  /**
   * A lower bound of the store's revision: the highest one in replies so far, or taken by
   * operations in doubt.
   */
  readonly storeRevision: number;
}

/**
 * A key with its revisions and version, as in etcd. Headers never go back from one operation to the
 * next, and each write has its own revision. A write in doubt can therefore only have a revision
 * that no other write has.
 */
export function registerModel(nextUnclaimed: NextUnclaimed): Model<Register, RegisterOperation> {
  return {
    initial: { value: undefined, version: 0, createRevision: 0, modRevision: 0, storeRevision: 0 },

    step(register, { change, reply }) {
      if (reply === undefined) return afterDoubt(register, change, nextUnclaimed(register.storeRevision));
      const before = agreed(register, reply);
      if (before === undefined) return undefined;
      return reply.wrote ? afterWrite(before, change, reply.revision) : afterNoWrite(before, change, reply.revision);
    },

    mayAnswer: ({ storeRevision }, { reply }) => reply === undefined || isAfter(reply, storeRevision),

    describe: ({ value, version, createRevision, modRevision, storeRevision }) =>
      `${value === undefined ? 'absent' : JSON.stringify(value)} (created ${createRevision ?? '?'}, ` +
      `modified ${modRevision ?? '?'}, version ${version}) at revision ${storeRevision}`,
  };
}

/** Whether a header may follow the store's revision. */
function isAfter({ revision, wrote }: NonNullable<RegisterOperation['reply']>, storeRevision: number): boolean {
  return wrote ? revision > storeRevision : revision >= storeRevision;
}

/**
 * The register with the values from the reply. Undefined when the reply contradicts the register.
 */
function agreed(register: Register, reply: NonNullable<RegisterOperation['reply']>): Register | undefined {
  const { seen, revision, wrote } = reply;
  if (!isAfter(reply, register.storeRevision)) return undefined;
  if (seen === undefined) return register.value === undefined ? register : undefined;
  if (seen.value !== register.value || seen.version !== register.version) return undefined;
  const { createRevision, modRevision } = seen;
  if (createRevision > modRevision || (seen.version === 1) !== (createRevision === modRevision)) return undefined;
  if (modRevision > (wrote ? revision - 1 : revision)) return undefined;
  if (modRevision !== (register.modRevision ?? modRevision)) return undefined;
  if (register.modRevision === undefined && modRevision < register.storeRevision) return undefined;
  if (createRevision !== (register.createRevision ?? createRevision)) return undefined;
  return { ...register, createRevision, modRevision };
}

function afterNoWrite(register: Register, change: RegisterOperation['change'], revision: number): Register | undefined {
  const told = { ...register, storeRevision: revision };
  switch (change.kind) {
    case 'get':
      return told;
    case 'put':
      return undefined;
    case 'swap':
      return modRevisionOf(register) === change.expectedRevision ? undefined : told;
    case 'delete':
      return register.value === undefined ? told : undefined;
  }
}

function afterWrite(register: Register, change: RegisterOperation['change'], revision: number): Register | undefined {
  switch (change.kind) {
    case 'get':
      return undefined;
    case 'put':
      return written(register, change.value, revision);
    case 'swap':
      if (modRevisionOf(register) !== change.expectedRevision) return undefined;
      return written(register, change.value, revision);
    case 'delete':
      return register.value === undefined ? undefined : deleted(register, revision);
  }
}

/**
 * The register with the earliest revision that the operation may have taken, because any later one
 * allows fewer orders. Undefined where the operation would change nothing: then it does not need a
 * position in the order.
 */
function afterDoubt(register: Register, change: RegisterOperation['change'], earliest: number): Register | undefined {
  switch (change.kind) {
    case 'get':
      return undefined;
    case 'put':
      return { ...written(register, change.value, undefined), storeRevision: earliest };
    case 'swap':
      if (!mayBeAt(register, change.expectedRevision)) return undefined;
      return { ...written(register, change.value, undefined), storeRevision: earliest };
    case 'delete':
      return register.value === undefined ? undefined : { ...deleted(register, undefined), storeRevision: earliest };
  }
}

function mayBeAt(register: Register, revision: number): boolean {
  const modRevision = modRevisionOf(register);
  return modRevision === undefined ? revision > 0 : modRevision === revision;
}

/** The mod revision that a compare reads: 0 for a key that does not exist. */
function modRevisionOf({ value, modRevision }: Register): number | undefined {
  return value === undefined ? 0 : modRevision;
}

function written(register: Register, value: string, revision: number | undefined): Register {
  const isNew = register.value === undefined;
  return {
    value,
    version: isNew ? 1 : register.version + 1,
    createRevision: isNew ? revision : register.createRevision,
    modRevision: revision,
    storeRevision: revision ?? register.storeRevision,
  };
}

function deleted(register: Register, revision: number | undefined): Register {
  return {
    value: undefined,
    version: 0,
    createRevision: 0,
    modRevision: revision,
    storeRevision: revision ?? register.storeRevision,
  };
}
